/**
 * @file Prices plans: seconds of every stage, hand-over and member from a cost table and the transfers (METHOD §4). Sums
 * over units are prefix sums, so that a plan costs as many steps as it has members.
 */
import type { CostTable } from '../cost/cost-table.ts';
import { byteCount } from '../graph/model.ts';
import type { Unit } from '../graph/units.ts';
import { dealOf } from './deal.ts';
import { membersOf, type Plan, type PlanPrediction, type Stage } from './plan.ts';
import { linkSeconds, residencySeconds, type Transfers } from './transfer.ts';

export interface Prices {
  readonly units: readonly Pick<Unit, 'input' | 'output'>[];
  /** Of a processor that works alone. */
  readonly costs: CostTable;
  /** While all of them work; those of `costs` if left out. */
  readonly besideCosts?: CostTable;
  readonly transfers: Transfers;
}

/** `sums[i]` = Σ of the first i. */
const prefixSums = (column: readonly number[]): readonly number[] => {
  const sums = [0];
  for (const seconds of column) sums.push((sums.at(-1) ?? 0) + seconds);
  return sums;
};

export class Pricer {
  private readonly alone: readonly (readonly number[])[];
  private readonly beside: readonly (readonly number[])[];
  private readonly inputBytes: readonly number[];
  private readonly outputBytes: readonly number[];
  private readonly transfers: Transfers;

  constructor({ units, costs, besideCosts = costs, transfers }: Prices) {
    this.alone = costs.seconds.map(prefixSums);
    this.beside = besideCosts.seconds.map(prefixSums);
    this.inputBytes = units.map(({ input }) => byteCount(input));
    this.outputBytes = units.map(({ output }) => byteCount(output));
    this.transfers = transfers;
  }

  /**
   * Throughput is 1 / the slowest stage or hop, at prices of processors that all work at once. Latency is that of a frame
   * alone: the sum of stages and hops, at prices of processors that work one after another; of a replicated stage the
   * slowest member that takes frames.
   */
  predict(plan: Plan): PlanPrediction {
    const { stages } = plan;
    const isAlone = stages.length === 1 && (stages[0]?.others ?? []).length === 0;
    const hopSeconds = stages
      .slice(0, -1)
      .map(({ toUnit }) => linkSeconds(this.transfers.hop, this.outputBytes[toUnit] ?? 0));
    const memberSeconds = stages.map((stage) =>
      this.membersSeconds(stage, isAlone ? this.alone : this.beside),
    );
    const deals = memberSeconds.map(dealOf);
    const stageSeconds = deals.map(({ secondsPerFrame }) => secondsPerFrame);
    const latencies = stages.map((stage, s) => {
      const seconds = this.membersSeconds(stage, this.alone);
      return Math.max(...(deals[s]?.pattern ?? []).map((m) => seconds[m] ?? 0));
    });
    return {
      throughputFps: 1 / Math.max(...stageSeconds, ...hopSeconds),
      latencySeconds: [...latencies, ...hopSeconds].reduce((sum, t) => sum + t, 0),
      stageSeconds,
      memberSeconds,
      hopSeconds,
    };
  }

  private membersSeconds(stage: Stage, sums: readonly (readonly number[])[]): readonly number[] {
    const { fromUnit, toUnit } = stage;
    return membersOf(stage).map(({ processor, processorIndex }) => {
      const column = sums[processorIndex] ?? [];
      const compute = (column[toUnit + 1] ?? 0) - (column[fromUnit] ?? 0);
      const [inBytes, outBytes] = [this.inputBytes[fromUnit] ?? 0, this.outputBytes[toUnit] ?? 0];
      return compute + residencySeconds(processor, inBytes, outBytes, this.transfers);
    });
  }
}
