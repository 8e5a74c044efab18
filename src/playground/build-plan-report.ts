/** @file Puts together what planning found; pure, no worker. */
import type { Precision } from '../core/engine.ts';
import type { CostTable } from '../core/cost/cost-table.ts';
import { meanAbsolutePercentageError, regret, spearman } from '../core/cost/prediction-error.ts';
import { compareByObjective } from '../core/planning/objective.ts';
import { gainOver, keep, type Candidate } from '../core/planning/keep.ts';
import {
  planLabel,
  processorsOf,
  type Plan,
  type PlanPrediction,
  type RankedPlan,
} from '../core/planning/plan.ts';
import { throughputBound } from '../core/planning/bound.ts';
import { candidateOf } from './candidate.ts';
import type { Single } from './measure-singles.ts';
import type {
  CostModelError,
  EngineUse,
  Performance,
  PlanEntry,
  PlanReport,
  SingleEntry,
  WorkCost,
} from './plan-report.ts';
import type { PlanRequest } from './plan-request.ts';
import type { RacedPlan } from './race-plans.ts';

/** The plan a cost model would have chosen. */
export interface Favourite {
  readonly table: CostTable;
  readonly plan: RankedPlan;
}

/** One of each cost model; null where it has nothing to go by. */
export interface Tables {
  readonly roofline: CostTable;
  readonly calibrated: CostTable | null;
  readonly measured: CostTable | null;
}

export interface Findings {
  /** Prices that the ranking used. */
  readonly costs: CostTable;
  readonly tables: Tables;
  /** The same tables layer by layer. */
  readonly layers: Tables;
  /** The best, best first. */
  readonly ranked: readonly RankedPlan[];
  readonly considered: number;
  readonly paper: RankedPlan;
  readonly favourites: readonly Favourite[];
  readonly raced: readonly RacedPlan[];
  readonly singles: readonly Single[];
}

/**
 * Most that a plan's outputs may differ from one WASM processor's, as a share of the largest: ten times what the order of
 * additions explains in fp32, and what fp16 was allowed when it was chosen. GPUs have computed wrong.
 */
const TOLERANCES: Readonly<Record<Precision, number>> = { fp32: 1e-3, fp16: 1e-2 };

export const computesWrong = ({
  equality,
  precision = 'fp32',
}: Pick<PlanEntry, 'equality' | 'precision'>): boolean =>
  equality !== null && (!equality.inOrder || !(equality.maxRelDifference <= TOLERANCES[precision]));

/** What an entry says of the precision of its plan. */
export function precisionOf(
  plan: Pick<Plan, 'stages'>,
  engines: readonly EngineUse[],
): Pick<PlanEntry, 'precision'> {
  const inHalf = new Set(engines.flatMap((use) => (use.precision === 'fp16' ? [use.processor] : [])));
  return processorsOf(plan).some(({ processor }) => inHalf.has(processor)) ? { precision: 'fp16' } : {};
}

/** Entries in the report's list, unless more were run. */
const REPORTED = 12;

export function buildPlanReport(request: PlanRequest, findings: Findings): PlanReport {
  const { processors, objective, sourceFps, form } = request;
  const { costs, tables, layers, ranked, raced, paper } = findings;
  const error = costs.relativeError ?? 0;
  const byLabel = new Map(raced.map((entry) => [planLabel(entry.plan), entry]));
  const ran = raced
    .map((entry) => entryOf(entry, request, error))
    .sort((a, b) => {
      const wrong = Number(computesWrong(a)) - Number(computesWrong(b));
      if (wrong !== 0) return wrong;
      const rate = ({ measured: figures, predicted }: PlanEntry) => ({
        throughputFps: (figures ?? predicted).throughputFps,
        latency: (figures ?? predicted).latencyMs,
      });
      return compareByObjective(rate(a), rate(b), objective, sourceFps);
    });
  const rest = ranked
    .filter((entry) => !byLabel.has(planLabel(entry.plan)))
    .map((entry) => entryOf(entry, request, error));
  const plans = [...ran, ...rest].slice(0, Math.max(REPORTED, ran.length));
  // Plans that compute wrong come last of those that ran; where all do, one that was not run is the better choice.
  const sound = plans.filter((entry) => !computesWrong(entry));
  const [best] = sound.length > 0 ? sound : plans;
  if (!best) throw new Error('a model with units has at least one plan');
  const kept = keep(sound.map(competitorOf), objective, sourceFps);
  const chosen = kept?.entry ?? best;
  const gain = kept && chosen !== best ? gainOver(competitorOf(best), kept, objective, sourceFps) : null;
  return {
    model: request.modelId,
    ...(request.configuration === null ? {} : { configuration: request.configuration }),
    objective,
    processors,
    engines: request.engines,
    singles: singleEntries(processors, findings),
    plans,
    chosen,
    ...(gain && { passedOver: { ...gain, plan: best } }),
    paper: entryOf(byLabel.get(planLabel(paper.plan)) ?? paper, request, error),
    considered: findings.considered,
    bound: throughputBound(costs, request.cores),
    costModels: costModelErrors(findings, byLabel),
    units: workCosts(
      form.units.map(({ name, layers }) => ({
        name,
        flop: layers.reduce((sum, layer) => sum + layer.flop, 0),
        bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0),
      })),
      tables,
    ),
    layers: workCosts(form.layers, layers),
  };
}

