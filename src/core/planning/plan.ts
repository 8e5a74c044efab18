/**
 * @file Plans: which processor runs which run of units. *Single*: one processor runs all. *Pipeline*: contiguous stages on
 * distinct processors, frames in flight in several stages at once. Throughput is 1 / slowest stage, latency the sum.
 */
import type { ProcessorId } from '../profile/profile.ts';

export interface Stage {
  readonly processor: ProcessorId;
  /** Position in the list of processors: two groups may both be `wasm:1`. */
  readonly processorIndex: number;
  readonly fromUnit: number;
  readonly toUnit: number;
}

export interface Plan {
  readonly kind: 'single' | 'pipeline';
  readonly stages: readonly Stage[];
}

export interface PlanPrediction {
  readonly throughputFps: number;
  readonly latencySeconds: number;
  /** Seconds a frame of each stage while all work, its transfers to and from the processor's memory included. */
  readonly stageSeconds: readonly number[];
  /** Seconds of each hand-over between workers, one fewer than stages. */
  readonly hopSeconds: readonly number[];
}

/**
 * Latency of a frame when a source delivers `sourceFps` and at most `depth` frames are in flight: Σ of stages and hops
 * while the plan keeps up; beyond that all credits are in use and Little's law gives depth / throughput.
 */
export function loadedLatencySeconds(
  { throughputFps, latencySeconds }: Pick<PlanPrediction, 'throughputFps' | 'latencySeconds'>,
  sourceFps: number,
  depth: number,
): number {
  return throughputFps >= sourceFps ? latencySeconds : Math.max(latencySeconds, depth / throughputFps);
}

export interface RankedPlan {
  readonly plan: Plan;
  readonly predicted: PlanPrediction;
}

/** Same stages on same processors, in words: `wasm:1[0–12] → webgpu[13–30]`. */
export function planLabel(plan: Plan): string {
  return plan.stages.map((stage) => `${stage.processor}[${stage.fromUnit}–${stage.toUnit}]`).join(' → ');
}

function permutations(items: readonly number[], length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(
      items.filter((other) => other !== item),
      length - 1,
    ).map((rest) => [item, ...rest]),
  );
}

/** All ways to choose `count` cut positions, each the last unit of a stage, from the first `units − 1` units. */
function cutChoices(units: number, count: number, from = 0): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  const choices: (readonly number[])[] = [];
  for (let cut = from; cut < units - count; cut++) {
    for (const rest of cutChoices(units, count - 1, cut + 1)) choices.push([cut, ...rest]);
  }
  return choices;
}

/**
 * Every single and pipeline plan of `unitCount` units on the processors, each once: orders that differ only by swapping
 * two equal processors are the same plan. Grows as P! · C(units − 1, P − 1); with ≤ 4 processors and ≤ 60 units ≤ 780,000.
 */
export function enumeratePlans(processors: readonly ProcessorId[], unitCount: number): readonly Plan[] {
  const indices = processors.map((_, i) => i);
  const plans: Plan[] = [];
  for (let stages = 1; stages <= Math.min(processors.length, unitCount); stages++) {
    // Reversed, so that of orders that swap equal processors the first one stays.
    const orders = new Map(
      permutations(indices, stages)
        .toReversed()
        .map((order) => [order.map((i) => processors[i]).join(), order]),
    );
    const cuts = cutChoices(unitCount, stages - 1);
    for (const order of orders.values()) {
      for (const cut of cuts) plans.push(planOf(processors, order, cut, unitCount));
    }
  }
  return plans;
}

function planOf(
  processors: readonly ProcessorId[],
  order: readonly number[],
  cuts: readonly number[],
  unitCount: number,
): Plan {
  const stages = order.map((processorIndex, s) => ({
    processor: processors[processorIndex] ?? 'wasm:1',
    processorIndex,
    fromUnit: s === 0 ? 0 : (cuts[s - 1] ?? 0) + 1,
    toUnit: cuts[s] ?? unitCount - 1,
  }));
  return { kind: stages.length === 1 ? 'single' : 'pipeline', stages };
}
