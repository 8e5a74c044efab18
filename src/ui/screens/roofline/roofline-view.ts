/** @file What the Roofline screen says and draws, computed from profile, model and plan. Pure. */
import type { EngineId } from '../../../core/engine.ts';
import type { Layer } from '../../../core/graph/layers.ts';
import { rooflineSeconds } from '../../../core/cost/cost-table.ts';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import { readLayer, type LayerReading } from '../../../core/roofline/reading.ts';
import { ridgePoint, type Roofline } from '../../../core/roofline/roofline.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import type { RooflinePoint } from '../../charts/roofline-plane.ts';
import { toneOfProcessor } from '../../charts/roof-series.ts';
import { figure, flops, percent, seconds } from '../../number-format.ts';

/**
 * `winograd`: our own engine may multiply less than the layer counts. `cache`: the roof is of main memory. `misread`: more than
 * any of these explains; threads that wake late are timed with the layer before.
 */
export type Excess = 'winograd' | 'cache' | 'misread';

/** F(4×4, 3×3) multiplies 36 times where 144 are counted (Lavin, Gray, CVPR 2016). */
const MOST_BY_WINOGRAD = 4;

export interface LayerRow extends LayerReading {
  readonly name: string;
  readonly processor: ProcessorId;
  readonly flop: number;
  readonly bytes: number;
  readonly predictedSeconds: number;
  readonly measuredSeconds: number | null;
  /** Which one was measured; null where none was. */
  readonly engine: EngineId | null;
  /** Achieved over attainable; null where it was not measured. Above 1 it did more than the roof allows. */
  readonly attained: number | null;
  /** Why it is above the roof: null where it is not, or nothing is known to explain it. */
  readonly excess: Excess | null;
  /** Of the model's time on this processor: measured where it was, else predicted. 0…1. */
  readonly share: number;
}

/** Our own engine has Winograd’s method for windows of 3×3 that move by one. */
const mayBeWinograd = ({ operatorClass, product }: Layer, engine: EngineId | null): boolean =>
  engine === 'fused' && operatorClass === 'conv3x3' && product?.stride === 1;

function excessOf(
  layer: Layer,
  { achieved, limit, attainable, shareOfPeak }: LayerReading,
  engine: EngineId | null,
): Excess | null {
  if (achieved === null || achieved <= attainable) return null;
  const ofPeak = (achieved / attainable) * shareOfPeak;
  if (ofPeak > MOST_BY_WINOGRAD) return 'misread';
  if (limit === 'memory') return ofPeak <= 1 ? 'cache' : null;
  return mayBeWinograd(layer, engine) ? 'winograd' : null;
}

/** Every layer with arithmetic under one roof; times from the plan where it measured this processor. */
export function layerRows(
  layers: readonly Layer[],
  roof: Roofline,
  report: PlanReport | null,
): readonly LayerRow[] {
  const column = report?.processors.indexOf(roof.processor) ?? -1;
  const fits = column >= 0 && report?.layers.length === layers.length;
  const engine = report?.engines.find(({ processor }) => processor === roof.processor)?.engine ?? null;
  const rows = layers.map((layer, i) => {
    const measuredSeconds = fits ? (report.layers[i]?.measured?.[column] ?? null) : null;
    const read = readLayer(layer, roof, measuredSeconds);
    const attained = read.achieved === null ? null : read.achieved / read.attainable;
    return {
      name: layer.name,
      processor: roof.processor,
      flop: layer.flop,
      bytes: layer.bytes,
      predictedSeconds: rooflineSeconds(layer, roof),
      measuredSeconds,
      engine: measuredSeconds === null ? null : engine,
      attained,
      excess: excessOf(layer, read, engine),
      ...read,
    };
  });
  const total = rows.reduce((sum, row) => sum + (row.measuredSeconds ?? row.predictedSeconds), 0);
  return rows
    .filter((row) => row.flop > 0)
    .map((row) => ({ ...row, share: total > 0 ? (row.measuredSeconds ?? row.predictedSeconds) / total : 0 }));
}

export const pointOf = (row: LayerRow): RooflinePoint => ({
  id: `${row.processor} ${row.name}`,
  label: row.name,
  tone: toneOfProcessor(row.processor),
  operationalIntensity: row.operationalIntensity,
  attainable: row.attainable,
  achieved: row.achieved,
  share: row.share,
  reading: reading(row),
});

export const EXCESS_TEXT: Readonly<Record<Excess, string>> = {
  winograd: 'Winograd multiplies less than it counts',
  cache: 'its bytes came from a cache',
  misread: 'more than any method explains, so its time was counted with another layer',
};

/** How near a measured layer comes to its roof, and why it may be above it. */
function roofText({ attained, excess }: LayerRow): string {
  const share = `${percent(attained ?? 0)} of the roof`;
  return excess === null ? share : `${share}: ${EXCESS_TEXT[excess]}`;
}

function reading(row: LayerRow): string {
  const limit =
    row.limit === 'memory'
      ? `limited by memory: ${percent(row.shareOfPeak)} of peak is all it can reach from main memory`
      : 'limited by arithmetic: memory could feed more';
  const achieved =
    row.achieved === null || row.measuredSeconds === null
      ? `the roof allows ${seconds(row.predictedSeconds)}`
      : `${figure(row.achieved / 1e9)} of ${figure(row.attainable / 1e9)} GFLOP/s achieved, ${seconds(row.measuredSeconds)}, ${roofText(row)}`;
  return `on ${processorName([row.processor], 0)}: ${flops(row.flop)}, ${figure(row.operationalIntensity)} FLOP/byte, ${limit}; ${achieved}.`;
}

export interface RooflineFinding {
  readonly what: string;
  readonly lede: string;
}

/**
 * The best roof of this device as a sentence, and where the loaded model's layers lie under it. With a software GPU
 * (`isSoftwareGpu`) the WebGPU roof is the CPU's under another name, and never the finding where there is another.
 */
export function rooflineFinding(
  roofs: readonly Roofline[],
  layers: readonly Layer[],
  isSoftwareGpu = false,
): RooflineFinding | null {
  const real = isSoftwareGpu ? roofs.filter(({ processor }) => processor !== 'webgpu') : roofs;
  const [best] = (real.length > 0 ? real : roofs).toSorted(
    (a, b) => b.peakFlopPerSecond - a.peakFlopPerSecond,
  );
  if (!best) return null;
  const ridge = ridgePoint(best);
  const working = layers.filter((layer) => layer.flop > 0);
  const left = working.filter((layer) => layer.flop / layer.bytes < ridge).length;
  const name = processorName([best.processor], 0);
  return {
    what: `${name} peaks at ${figure(best.peakFlopPerSecond / 1e9)} GFLOP/s here and needs ${figure(ridge)} FLOP for every byte it moves.`,
    lede:
      working.length === 0
        ? 'Load a model to see its layers under these roofs.'
        : left === 0
          ? `All ${working.length} layers of this model lie right of that ridge: arithmetic, not memory, limits them.`
          : `${left} of this model’s ${working.length} layers lie left of that ridge: from main memory they wait for bytes, not for arithmetic.`,
  };
}
