/**
 * @file The planner: prices every plan from a cost table and the transfers, ranks them by an objective, and says how much
 * any plan could gain. Exact by enumeration (METHOD §4): no search heuristic, so "best" means best under these costs.
 */
import type { CostTable } from '../cost/cost-table.ts';
import type { Unit } from '../graph/units.ts';
import { byteCount } from '../graph/model.ts';
import { compareByObjective, type Objective } from './objective.ts';
import { enumeratePlans, type Plan, type PlanPrediction, type RankedPlan } from './plan.ts';
import { linkSeconds, residencySeconds, type Transfers } from './transfer.ts';

export interface PlannerInput {
  readonly units: readonly Unit[];
  /** Prices of a processor that works alone. */
  readonly costs: CostTable;
  /** Prices while all of them work; those of `costs` if left out. */
  readonly besideCosts?: CostTable;
  readonly transfers: Transfers;
  readonly objective: Objective;
  /** Frames/s that `smooth` has to keep. */
  readonly sourceFps: number;
}

/**
 * Throughput is 1 / the slowest stage or hop, at prices of processors that all work at once. Latency is that of a frame
 * alone: the sum of stages and hops, at prices of processors that work one after another.
 */
export function predict(plan: Plan, input: PlannerInput): PlanPrediction {
  const { units, costs, besideCosts = costs, transfers } = input;
  const tensorBytes = (unit: number, side: 'input' | 'output'): number => {
    const value = units[unit]?.[side];
    return value ? byteCount(value) : 0;
  };
  const secondsOf = ({ seconds }: CostTable): readonly number[] =>
    plan.stages.map((stage) => {
      const column = seconds[stage.processorIndex] ?? [];
      const compute = column.slice(stage.fromUnit, stage.toUnit + 1).reduce((sum, t) => sum + t, 0);
      const [inBytes, outBytes] = [tensorBytes(stage.fromUnit, 'input'), tensorBytes(stage.toUnit, 'output')];
      return compute + residencySeconds(stage.processor, inBytes, outBytes, transfers);
    });
  const stageSeconds = secondsOf(plan.stages.length > 1 ? besideCosts : costs);
  const hopSeconds = plan.stages
    .slice(0, -1)
    .map((stage) => linkSeconds(transfers.hop, tensorBytes(stage.toUnit, 'output')));
  return {
    throughputFps: 1 / Math.max(...stageSeconds, ...hopSeconds),
    latencySeconds: [...secondsOf(costs), ...hopSeconds].reduce((sum, t) => sum + t, 0),
    stageSeconds,
    hopSeconds,
  };
}

/** Every plan, best first; of equal ones the one with fewer stages. */
export function rankPlans(input: PlannerInput): readonly RankedPlan[] {
  const rate = ({ predicted }: RankedPlan) => ({ ...predicted, latency: predicted.latencySeconds });
  return enumeratePlans(input.costs.processors, input.units.length)
    .map((plan) => ({ plan, predicted: predict(plan, input) }))
    .sort(
      (a, b) =>
        compareByObjective(rate(a), rate(b), input.objective, input.sourceFps) ||
        a.plan.stages.length - b.plan.stages.length,
    );
}

export interface Bound {
  /** No plan can be more than this many times as fast as the best single processor. */
  readonly speedup: number;
  /** Frames/s that no assignment of whole or divided units to the processors can exceed. */
  readonly lpThroughputFps: number;
}

/**
 * Upper bound on throughput, transfers free. For two processors the exact optimum of the fractional assignment: units are
 * given to the processor they favour most until both are equally busy. For more, `Σ min_p t / P`, which is looser.
 */
export function throughputBound(costs: CostTable): Bound {
  const totals = costs.seconds.map((column) => column.reduce((sum, t) => sum + t, 0));
  const fastest = Math.min(...totals);
  const [a, b, ...more] = costs.seconds;
  let seconds = fastest;
  if (a && b && more.length === 0) seconds = fractionalMakespan(a, b);
  else if (a && b) {
    const least = a.map((_, u) => Math.min(...costs.seconds.map((column) => column[u] ?? Infinity)));
    seconds = least.reduce((sum, t) => sum + t, 0) / costs.seconds.length;
  }
  return { speedup: fastest / seconds, lpThroughputFps: 1 / seconds };
}

function fractionalMakespan(a: readonly number[], b: readonly number[]): number {
  // By onA / onB, as products: a unit may cost nothing on one side. One that costs nothing on either has no place in it.
  const pairs = a
    .map((onA, u) => ({ onA, onB: b[u] ?? Infinity }))
    .filter(({ onA, onB }) => onA > 0 || onB > 0)
    .sort((x, y) => x.onA * y.onB - y.onA * x.onB);
  let busyA = 0;
  let busyB = pairs.reduce((sum, { onB }) => sum + onB, 0);
  for (const { onA, onB } of pairs) {
    if (busyA + onA >= busyB - onB) {
      // The share x of this unit on A that makes both sides equal: busyA + x·onA = busyB − x·onB.
      const share = Math.max(0, (busyB - busyA) / (onA + onB));
      return busyA + share * onA;
    }
    busyA += onA;
    busyB -= onB;
  }
  return busyA;
}
