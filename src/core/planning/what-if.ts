/**
 * @file What a plan would do that nobody ran: its cuts moved, its processors arranged otherwise, its frames simulated at the
 * same prices that the planner ranks by.
 */
import { planLabel, type Plan, type PlanPrediction, type RankedPlan, type Stage } from './plan.ts';
import { predict, rankPlans, withDeals, type PlannerInput } from './planner.ts';
import type { Prices } from './pricer.ts';
import { simulate, type Simulation } from './simulate.ts';

type Stages = Pick<Plan, 'stages'>;

/** Last units that stage `s` may end with: each stage keeps a unit. */
export function cutRange({ stages }: Stages, s: number): { readonly min: number; readonly max: number } {
  return { min: stages[s]?.fromUnit ?? 0, max: (stages[s + 1]?.toUnit ?? 0) - 1 };
}

/** The plan with stage `s` ending at `toUnit`, or as near as its neighbours leave room for. */
export function moveCut<P extends Stages>(plan: P, s: number, toUnit: number): P {
  const { min, max } = cutRange(plan, s);
  const last = Math.min(Math.max(toUnit, min), max);
  const stages = plan.stages.map((stage, i): Stage => {
    if (i === s) return { ...stage, toUnit: last };
    return i === s + 1 ? { ...stage, fromUnit: last + 1 } : stage;
  });
  return { ...plan, stages };
}

/** The same for plans that differ in their cuts alone. */
export const arrangementOf = ({ stages }: Stages): string =>
  planLabel({ stages: stages.map((stage) => ({ ...stage, fromUnit: 0, toUnit: 0 })) });

/** Of each arrangement of processors the plan with the best cuts; best first. */
export function bestOfArrangements(input: PlannerInput): readonly RankedPlan[] {
  const best = new Map<string, RankedPlan>();
  for (const entry of rankPlans(input).plans) {
    const key = arrangementOf(entry.plan);
    if (!best.has(key)) best.set(key, entry);
  }
  return [...best.values()];
}

export interface WhatIf {
  readonly plan: Plan;
  readonly predicted: PlanPrediction;
  /** On a source that always has a frame. */
  readonly simulation: Simulation;
}

/** Frames simulated: enough that filling and emptying weigh little. */
const FRAMES = 240;

export function whatIf(plan: Plan, prices: Prices): WhatIf {
  const ranked = withDeals({ plan, predicted: predict(plan, prices) });
  const alone = predict(plan, { ...prices, besideCosts: prices.costs });
  const costs = { ...ranked.predicted, aloneSeconds: alone.memberSeconds };
  return { ...ranked, simulation: simulate({ costs, frames: FRAMES }) };
}

export interface Neighbour {
  readonly plan: Plan;
  readonly predicted: PlanPrediction;
  /** Stage before the cut, and by how many units the cut lies further on. */
  readonly stage: number;
  readonly shift: -1 | 1;
}

/** The plan with each of its cuts one unit earlier and one later, where that leaves every stage a unit. */
export function neighboursOf(plan: Plan, prices: Prices): readonly Neighbour[] {
  return plan.stages.slice(0, -1).flatMap((stage, s) =>
    ([-1, 1] as const).flatMap((shift) => {
      const { min, max } = cutRange(plan, s);
      const toUnit = stage.toUnit + shift;
      if (toUnit < min || toUnit > max) return [];
      const moved = moveCut(plan, s, toUnit);
      return { plan: moved, predicted: predict(moved, prices), stage: s, shift };
    }),
  );
}
