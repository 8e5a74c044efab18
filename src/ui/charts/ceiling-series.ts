/**
 * @file What a profile knows beside its roofs, ready to be drawn: ceilings of other arithmetic, slopes of memory levels,
 * points of intensity sweeps. Each is of a processor that has a roof.
 */
import { measuredMetric, type DeviceProfile, type Metric } from '../../core/profile/profile.ts';
import { memoryLevels, type MemoryLevel } from '../../core/roofline/levels.ts';
import { attainablePerformance, type Roofline } from '../../core/roofline/roofline.ts';
import { metricWithSpread, ownerName, trimmed } from '../components/metric-name.ts';
import { binaryBytes, figure, percent } from '../number-format.ts';
import { rooflinesOf, toneOfProcessor } from './roof-series.ts';
import type { CeilingLine, LevelLine, SweepMark } from './roofline-plane.ts';

/** Types of arithmetic by the words on their line. */
const ARITHMETIC: Readonly<Record<string, string>> = {
  'fma.f32': 'fp32',
  'fma.f16': 'fp16',
  'dot.i8': 'int8',
  matmul: 'matrix product',
  'fma.relaxed': 'SIMD, fused',
  'fma.simd': 'SIMD, not fused',
  'fma.scalar': 'scalar',
};

type Measured = Metric & { readonly median: number };
const isMeasured = (metric: Metric): metric is Measured =>
  metric.status === 'ok' && metric.median !== null && metric.beside === undefined;

/** Every arithmetic that was measured beside the one that gives the roof. */
export function ceilingLines(profile: DeviceProfile): readonly CeilingLine[] {
  return rooflinesOf(profile).flatMap((roof) =>
    profile.metrics.flatMap((metric) => {
      const name = ARITHMETIC[metric.type];
      if (metric.processor !== roof.processor || name === undefined || !isMeasured(metric)) return [];
      return metric.id === roof.metricIds[0] ? [] : [ceilingLine(metric, name, roof)];
    }),
  );
}

function ceilingLine(metric: Measured, name: string, roof: Roofline): CeilingLine {
  const performance = metric.median * 1e9;
  const times = performance / roof.peakFlopPerSecond;
  const share = times < 1 ? `${percent(times)} of the peak` : `${times.toFixed(1)} × the peak`;
  const isInteger = metric.unit === 'GOP/s';
  return {
    id: metric.id,
    label: `${ownerName(roof.processor)}, ${name}:`,
    text: `${name} ${figure(metric.median)}${isInteger ? ' GOP/s' : ''}`,
    reading: `${metricWithSpread(metric)}${isInteger ? ', integer operations, not floating point' : `, ${share}`}.`,
    tone: toneOfProcessor(roof.processor),
    roof,
    performance,
  };
}

/** Memory first, then the caches, the nearest one first. */
export function levelLines(profile: DeviceProfile): readonly LevelLine[] {
  return rooflinesOf(profile).flatMap((roof) => {
    const caches = memoryLevels(profile, roof.processor).filter(({ isMemory }) => !isMemory);
    return [memoryLine(profile, roof), ...caches.map((level) => cacheLine(level, roof))];
  });
}

/** The ceiling itself, and not the plateau around it: plans are priced with it. */
function memoryLine(profile: DeviceProfile, roof: Roofline): LevelLine {
  const copy = measuredMetric(profile, roof.metricIds[1]);
  const rate = roof.bandwidthBytesPerSecond;
  const sizes = copy?.sizeBytes === undefined ? '' : `, ${binaryBytes(copy.sizeBytes)} copies`;
  return {
    id: roof.metricIds[1],
    label: `${ownerName(roof.processor)} memory${sizes}:`,
    text: `memory ${figure(rate / 1e9)} GB/s`,
    reading: `${copy ? metricWithSpread(copy) : '–'}; ${until(roof, rate)}.`,
    tone: toneOfProcessor(roof.processor),
    roof,
    bandwidthBytesPerSecond: rate,
    isMemory: true,
  };
}

function cacheLine({ fromBytes, toBytes, bandwidthBytesPerSecond }: MemoryLevel, roof: Roofline): LevelLine {
  const rate = `${figure(bandwidthBytesPerSecond / 1e9)} GB/s`;
  const sizes =
    fromBytes === toBytes ? binaryBytes(toBytes) : `${binaryBytes(fromBytes)} to ${binaryBytes(toBytes)}`;
  return {
    id: `${roof.processor} in ${toBytes}`,
    label: `${ownerName(roof.processor)} caches, copies of ${sizes}:`,
    text: `in ${binaryBytes(toBytes)} ${rate}`,
    reading: `${rate}, the median of these sizes; ${until(roof, bandwidthBytesPerSecond)}.`,
    tone: toneOfProcessor(roof.processor),
    roof,
    bandwidthBytesPerSecond,
    isMemory: false,
  };
}

const until = ({ peakFlopPerSecond }: Roofline, rate: number): string =>
  `from ${figure(peakFlopPerSecond / rate)} FLOP/byte on, arithmetic is the limit`;

/** One kernel with more and more arithmetic a byte. */
export function sweepMarks(profile: DeviceProfile): readonly SweepMark[] {
  return rooflinesOf(profile).flatMap((roof) =>
    profile.metrics.flatMap((metric) => {
      const { processor, operationalIntensity } = metric;
      if (processor !== roof.processor || operationalIntensity === undefined || !isMeasured(metric))
        return [];
      const flopPerSecond = metric.median * 1e9;
      const share = flopPerSecond / attainablePerformance(roof, operationalIntensity);
      return {
        id: metric.id,
        label: `${ownerName(processor)} at ${trimmed(operationalIntensity)} FLOP/byte:`,
        reading: `${metricWithSpread(metric)}, ${percent(share)} of what the roof allows there.`,
        tone: toneOfProcessor(processor),
        operationalIntensity,
        flopPerSecond,
      };
    }),
  );
}
