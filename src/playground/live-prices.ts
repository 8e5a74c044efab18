/**
 * @file What plans cost on this device as it is now: the prices of the report, each processor's times the factor that live
 * saw of it, and each plan's times what its race differed from its prediction. Pure; the planner is the same as everywhere.
 */
import { besideTable } from '../core/cost/beside.ts';
import type { CostTable } from '../core/cost/cost-table.ts';
import type { Unit } from '../core/graph/units.ts';
import type { PerMember } from '../core/live/drift.ts';
import { compareByObjective } from '../core/planning/objective.ts';
import {
  dealTo,
  depthOf,
  loadedLatencySeconds,
  membersOf,
  planLabel,
  processorsOf,
  type Plan,
  type Stage,
} from '../core/planning/plan.ts';
import { predict, rankPlans, type PlannerInput } from '../core/planning/planner.ts';
import { FREE, transfersOf } from '../core/planning/transfer.ts';
import type { DeviceProfile } from '../core/profile/profile.ts';
import { median } from '../core/stats.ts';
import { computesWrong, precisionOf } from './build-plan-report.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';
import type { LivePrediction } from './state.ts';

export interface Situation {
  readonly report: PlanReport;
  /** Of the form that was planned. */
  readonly units: readonly Unit[];
  readonly profile: DeviceProfile | null;
  /** WASM threads that may work at once. */
  readonly cores: number;
  readonly sourceFps: number;
  /** Times what the report says that processors take, by their places in it; 1 where there is none. */
  readonly factors: ReadonlyMap<number, number>;
}

/** Plans of those priced that may still be the best, once they are corrected by their races. */
const KEPT = 40;

/** The planner's input with these processors of the report alone. */
function inputOf(
  { report, units, profile, cores, sourceFps, factors }: Situation,
  among: readonly number[],
): PlannerInput {
  const costs: CostTable = {
    model: report.units.every(({ measured }) => measured) ? 'measured' : 'roofline',
    processors: among.flatMap((p) => report.processors[p] ?? []),
    seconds: among.map((p) =>
      report.units.map(({ measured, roofline }) => (factors.get(p) ?? 1) * ((measured ?? roofline)[p] ?? 0)),
    ),
  };
  return {
    units,
    costs,
    besideCosts: profile ? besideTable(costs, units, profile) : costs,
    transfers: profile ? transfersOf(profile) : { upload: FREE, download: FREE, hop: FREE },
    cores,
    objective: report.objective,
    sourceFps,
  };
}

interface Correction {
  readonly throughput: number;
  readonly latency: number;
}

/** Measured over predicted, of the plan with this label; of one that did not run the median of those that did. */
function correctionOf({ plans }: PlanReport, label: string): Correction {
  const raced = plans.flatMap(({ measured, predicted, stages }) =>
    measured
      ? [
          {
            label: planLabel({ stages }),
            throughput: measured.throughputFps / predicted.throughputFps,
            latency: measured.latencyMs / predicted.latencyMs,
          },
        ]
      : [],
  );
  const middle = (key: keyof Correction): number => median(raced.map((each) => each[key])) ?? 1;
  return (
    raced.find((each) => each.label === label) ?? {
      throughput: middle('throughput'),
      latency: middle('latency'),
    }
  );
}

/** Shares of a stage's frames, by member. */
function sharesOf(stage: Stage): readonly number[] {
  const deal = dealTo(stage);
  return membersOf(stage).map((_, m) => deal.filter((to) => to === m).length / deal.length);
}

const everyProcessor = ({ report }: Situation): readonly number[] => report.processors.map((_, p) => p);

/** The plan at the prices of now, its frames dealt as they are, which need not be the best way any more. */
export function priced(situation: Situation, { kind, stages }: Plan): PlanEntry {
  const predicted = predict({ kind, stages }, inputOf(situation, everyProcessor(situation)));
  const seconds = predicted.memberSeconds.flatMap((members, s) => {
    const stage = stages[s];
    return stage ? members.map((each, m) => each * (sharesOf(stage)[m] ?? 0)) : [];
  });
  const correction = correctionOf(situation.report, planLabel({ stages }));
  return {
    kind,
    stages,
    predicted: {
      throughputFps: correction.throughput / Math.max(...seconds, ...predicted.hopSeconds),
      latencyMs: correction.latency * predicted.latencySeconds * 1000,
      n: 0,
      hopMs: predicted.hopSeconds.map((hop) => hop * 1000),
    },
    measured: null,
    equality: null,
    ...precisionOf({ stages }, situation.report.engines),
  };
}

