/**
 * @file Use case: plan a model on this device. Price every layer on every processor, rank every plan, measure the single
 * processors, race the best few plans, and put the best measured one first.
 */
import type { EngineId } from '../core/engine.ts';
import { besideTable } from '../core/cost/beside.ts';
import { calibratedTable } from '../core/cost/calibration.ts';
import {
  measuredTable,
  rooflineTable,
  type CostTable,
  type LayerGroup,
  type LayerTimes,
} from '../core/cost/cost-table.ts';
import { planLabel, type RankedPlan } from '../core/planning/plan.ts';
import { paperPlan } from '../core/planning/paper.ts';
import { predict, rankPlans, withDeals, type PlannerInput, type Ranking } from '../core/planning/planner.ts';
import { residencySeconds, transfersOf, type Transfers } from '../core/planning/transfer.ts';
import { byteCount } from '../core/graph/model.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { buildPlanReport, type Favourite, type Findings, type Tables } from './build-plan-report.ts';
import { measureSingles } from './measure-singles.ts';
import type { PlanReport } from './plan-report.ts';
import type { PlanRequest } from './plan-request.ts';
import { racePlans, type RacedPlan } from './race-plans.ts';

/** How many of the best predicted plans are raced, besides the best of each kind and each cost model's favourite. */
const RACED = 3;
/** The engine that calibrations are of. */
const CALIBRATED: EngineId = 'ort';
/** Plans kept of those that were priced. */
const KEPT = 40;

/** What a request's plans are priced with. */
export interface PricedModel {
  readonly input: PlannerInput;
  readonly tables: Tables;
  /** The same tables layer by layer. */
  readonly layers: Tables;
}

/** Prices every unit by every cost model there is; `times` by layer, one a processor, or none. */
export function priceModel(request: PlanRequest, times: readonly LayerTimes[]): Result<PricedModel> {
  const { form, processors, profile } = request;
  const roofs = processors.flatMap((processor) => rooflineOf(profile, processor) ?? []);
  if (roofs.length < processors.length) return err({ code: 'profile-missing' });
  const calibrations = profile.calibration ?? [];
  const isCalibrated = request.engines.every(({ engine }) => engine === CALIBRATED);
  const transfers = transfersOf(profile);
  const computing = times.map((each) => withoutTransfers(each, form, transfers));
  const tablesOf = (groups: readonly LayerGroup[]): Tables => ({
    roofline: rooflineTable(groups, roofs),
    calibrated: isCalibrated ? calibratedTable(groups, roofs, calibrations) : null,
    measured: computing.length === processors.length ? measuredTable(groups, computing) : null,
  });
  const tables = tablesOf(form.units);
  const costs = tables.measured ?? tables.calibrated ?? tables.roofline;
  const input = {
    units: form.units,
    costs,
    besideCosts: besideTable(costs, form.units, profile),
    transfers,
    cores: request.cores,
    objective: request.objective,
    sourceFps: request.sourceFps,
  };
  return ok({ input, tables, layers: tablesOf(form.layers.map((layer) => ({ layers: [layer] }))) });
}

export async function planModel(request: PlanRequest): Promise<Result<PlanReport>> {
  const { measure, among } = request;
  const singles = measure === 'none' ? ok([]) : await measureSingles(request);
  if (!singles.ok) return singles;
  const priced = priceModel(
    request,
    singles.value.flatMap(({ times }) => times ?? []),
  );
  if (!priced.ok) return priced;
  const ranking = rankPlans(priced.value.input, measure === 'all' || among ? Infinity : KEPT);
  const found = findingsOf(request, priced.value, ranking);
  if (!found.ok) return found;
  const others = [found.value.paper, ...found.value.favourites.map(({ plan }) => plan)];
  const raced = measure === 'none' ? ok([]) : await racePlans(request, candidates(ranking, others, request));
  if (!raced.ok) return raced;
  return ok(buildPlanReport(request, { ...found.value, raced: raced.value, singles: singles.value }));
}

/** The report on a model whose layers were timed and whose plans ran before. */
export function reportOn(
  request: PlanRequest,
  times: readonly LayerTimes[],
  raced: readonly RacedPlan[],
): Result<PlanReport> {
  const priced = priceModel(request, times);
  if (!priced.ok) return priced;
  const found = findingsOf(request, priced.value, rankPlans(priced.value.input, KEPT));
  return found.ok ? ok(buildPlanReport(request, { ...found.value, raced, singles: [] })) : found;
}

function findingsOf(
  request: PlanRequest,
  { input, tables, layers }: PricedModel,
  { plans, considered }: Ranking,
): Result<Omit<Findings, 'raced' | 'singles'>> {
  const { roofline, calibrated, measured } = tables;
  const favourites = [roofline, calibrated, measured].flatMap((table) => favouriteOf(table, input, request));
  const paper = paperPlan(input);
  if (!paper) return err({ code: 'model-missing' });
  return ok({ costs: input.costs, tables, layers, favourites, paper, ranked: plans, considered });
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
