/**
 * @file Use case: plan a model on this device. Price every layer on every processor, rank every plan, measure the single
 * processors, race the best few plans, and put the best measured one first.
 */
import type { EngineId } from '../core/engine.ts';
import { besideTable } from '../core/cost/beside.ts';
import { calibratedTable } from '../core/cost/calibration.ts';
import { measuredTable, rooflineTable, type CostTable, type LayerTimes } from '../core/cost/cost-table.ts';
import { planLabel, type RankedPlan } from '../core/planning/plan.ts';
import { paperPlan } from '../core/planning/paper.ts';
import { predict, rankPlans, withDeals, type PlannerInput, type Ranking } from '../core/planning/planner.ts';
import { residencySeconds, transfersOf, type Transfers } from '../core/planning/transfer.ts';
import { byteCount } from '../core/graph/model.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { buildPlanReport, type Favourite } from './build-plan-report.ts';
import { measureSingles } from './measure-singles.ts';
import type { PlanReport } from './plan-report.ts';
import type { PlanRequest } from './plan-request.ts';
import { racePlans } from './race-plans.ts';

/** How many of the best predicted plans are raced, besides the best of each kind and each cost model's favourite. */
const RACED = 3;
/** The engine that calibrations are of. */
const CALIBRATED: EngineId = 'ort';
/** Plans kept of those that were priced. */
const KEPT = 40;

export async function planModel(request: PlanRequest): Promise<Result<PlanReport>> {
  const { form, processors, profile, measure } = request;
  const roofs = processors.flatMap((processor) => rooflineOf(profile, processor) ?? []);
  if (roofs.length < processors.length) return err({ code: 'profile-missing' });
  const singles = measure === 'none' ? ok([]) : await measureSingles(request);
  if (!singles.ok) return singles;
  const roofline = rooflineTable(form.units, roofs);
  const calibrations = profile.calibration ?? [];
  const isCalibrated = request.engines.every(({ engine }) => engine === CALIBRATED);
  const calibrated = isCalibrated ? calibratedTable(form.units, roofs, calibrations) : null;
  const transfers = transfersOf(profile);
  const times = singles.value.flatMap(({ times }) =>
    times ? [withoutTransfers(times, form, transfers)] : [],
  );
  const measured = times.length === processors.length ? measuredTable(form.units, times) : null;
  const costs = measured ?? calibrated ?? roofline;
  const input: PlannerInput = {
    units: form.units,
    costs,
    besideCosts: besideTable(costs, form.units, profile),
    transfers,
    cores: request.cores,
    objective: request.objective,
    sourceFps: request.sourceFps,
  };
  const { among } = request;
  const ranking = rankPlans(input, measure === 'all' || among ? Infinity : KEPT);
  const favourites = [roofline, calibrated, measured].flatMap((table) => favouriteOf(table, input, request));
  const paper = paperPlan(input);
  if (!paper) return err({ code: 'model-missing' });
  const others = [paper, ...favourites.map(({ plan }) => plan)];
  const raced = measure === 'none' ? ok([]) : await racePlans(request, candidates(ranking, others, request));
  if (!raced.ok) return raced;
  const alone = form.layers.map((layer) => ({ layers: [layer] }));
  const tables = { roofline, calibrated, measured };
  const layers = {
    roofline: rooflineTable(alone, roofs),
    calibrated: calibrated && calibratedTable(alone, roofs, calibrations),
    measured: measured && measuredTable(alone, times),
  };
  const found = { costs, tables, layers, favourites, paper };
  const { plans: ranked, considered } = ranking;
  return ok(
    buildPlanReport(request, { ...found, ranked, considered, raced: raced.value, singles: singles.value }),
  );
}

/** The planner adds transfers itself, so the whole model's time, which began and ended in main memory, loses them here. */
function withoutTransfers(
  times: LayerTimes,
  { input, output }: PlanRequest['form'],
  transfers: Transfers,
): LayerTimes {
  const moved = residencySeconds(times.processor, byteCount(input), byteCount(output), transfers);
  // Measured apart, the two can contradict each other; computing then took next to nothing, but not less.
  return { ...times, totalSeconds: Math.max(0.1 * times.totalSeconds, times.totalSeconds - moved) };
}

/** What `table` alone would choose, priced like the rest. */
function favouriteOf(
  table: CostTable | null,
  input: PlannerInput,
  { form, profile }: PlanRequest,
): readonly Favourite[] {
  if (!table) return [];
  const besideCosts = besideTable(table, form.units, profile);
  const [best] = rankPlans({ ...input, costs: table, besideCosts }, 1).plans;
  return best ? [{ table, plan: withDeals({ plan: best.plan, predicted: predict(best.plan, input) }) }] : [];
}

function candidates(
  { plans, bestOfKind }: Ranking,
  others: readonly RankedPlan[],
  { measure, among }: PlanRequest,
): readonly RankedPlan[] {
  if (among) return plans.filter(({ plan }) => among.includes(planLabel(plan)));
  if (measure === 'all') return plans;
  const list = [...plans.slice(0, RACED), ...bestOfKind.values(), ...others];
  return [...new Map(list.map((entry) => [planLabel(entry.plan), entry])).values()];
}
