/**
 * @file Why the cuts lie where they lie: what sets the pace, what moving a cut would do, what crosses it. Every figure is of
 * the prices that the planner ranked by, or of the race; what does not hold is not said.
 */
import { byteCount } from '../core/graph/model.ts';
import { membersOf, planLabel, type Plan, type PlanPrediction, type Stage } from '../core/planning/plan.ts';
import { predict } from '../core/planning/planner.ts';
import type { Prices } from '../core/planning/pricer.ts';
import { linkSeconds } from '../core/planning/transfer.ts';
import { neighboursOf, type Neighbour } from '../core/planning/what-if.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';
import { planText, processorName, unitRange } from './plan-sentence.ts';

/** Of a report: what its figures are compared by, and how they read. */
interface Case {
  readonly report: PlanReport;
  readonly prices: Prices;
  readonly predicted: PlanPrediction;
}

export function planReasons(report: PlanReport, prices: Prices): readonly string[] {
  const { chosen } = report;
  const given = { report, prices, predicted: predict(chosen, prices) };
  if (chosen.kind === 'single') return whyAlone(given);
  if (chosen.kind === 'replicated') return whyDealt(given);
  const cuts = chosen.stages.slice(0, -1).flatMap((_, s) => whyCut(given, s));
  return [whoSetsThePace(given), ...cuts, ...whatRacing(given)];
}

const ms = (seconds: number): string => {
  const value = seconds * 1000;
  if (value < 0.1) return 'under 0.1 ms';
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ms`;
};

const bytes = (count: number): string => {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${Math.round(count / 1000)} kB` : `${(count / 1e6).toFixed(1)} MB`;
};

const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;

const namesOf = (stage: Stage, { processors }: PlanReport): string =>
  list(membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex)));

/** What limits throughput, and its seconds a frame. */
function slowest(
  plan: Pick<Plan, 'stages'>,
  { stageSeconds, hopSeconds }: PlanPrediction,
  report: PlanReport,
) {
  const stages = plan.stages.map((stage, s) => ({
    name: namesOf(stage, report),
    seconds: stageSeconds[s] ?? 0,
  }));
  const hops = hopSeconds.map((seconds, s) => {
    const unit = (plan.stages[s]?.toUnit ?? 0) + 1;
    return { name: `the hand-over after unit ${unit}`, seconds };
  });
  return [...stages, ...hops].reduce((worst, each) => (each.seconds > worst.seconds ? each : worst));
}

function whoSetsThePace({ report, predicted }: Case): string {
  const { chosen } = report;
  const shares = chosen.stages.map(
    (stage, s) => `${ms(predicted.stageSeconds[s] ?? 0)} on ${namesOf(stage, report)}`,
  );
  const { name, seconds } = slowest(chosen, predicted, report);
  return `By the costs a frame takes ${list(shares)}: ${name} sets the pace at ${ms(seconds)}.`;
}

function whyCut(given: Case, s: number): readonly string[] {
  const moves = neighboursOf(given.report.chosen, given.prices).filter(({ stage }) => stage === s);
  return [...moves.map((move) => whatMoving(given, move)), whatCrosses(given, s), ...whatIsKept(given, s)];
}

/** `Moving unit 19 to WASM A would make WASM A the slowest at 38 ms.` */
function whatMoving({ report, predicted }: Case, move: Neighbour): string {
  const { chosen, plans, objective } = report;
  const [before, after] = [chosen.stages[move.stage], chosen.stages[move.stage + 1]];
  if (!before || !after) return '';
  const [unit, to] = move.shift > 0 ? [after.fromUnit, before] : [before.toUnit, after];
  const moving = `Moving unit ${unit + 1} to ${namesOf(to, report)} would`;
  const isForLatency = objective === 'snappiest';
  const worst = slowest(move.plan, move.predicted, report);
  const effect = isForLatency
    ? `make a frame take ${ms(move.predicted.latencySeconds)} instead of ${ms(predicted.latencySeconds)}`
    : `make ${worst.name} the slowest at ${ms(worst.seconds)}`;
  const isBetter = isForLatency
    ? move.predicted.latencySeconds < predicted.latencySeconds
    : move.predicted.throughputFps > predicted.throughputFps;
  if (!isBetter) return `${moving} ${effect}.`;
  const raced = plans.find((entry) => planLabel(entry) === planLabel(move.plan))?.measured;
  if (!raced || !chosen.measured) return `${moving} ${effect}, which should be better; it was not run.`;
  const [theirs, ours] = [raced.throughputFps, chosen.measured.throughputFps].map((fps) => fps.toFixed(1));
  return `${moving} ${effect}, which should be better; in the race it made ${theirs} frames/s against ${ours}.`;
}

/** Seconds that so many bytes take from one processor to the other. */
function crossing(from: Stage, to: Stage, count: number, { transfers }: Prices) {
  const isGpu = (stage: Stage): boolean => membersOf(stage).some(({ processor }) => processor === 'webgpu');
  return {
    hop: linkSeconds(transfers.hop, count),
    download: isGpu(from) ? linkSeconds(transfers.download, count) : 0,
    upload: isGpu(to) ? linkSeconds(transfers.upload, count) : 0,
  };
}

const crossingSeconds = (...of: Parameters<typeof crossing>): number => {
  const { hop, download, upload } = crossing(...of);
  return hop + download + upload;
};

const bytesAfter = (unit: number, { units }: Prices): number => {
  const value = units[unit]?.output;
  return value ? byteCount(value) : 0;
};

