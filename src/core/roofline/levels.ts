/**
 * @file The memory levels of a processor, found in its bandwidth over working sets: plateaus, the nearest one first. They
 * are named by what still fits, for a page cannot know which cache it is. One slope of the hierarchical Roofline each
 * (Williams, Waterman, Patterson 2009; Ilic, Pratas, Sousa, "Cache-aware Roofline Model", 2014).
 */
import type { DeviceProfile, Metric, ProcessorId } from '../profile/profile.ts';
import { median } from '../stats.ts';

export interface MemoryLevel {
  /** The smallest and the largest working set that was measured in it, bytes. */
  readonly fromBytes: number;
  readonly toBytes: number;
  /** Median of its sizes, bytes/s. */
  readonly bandwidthBytesPerSecond: number;
  /** Beyond every cache: the level that ceilings are quoted for. */
  readonly isMemory: boolean;
}

/** A split must explain at least this much of the sizes' deviations, in natural logarithms: a step of a third. */
const SPLIT_COST = 0.3;

interface Point {
  readonly bytes: number;
  readonly rate: number;
}

/** Working sets of one operation with their GB/s, the smallest first; the ceiling itself is the largest. */
export function bandwidthPoints(
  profile: DeviceProfile,
  processor: ProcessorId,
  operation: string,
): readonly Point[] {
  const isPoint = (metric: Metric): boolean =>
    metric.processor === processor &&
    metric.type === operation &&
    metric.kind === 'bandwidth' &&
    metric.beside === undefined &&
    metric.sizeBytes !== undefined;
  return profile.metrics
    .filter(isPoint)
    .flatMap(({ sizeBytes, median: rate }) => (sizeBytes && rate ? [{ bytes: sizeBytes, rate }] : []))
    .sort((a, b) => a.bytes - b.bytes);
}

/** Σ |ln rate − ln median| of a run of sizes. */
function deviation(points: readonly Point[]): number {
  const logs = points.map(({ rate }) => Math.log(rate));
  const middle = median(logs) ?? 0;
  return logs.reduce((sum, value) => sum + Math.abs(value - middle), 0);
}

/** The partition into runs that costs least: deviations within, and `SPLIT_COST` a run. Exact, by dynamic programming. */
function partition(points: readonly Point[]): readonly (readonly Point[])[] {
  const best: { readonly cost: number; readonly runs: readonly (readonly Point[])[] }[] = [
    { cost: 0, runs: [] },
  ];
  for (let end = 1; end <= points.length; end++) {
    const choices = best.map(({ cost, runs }, start) => {
      const run = points.slice(start, end);
      return { cost: cost + deviation(run) + SPLIT_COST, runs: [...runs, run] };
    });
    best.push(choices.reduce((a, b) => (b.cost < a.cost ? b : a)));
  }
  return best.at(-1)?.runs ?? [];
}

/** The levels that copies show, the fastest first; empty where no size was measured. */
export function memoryLevels(profile: DeviceProfile, processor: ProcessorId): readonly MemoryLevel[] {
  const points = bandwidthPoints(profile, processor, 'copy');
  // A smaller set is never in a slower level: what looks so is the cost of the call.
  const shaped = points.map(({ bytes }, i) => ({
    bytes,
    rate: Math.max(...points.slice(i).map(({ rate }) => rate)),
  }));
  return partition(shaped).map((run, i, runs) => ({
    fromBytes: run[0]?.bytes ?? 0,
    toBytes: run.at(-1)?.bytes ?? 0,
    bandwidthBytesPerSecond: 1e9 * (median(run.map(({ rate }) => rate)) ?? 0),
    isMemory: i === runs.length - 1,
  }));
}
