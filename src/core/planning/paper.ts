/**
 * @file The paper's objective as a baseline: `J = T1 + T2 + T3 + L·A` (arXiv 2411.00838) – the seconds of a frame on each of
 * two processors, its transfers, and accuracy at a weight. All plans of a model have the same accuracy, so J is the time
 * of a frame that is alone. A sum cannot see that processors work at once: it picks an end point, all on one processor,
 * unless the other is so much faster on a part that even a frame alone gains.
 */
import type { RankedPlan } from './plan.ts';
import { rankPlans, type PlannerInput } from './planner.ts';

/** J of a plan in seconds, accuracy left out. */
export const paperSeconds = ({ predicted }: RankedPlan): number => predicted.latencySeconds;

/** The partition that J chooses: one processor, or stages on distinct ones. */
export function paperPlan(input: PlannerInput): RankedPlan | null {
  const { bestOfKind } = rankPlans({ ...input, objective: 'snappiest' }, 1);
  const ends = [bestOfKind.get('single'), bestOfKind.get('pipeline')].filter((plan) => plan !== undefined);
  return ends.reduce<RankedPlan | null>(
    (best, plan) => (best === null || paperSeconds(plan) < paperSeconds(best) ? plan : best),
    null,
  );
}
