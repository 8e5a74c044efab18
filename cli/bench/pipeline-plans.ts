/** @file Plans of the model in force on a bench's page, raced as asked. */
import type { Objective } from '../../src/core/planning/objective.ts';
import { planLabel } from '../../src/core/planning/plan.ts';
import type { PlanEntry, PlanReport } from '../../src/playground/plan-report.ts';
import { call, type BenchPage } from './page.ts';

export interface Asked {
  readonly objective?: Objective;
  readonly measure?: 'best' | 'all' | 'none';
  readonly among?: readonly string[];
  readonly rounds?: number;
}

/** Of the default processors. */
export const planOn = (page: BenchPage, asked: Asked): Promise<PlanReport> =>
  call<PlanReport>(
    page,
    `(async () => {
      const found = await ridgepoint.playground.plan(${JSON.stringify(asked)});
      return found.ok ? found.value : { error: found.error };
    })()`,
  );

export const labelOf = (entry: PlanEntry): string => planLabel(entry);

/** The measured ones that come first by `value`, least first. */
export const leastOf = (
  plans: readonly PlanEntry[],
  value: (measured: NonNullable<PlanEntry['measured']>) => number,
  count: number,
): readonly PlanEntry[] =>
  plans
    .filter(({ measured }) => measured !== null)
    .toSorted((a, b) => (a.measured && b.measured ? value(a.measured) - value(b.measured) : 0))
    .slice(0, count);