function workCosts(
  work: readonly Pick<WorkCost, 'name' | 'flop' | 'bytes'>[],
  { roofline, calibrated, measured }: Tables,
): readonly WorkCost[] {
  return work.map(({ name, flop, bytes }, i) => ({
    name,
    flop,
    bytes,
    roofline: roofline.seconds.map((column) => column[i] ?? 0),
    calibrated: calibrated?.seconds.map((column) => column[i] ?? 0) ?? null,
    measured: measured?.seconds.map((column) => column[i] ?? 0) ?? null,
  }));
}

function performanceOf(predicted: PlanPrediction, error: number): Performance {
  return {
    throughputFps: predicted.throughputFps,
    latencyMs: predicted.latencySeconds * 1000,
    n: 0,
    errors: { throughput: error, latency: error },
    hopMs: predicted.hopSeconds.map((seconds) => seconds * 1000),
  };
}

function entryOf(
  entry: RankedPlan & Partial<Pick<RacedPlan, 'measured' | 'equality'>>,
  { engines }: Pick<PlanRequest, 'engines'>,
  error: number,
): PlanEntry {
  return {
    kind: entry.plan.kind,
    stages: entry.plan.stages,
    predicted: performanceOf(entry.predicted, error),
    measured: entry.measured ?? null,
    equality: entry.equality ?? null,
    ...precisionOf(entry.plan, engines),
  };
}

const competitorOf = (entry: PlanEntry): Candidate & { readonly entry: PlanEntry } => ({
  entry,
  ...candidateOf(entry.measured ?? entry.predicted, processorsOf(entry).length),
});

function singleEntries(
  processors: PlanRequest['processors'],
  { ranked, singles, costs }: Findings,
): readonly SingleEntry[] {
  return [...new Set(processors)].flatMap((processor) => {
    const single = ranked.find(
      ({ plan }) => plan.kind === 'single' && plan.stages[0]?.processor === processor,
    );
    const measured = singles.find((entry) => entry.processor === processor)?.performance ?? null;
    return single
      ? [{ processor, predicted: performanceOf(single.predicted, costs.relativeError ?? 0), measured }]
      : [];
  });
}

/** Errors against the engine's profile, unit by unit. The measured table is the yardstick: its own errors are null. */
function costModelErrors(
  { favourites, tables, raced }: Findings,
  byLabel: ReadonlyMap<string, RacedPlan>,
): readonly CostModelError[] {
  const best = Math.max(...raced.map((entry) => entry.measured.throughputFps));
  return favourites.map(({ table, plan }) => {
    const yardstick = table === tables.measured ? null : tables.measured;
    const [predicted, actual] = [table.seconds.flat(), yardstick?.seconds.flat() ?? []];
    const ran = byLabel.get(planLabel(plan.plan));
    return {
      id: table.model,
      mape: yardstick && meanAbsolutePercentageError(predicted, actual),
      spearman: yardstick && spearman(predicted, actual),
      wholeError: yardstick && meanAbsolutePercentageError(totals(table), totals(yardstick)),
      statedError: table.relativeError ?? null,
      regret: ran ? regret(ran.measured.throughputFps, best) : null,
    };
  });
}

const totals = ({ seconds }: CostTable): readonly number[] =>
  seconds.map((column) => column.reduce((sum, each) => sum + each, 0));
