/** @file The plan in force beside what it is measured against: each processor alone, the paper's objective, the bound. */
import { planLabel } from '../../../core/planning/plan.ts';
import type { Performance, PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { planText, processorName } from '../../../playground/plan-sentence.ts';

export interface Baseline {
  readonly role: string;
  /** The plan in words. */
  readonly plan: string;
  readonly isChosen: boolean;
  readonly measured: Performance | null;
  /** Null where latency has no meaning. */
  readonly predicted: { readonly throughputFps: number; readonly latencyMs: number | null };
}

const rowOf = (role: string, entry: PlanEntry, report: PlanReport): Baseline => ({
  role,
  plan: planText(entry, report.processors),
  isChosen: false,
  measured: entry.measured,
  predicted: entry.predicted,
});

export function baselinesOf(report: PlanReport): readonly Baseline[] {
  const { chosen, plans, paper, singles, processors, bound } = report;
  const alone = singles.map(({ processor, predicted, measured }): Baseline => {
    const name = processorName([processor], 0);
    // Rather as it ran in the race, beside the others, than as it was measured before.
    const raced = plans.find((entry) => entry.kind === 'single' && entry.stages[0]?.processor === processor);
    return {
      role: `${name} alone`,
      plan: 'the whole model',
      isChosen: false,
      measured: raced?.measured ?? measured,
      predicted,
    };
  });
  const isPaperChosen = planLabel(paper) === planLabel(chosen);
  return [
    { ...rowOf('In force', chosen, report), isChosen: true },
    ...alone,
    rowOf(isPaperChosen ? 'The paper’s objective, the same plan' : 'The paper’s objective', paper, report),
    {
      role: 'The bound of the costs',
      plan: `units divided at will over ${processors.length} processors, transfers free`,
      isChosen: false,
      measured: null,
      predicted: { throughputFps: bound.lpThroughputFps, latencyMs: null },
    },
  ];
}