/** `602 kB cross the cut after unit 18: 0.3 ms to hand over, 0.4 ms to upload.` */
function whatCrosses({ report: { chosen }, prices }: Case, s: number): string {
  const [from, to] = [chosen.stages[s], chosen.stages[s + 1]];
  if (!from || !to) return '';
  const count = bytesAfter(from.toUnit, prices);
  const { hop, download, upload } = crossing(from, to, count, prices);
  const parts = [
    ...(download > 0 ? [`${ms(download)} to download`] : []),
    `${ms(hop)} to hand over`,
    ...(upload > 0 ? [`${ms(upload)} to upload`] : []),
  ];
  return `${bytes(count)} cross the cut after unit ${from.toUnit + 1}: ${list(parts)}.`;
}

/** Units before a cut that cost less to compute than the larger activations before them would cost to move. */
function whatIsKept({ report, prices }: Case, s: number): readonly string[] {
  const [from, to] = [report.chosen.stages[s], report.chosen.stages[s + 1]];
  if (!from || !to || from.others) return [];
  const column = prices.costs.seconds[from.processorIndex] ?? [];
  const here = crossingSeconds(from, to, bytesAfter(from.toUnit, prices), prices);
  const earlier = column.slice(from.fromUnit, from.toUnit).map((_, i) => {
    const last = from.fromUnit + i;
    const count = bytesAfter(last, prices);
    const compute = column.slice(last + 1, from.toUnit + 1).reduce((sum, seconds) => sum + seconds, 0);
    return { last, count, compute, more: crossingSeconds(from, to, count, prices) - here };
  });
  const best = earlier.reduce<(typeof earlier)[number] | null>(
    (most, each) => (each.more - each.compute > (most ? most.more - most.compute : 0) ? each : most),
    null,
  );
  if (!best) return [];
  const kept = unitRange({ ...from, fromUnit: best.last + 1 }, prices.units.length - 1);
  return [
    `${namesOf(from, report)} keeps ${kept}: the ${bytes(best.count)} before cost ${ms(best.more)} more to move than what ` +
      `follows, and computing there costs ${ms(best.compute)}.`,
  ];
}

/** `In the race a frame took 53 ms on WASM A and 63 ms on WASM B.` */
function whatRacing({ report }: Case): readonly string[] {
  const { chosen, processors } = report;
  const full = chosen.measured?.memberMs?.full ?? [];
  const took = chosen.stages.flatMap((stage, s) =>
    membersOf(stage).flatMap(({ processorIndex }, m) => {
      const time = full[s]?.[m] ?? 0;
      return time > 0 ? [`${ms(time / 1000)} on ${processorName(processors, processorIndex)}`] : [];
    }),
  );
  return took.length === 0 ? [] : [`In the race a frame took ${list(took)}.`];
}

function whyDealt({ report, predicted, prices }: Case): readonly string[] {
  const { chosen, processors } = report;
  const takes = chosen.stages.flatMap((stage, s) =>
    membersOf(stage).map(
      ({ processorIndex }, m) =>
        `${ms(predicted.memberSeconds[s]?.[m] ?? 0)} on ${processorName(processors, processorIndex)}`,
    ),
  );
  const pace = `Whole frames are dealt out and nothing is cut: one takes ${list(takes)}, so one is done every ${ms(
    1 / predicted.throughputFps,
  )}.`;
  return [pace, ...bestSplit({ report, predicted, prices }, (entry) => entry.kind === 'pipeline')];
}

function whyAlone(given: Case): readonly string[] {
  const { report, prices, predicted } = given;
  const [only] = report.chosen.stages;
  if (!only) return [];
  const alone = 1 / predicted.throughputFps;
  const last = prices.units.length - 1;
  const hopeless = report.processors.flatMap((processor, p) => {
    const isFirstOfItsKind = report.processors.indexOf(processor) === p;
    const column = prices.costs.seconds[p] ?? [];
    const unit = (column[0] ?? 0) <= (column[last] ?? 0) ? 0 : last;
    const seconds = column[unit] ?? 0;
    if (!isFirstOfItsKind || processor === only.processor || seconds <= alone) return [];
    return [
      `On ${processorName([processor], 0)} unit ${unit + 1} alone takes ${ms(seconds)}, longer than the whole model here.`,
    ];
  });
  const split = bestSplit(given, (entry) => entry.kind !== 'single');
  return [
    `${processorName([only.processor], 0)} takes ${ms(alone)} a frame by the costs.`,
    ...hopeless,
    ...(hopeless.length > 0 ? [] : split),
  ];
}

/** What the best of those plans would do by price, and what it did where it was run. */
function bestSplit(
  { report, predicted, prices }: Case,
  accepts: (entry: PlanEntry) => boolean,
): readonly string[] {
  const rivals = report.plans
    .filter(accepts)
    .map((entry) => ({ entry, rival: predict(entry, prices) }))
    .sort((a, b) =>
      report.objective === 'snappiest'
        ? a.rival.latencySeconds - b.rival.latencySeconds
        : b.rival.throughputFps - a.rival.throughputFps,
    );
  const [best] = rivals;
  if (!best) return [];
  const { entry, rival } = best;
  const worst = slowest(entry, rival, report);
  const what = `The best other plan by the costs, ${planText(entry, report.processors)}, is paced by ${worst.name} at ${ms(worst.seconds)}`;
  const [ours, theirs] = [report.chosen.measured, entry.measured];
  if (rival.throughputFps <= predicted.throughputFps || !ours || !theirs) return [`${what}.`];
  return [
    `${what}; in the race it made ${theirs.throughputFps.toFixed(1)} frames/s against ${ours.throughputFps.toFixed(1)}.`,
  ];
}
