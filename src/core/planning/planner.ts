/**
 * @file The planner: prices every plan from a cost table and the transfers and ranks them by an objective. Exact by
 * enumeration (METHOD §4): no search heuristic, so "best" means best under these costs.
 */
import { compareByObjective, type Objective } from './objective.ts';
import { dealOf } from './deal.ts';
import { visitPlans, type Plan, type PlanKind, type PlanPrediction, type RankedPlan } from './plan.ts';
import { Pricer, type Prices } from './pricer.ts';

export interface PlannerInput extends Prices {
  /** WASM threads that may work at once; as many as there are if left out. */
  readonly cores?: number;
  readonly objective: Objective;
  /** Frames/s that `smooth` has to keep. */
  readonly sourceFps: number;
}

/** See `Pricer.predict`. */
export const predict = (plan: Plan, prices: Prices): PlanPrediction => new Pricer(prices).predict(plan);

export interface Ranking {
  /** Best first; of equal ones the one with fewer processors. */
  readonly plans: readonly RankedPlan[];
  /** The best of each kind there is. */
  readonly bestOfKind: ReadonlyMap<PlanKind, RankedPlan>;
  /** How many were priced. */
  readonly considered: number;
}

const processorsIn = ({ plan }: RankedPlan): number =>
  plan.stages.reduce((sum, { others = [] }) => sum + 1 + others.length, 0);

function orderOf({ objective, sourceFps }: PlannerInput): (a: RankedPlan, b: RankedPlan) => number {
  const rate = ({ predicted }: RankedPlan) => ({ ...predicted, latency: predicted.latencySeconds });
  return (a, b) =>
    compareByObjective(rate(a), rate(b), objective, sourceFps) || processorsIn(a) - processorsIn(b);
}

/** Prices every plan and keeps the best `most`. */
export function rankPlans(input: PlannerInput, most = Infinity): Ranking {
  const pricer = new Pricer(input);
  const order = orderOf(input);
  const bestOfKind = new Map<PlanKind, RankedPlan>();
  let plans: RankedPlan[] = [];
  let considered = 0;
  visitPlans(input.costs.processors, input.units.length, input.cores ?? Infinity, (plan) => {
    const ranked = { plan, predicted: pricer.predict(plan) };
    considered++;
    const best = bestOfKind.get(plan.kind);
    if (!best || order(ranked, best) < 0) bestOfKind.set(plan.kind, withDeals(ranked));
    plans.push(ranked);
    if (plans.length >= 4 * most) plans = plans.sort(order).slice(0, most);
  });
  return { plans: plans.sort(order).slice(0, most).map(withDeals), bestOfKind, considered };
}

/** How frames are dealt to the members of a stage follows from their prices. */
export function withDeals({ plan, predicted }: RankedPlan): RankedPlan {
  const stages = plan.stages.map((stage, s) =>
    stage.others ? { ...stage, deal: dealOf(predicted.memberSeconds[s] ?? []).pattern } : stage,
  );
  return { plan: { ...plan, stages }, predicted };
}
