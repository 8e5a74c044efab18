/** @file The ceilings of a profile as a table: a row a quantity, a column a processor; what is missing says why. Pure. */
import type { DeviceProfile, Metric, ProcessorId } from '../../../core/profile/profile.ts';
import { memoryLevels } from '../../../core/roofline/levels.ts';
import { ridgePoint, rooflineOf } from '../../../core/roofline/roofline.ts';
import { metricQuantity, metricText, spreadOf, type Spread } from '../../components/metric-name.ts';
import { binaryBytes, figure } from '../../number-format.ts';

export interface CeilingCell {
  /** `–` where it is missing. */
  readonly value: string;
  /** Small, behind the value: how far the samples lie apart, or what the value is of. */
  readonly note: string;
  /** The whole story: n and interval, or the reason why it is missing. */
  readonly title: string;
  readonly isMissing: boolean;
}

export interface CeilingRow {
  readonly label: string;
  /** One list of cells a processor; a row of the whole device has one list. */
  readonly cells: readonly (readonly CeilingCell[])[];
}

export interface CeilingTable {
  readonly processors: readonly ProcessorId[];
  readonly rows: readonly CeilingRow[];
}

/** Why a quantity is of one kind of processor only. */
const NO_SUCH: Readonly<Record<string, string>> = {
  'fma.f16': 'WebAssembly has no 16-bit floats.',
  'dot.i8': 'Only measured on WebGPU.',
  matmul: 'Only measured on WebGPU.',
  dispatch: 'A call into WebAssembly costs nothing to speak of.',
  submit: 'WebAssembly has no queue.',
  'first-use': 'Its kernels are compiled when the page loads.',
};
const LATER = 'Not in this profile: a full one measures it.';

const missingCell = (title: string): CeilingCell => ({ value: '–', note: '', title, isMissing: true });

/** `± 1.1` from an interval, `~ 0.3` where there is only the MAD; in the unit that the value is written in. */
const spreadText = ({ half, isInterval }: Spread, factor: number): string =>
  `${isInterval ? '±' : '~'}${figure(half * factor)}`;

function valueCell(metric: Metric & { readonly median: number }): CeilingCell {
  const { value, unit } = metricQuantity(metric.median, metric.unit);
  const factor = Number(value.replaceAll(',', '')) / metric.median;
  const spread = spreadOf(metric);
  const { low, high, n } = metric;
  const interval =
    low === undefined || high === undefined
      ? 'too few for an interval'
      : `95 % interval ${metricText(low, metric.unit)} to ${metricText(high, metric.unit)}`;
  return {
    value: metric.unit === 's' ? `${value} ${unit}` : value,
    // The prefix of the unit is a power of ten; the rest of the factor is rounding.
    note: spread ? spreadText(spread, 10 ** Math.round(Math.log10(factor))) : '',
    title: `n ${n}, ${interval}`,
    isMissing: false,
  };
}

function cellOf(profile: DeviceProfile, id: string, absent = LATER): CeilingCell {
  const metric = profile.metrics.find((each) => each.id === id);
  if (!metric) return missingCell(absent);
  const { median } = metric;
  return median === null
    ? missingCell(`${metric.status}: ${metric.reason ?? ''}`)
    : valueCell({ ...metric, median });
}

/** Of a GPU's type, or of a WASM one where it has any. */
function typeCell(profile: DeviceProfile, processor: ProcessorId, type: string): CeilingCell {
  const noSuch = NO_SUCH[type];
  return processor !== 'webgpu' && noSuch !== undefined
    ? missingCell(noSuch)
    : cellOf(profile, `${processor}.${type}`);
}

function peakCell(profile: DeviceProfile, processor: ProcessorId): CeilingCell {
  if (processor === 'webgpu') return cellOf(profile, 'webgpu.fma.f32');
  return cellOf(profile, rooflineOf(profile, processor)?.metricIds[0] ?? `${processor}.fma.simd`);
}

function cacheCells(profile: DeviceProfile, processor: ProcessorId): readonly CeilingCell[] {
  const caches = memoryLevels(profile, processor).filter(({ isMemory }) => !isMemory);
  if (caches.length === 0)
    return [missingCell('No working set was faster than memory, or none was measured.')];
  return caches.map(({ toBytes, bandwidthBytesPerSecond }) => ({
    value: figure(bandwidthBytesPerSecond / 1e9),
    note: `in ${binaryBytes(toBytes)}`,
    title: `copies of working sets up to ${binaryBytes(toBytes)}`,
    isMissing: false,
  }));
}

function ridgeCell(profile: DeviceProfile, processor: ProcessorId): CeilingCell {
  const roof = rooflineOf(profile, processor);
  if (!roof) return missingCell('It takes both arithmetic and memory.');
  return {
    value: figure(ridgePoint(roof)),
    note: '',
    title: 'arithmetic over memory',
    isMissing: false,
  };
}

/** Latency and bandwidth side by side; nothing for a transfer that this profile has not. */
function transferRow(profile: DeviceProfile, label: string, id: string): readonly CeilingRow[] {
  if (!profile.metrics.some((metric) => metric.id === `${id}.latency`)) return [];
  const bandwidth = cellOf(profile, `${id}.bandwidth`);
  const rate = bandwidth.isMissing ? bandwidth : { ...bandwidth, value: `${bandwidth.value} GB/s` };
  return [{ label, cells: [[cellOf(profile, `${id}.latency`), rate]] }];
}

/** The processors that were measured, with or without success. */
export function processorsOf({ metrics }: DeviceProfile): readonly ProcessorId[] {
  return [...new Set(metrics.map(({ processor }) => processor))].filter(
    (id): id is ProcessorId => id !== 'worker',
  );
}

export function ceilingTable(profile: DeviceProfile): CeilingTable {
  const processors = processorsOf(profile);
  const row = (label: string, cell: (processor: ProcessorId) => CeilingCell): CeilingRow => ({
    label,
    cells: processors.map((processor) => [cell(processor)]),
  });
  const typed = (label: string, type: string): CeilingRow =>
    row(label, (processor) => typeCell(profile, processor, type));
  /** Only where some processor has it beside its peak. */
  const beside = (label: string, type: string): readonly CeilingRow[] =>
    profile.metrics.some((metric) => metric.type === type && metric.beside === undefined)
      ? [
          row(label, (processor) =>
            processor === 'webgpu'
              ? missingCell('Of WebAssembly only.')
              : cellOf(profile, `${processor}.${type}`),
          ),
        ]
      : [];
  return {
    processors,
    rows: [
      row('fp32 GFLOP/s', (processor) => peakCell(profile, processor)),
      ...beside('SIMD, not fused', 'fma.simd'),
      ...beside('scalar', 'fma.scalar'),
      typed('fp16 GFLOP/s', 'fma.f16'),
      typed('int8 GOP/s', 'dot.i8'),
      typed('matrix product GFLOP/s', 'matmul'),
      row('memory GB/s', (processor) => cellOf(profile, `${processor}.copy`)),
      { label: 'caches GB/s', cells: processors.map((processor) => cacheCells(profile, processor)) },
      row('ridge FLOP/byte', (processor) => ridgeCell(profile, processor)),
      typed('dispatch', 'dispatch'),
      typed('submit', 'submit'),
      ...transferRow(profile, 'upload', 'webgpu.upload'),
      ...transferRow(profile, 'download', 'webgpu.download'),
      ...transferRow(profile, 'hop between workers', 'worker.hop'),
      ...transferRow(profile, 'hop, shared memory', 'worker.hop.shared'),
    ],
  };
}