/** ms a frame of each member as the report has it: as raced, else as predicted and corrected; 0 of one that takes none. */
export function expectedMs(situation: Situation, { kind, stages }: Plan): PerMember {
  const label = planLabel({ stages });
  const raced = situation.report.plans.find(
    (entry) => planLabel(entry) === label && isDealtAlike(entry, { stages }),
  );
  if (raced?.measured?.memberMs) return raced.measured.memberMs.full;
  const { throughput } = correctionOf(situation.report, label);
  const input = inputOf({ ...situation, factors: new Map() }, everyProcessor(situation));
  return predict({ kind, stages }, input).memberSeconds.map((members, s) => {
    const stage = stages[s];
    const shares = stage ? sharesOf(stage) : [];
    return members.map((seconds, m) => ((shares[m] ?? 0) > 0 ? (seconds * 1000) / throughput : 0));
  });
}

const dealsOf = ({ stages }: Pick<Plan, 'stages'>): string => JSON.stringify(stages.map(dealTo));
const isDealtAlike = (a: Pick<Plan, 'stages'>, b: Pick<Plan, 'stages'>): boolean => dealsOf(a) === dealsOf(b);

const placesOf = (plan: Pick<Plan, 'stages'>): string =>
  JSON.stringify(processorsOf(plan).map(({ processorIndex }) => processorIndex));

/** The same units on the same processors, dealt alike. */
export const isSamePlan = (a: Pick<Plan, 'stages'>, b: Pick<Plan, 'stages'>): boolean =>
  planLabel(a) === planLabel(b) && isDealtAlike(a, b) && placesOf(a) === placesOf(b);

/** The best of the plans on these processors (places in the report) that are not known to compute wrong; null for none. */
export function bestPlan(situation: Situation, among: readonly number[]): PlanEntry | null {
  const { report, sourceFps } = situation;
  if (among.length === 0) return null;
  const wrong = new Set(report.plans.filter(computesWrong).map((entry) => planLabel(entry)));
  const wrongAlone = report.plans
    .filter((entry) => entry.kind === 'single' && computesWrong(entry))
    .flatMap((entry) => processorsOf(entry).map(({ processor }) => processor));
  const ranked = ordersOf(situation, among).flatMap((order) =>
    rankPlans(inputOf(situation, order), KEPT).plans.map(({ plan }) =>
      priced(situation, inReport(plan, order)),
    ),
  );
  const right = ranked.filter(
    (entry) =>
      !wrong.has(planLabel(entry)) &&
      !processorsOf(entry).some(({ processor }) => wrongAlone.includes(processor)),
  );
  const rate = ({ predicted: { throughputFps, latencyMs } }: PlanEntry) => ({
    throughputFps,
    latency: latencyMs,
  });
  return right.sort((a, b) => compareByObjective(rate(a), rate(b), report.objective, sourceFps))[0] ?? null;
}

/**
 * Equal processors are one to the planner, which takes the first of them first: where they are not as fast any more, it is
 * asked with the fast ones first, and with the slow ones.
 */
function ordersOf({ factors }: Situation, among: readonly number[]): readonly (readonly number[])[] {
  const factorOf = (p: number): number => factors.get(p) ?? 1;
  const fastFirst = among.toSorted((a, b) => factorOf(a) - factorOf(b));
  const isUneven = factorOf(fastFirst[0] ?? 0) < factorOf(fastFirst.at(-1) ?? 0);
  return isUneven ? [fastFirst, fastFirst.toReversed()] : [among];
}

/** A plan on `among`, its processors by their places in the report. */
function inReport({ kind, stages }: Plan, among: readonly number[]): Plan {
  return {
    kind,
    stages: stages.map((stage) => {
      const [first, ...others] = membersOf(stage).map((member) => ({
        ...member,
        processorIndex: among[member.processorIndex] ?? 0,
      }));
      return { ...stage, ...first, ...(others.length > 0 && { others }) };
    }),
  };
}

/**
 * How many times better `next` serves the objective than `current` on this source: in frames, of which it has no more than
 * the source gives, or in latency.
 */
export function gainOf({ report, sourceFps }: Situation, current: PlanEntry, next: PlanEntry): number {
  const kept = ({ predicted }: PlanEntry): number => Math.min(predicted.throughputFps, sourceFps);
  const isLatencyMeant =
    report.objective === 'snappiest' || (report.objective === 'smooth' && kept(current) === kept(next));
  return isLatencyMeant ? current.predicted.latencyMs / next.predicted.latencyMs : kept(next) / kept(current);
}

/** What the plan promises on this source. */
export function predictLive({ predicted, stages }: PlanEntry, sourceFps: number): LivePrediction {
  const { throughputFps, latencyMs } = predicted;
  const unloaded = { throughputFps, latencySeconds: latencyMs / 1000 };
  return {
    throughputFps: Math.min(throughputFps, sourceFps),
    latencyMs: loadedLatencySeconds(unloaded, sourceFps, depthOf({ stages })) * 1000,
  };
}
