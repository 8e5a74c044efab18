/**
 * @file Acceptance 1: is the plan in force the best there is? Every plan is run once to find the likely best; these and the
 * plan in force are then raced against each other, many rounds in turn, so that the best of many is not best by luck.
 */
import type { PlanEntry } from '../../src/playground/plan-report.ts';
import { figure } from '../../src/ui/number-format.ts';
import { linesOfModels } from './models.ts';
import type { BenchPage } from './page.ts';
import { labelOf, leastOf, planOn } from './pipeline-plans.ts';
import type { Line } from './report.ts';

const FINALISTS = 5;
const ROUNDS = 5;

type Measured = NonNullable<PlanEntry['measured']>;
const OBJECTIVES = {
  fastest: { cost: ({ throughputFps }: Measured) => 1 / throughputFps, unit: 'frames/s' },
  snappiest: { cost: ({ latencyMs }: Measured) => latencyMs, unit: 'ms' },
} as const;

export const regretLines = (models: readonly string[]): Promise<readonly Line[]> =>
  linesOfModels(models, async (page, model) => {
    const { plans } = await planOn(page, { measure: 'all', rounds: 1 });
    return [await duel(page, model, 'fastest', plans), await duel(page, model, 'snappiest', plans)];
  });

async function duel(
  page: BenchPage,
  model: string,
  objective: keyof typeof OBJECTIVES,
  all: readonly PlanEntry[],
): Promise<Line> {
  const { cost, unit } = OBJECTIVES[objective];
  const inForce = labelOf((await planOn(page, { objective })).chosen);
  const likely = leastOf(all, cost, FINALISTS).map(labelOf);
  const among = [...new Set([inForce, ...likely])];
  const { plans } = await planOn(page, { objective, among, rounds: ROUNDS });
  const raced = plans.flatMap((entry) =>
    entry.measured && among.includes(labelOf(entry))
      ? [{ label: labelOf(entry), measured: entry.measured }]
      : [],
  );
  const [best] = raced.toSorted((a, b) => cost(a.measured) - cost(b.measured));
  const ours = raced.find(({ label }) => label === inForce);
  const said = ({ label, measured }: (typeof raced)[number]): string =>
    `${label} ${figure(objective === 'fastest' ? measured.throughputFps : measured.latencyMs)}`;
  return {
    name: `${model}, ${objective}: regret`,
    value: best && ours ? 1 - cost(best.measured) / cost(ours.measured) : NaN,
    target: { most: 0.03 },
    note: `in force ${ours ? said(ours) : inForce}; best of ${all.filter(({ measured }) => measured).length}: ${best ? said(best) : '–'} ${unit}; ${ROUNDS} rounds, n ${ours?.measured.n ?? 0}`,
  };
}
