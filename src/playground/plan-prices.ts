/** @file A report's prices, as the planner had them: for plans that nobody ran, and for the reasons of a choice. */
import { besideTable } from '../core/cost/beside.ts';
import type { CostModelId } from '../core/cost/cost-table.ts';
import type { Unit } from '../core/graph/units.ts';
import type { Prices } from '../core/planning/pricer.ts';
import { transfersOf } from '../core/planning/transfer.ts';
import type { DeviceProfile } from '../core/profile/profile.ts';
import type { PlanReport, WorkCost } from './plan-report.ts';

/** Seconds on each processor; null where this model was not made. */
export const secondsOf = (work: WorkCost, model: CostModelId): readonly number[] | null => work[model];

/** Those that price every unit, the one that the planner ranks by first. */
export const costModelsOf = ({ units }: Pick<PlanReport, 'units'>): readonly CostModelId[] =>
  (['measured', 'calibrated', 'roofline'] as const).filter((model) =>
    units.every((unit) => secondsOf(unit, model) !== null),
  );

/** Null where the units are another model's. */
export function pricesOf(
  { processors, units: work }: Pick<PlanReport, 'processors' | 'units'>,
  units: readonly Unit[],
  profile: DeviceProfile,
): Prices | null {
  const [model] = costModelsOf({ units: work });
  if (!model || work.length !== units.length) return null;
  const seconds = processors.map((_, p) => work.map((unit) => secondsOf(unit, model)?.[p] ?? 0));
  const costs = { model, processors, seconds };
  return { units, costs, besideCosts: besideTable(costs, units, profile), transfers: transfersOf(profile) };
}
