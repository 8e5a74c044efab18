/** @file What runs of a plan say of it: throughput, latency, and what each member takes. */
import type { TracedFrame } from '../core/planning/trace.ts';
import { meansOfFastRuns, relativeSpread } from '../core/stats.ts';
import type { StageSpan } from '../workers/stage.api.ts';
import type { Performance } from './plan-report.ts';

export interface TimedSpan extends StageSpan {
  /** ms since the end of the member's frame before, where this frame waited by then. */
  readonly between?: number;
}

export interface Timed {
  readonly intervalsMs: readonly number[];
  /** Frames after which it is the same members' turn again: results of two that share frames come in pairs. */
  readonly turnFrames: number;
  /** Of frames that had the pipeline to themselves. */
  readonly latenciesMs: readonly number[];
  /** What the workers say of each frame, full and alone. */
  readonly spans: { readonly full: readonly TimedSpan[]; readonly alone: readonly TimedSpan[] };
  /** The last that ran full, by number. */
  readonly lastFrames: readonly TracedFrame[];
}

/** Spans of frames in order, sent at `sentAt` on the page's clock. */
export function spansOf(
  frames: readonly { readonly sentAt: number; readonly result: { readonly spans: readonly StageSpan[] } }[],
): readonly TimedSpan[] {
  const ends = new Map<string, number>();
  return frames.flatMap(({ sentAt, result: { spans } }) =>
    spans.map((span, s) => {
      const member = `${span.stage} ${span.member}`;
      const [before, came] = [ends.get(member), spans[s - 1]?.end ?? performance.timeOrigin + sentAt];
      ends.set(member, span.end);
      return before === undefined || came > before ? span : { ...span, between: span.start - before };
    }),
  );
}

/** ms of each whole turn of a run's members; what is left over counts for none. */
const turnsOf = ({ intervalsMs, turnFrames }: Timed): readonly number[] =>
  Array.from({ length: Math.floor(intervalsMs.length / turnFrames) }, (_, i) =>
    intervalsMs.slice(i * turnFrames, (i + 1) * turnFrames).reduce((sum, ms) => sum + ms, 0),
  );

/**
 * ms from result to result, of whole turns: results of two members that began together come in pairs, and from the first of a pair
 * to the second of a later one there are more results than time. Where no turn is whole, of what there is.
 */
function frameMs(run: Timed): number {
  const turns = turnsOf(run);
  return turns.length > 0 ? meanOf(turns) / run.turnFrames : meanOf(run.intervalsMs);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** ms a frame of each member of each stage; 0 of one that took none. */
function memberMs(
  spans: readonly TimedSpan[],
  middleOf: (times: readonly number[]) => number | null,
  timeOf: (span: TimedSpan) => number | undefined = ({ start, end }) => end - start,
): readonly (readonly number[])[] {
  const upTo = (numbers: readonly number[]): readonly number[] =>
    Array.from({ length: Math.max(-1, ...numbers) + 1 }, (_, i) => i);
  return upTo(spans.map(({ stage }) => stage)).map((stage) => {
    const mine = spans.filter((span) => span.stage === stage);
    return upTo(mine.map(({ member }) => member)).map((member) => {
      const times = mine.filter((span) => span.member === member).flatMap((span) => timeOf(span) ?? []);
      return times.length > 0 ? (middleOf(times) ?? 0) : 0;
    });
  });
}

/** Of frames that nothing disturbed the mean: the clock's ticks are coarse for the quickest. */
const undisturbed = (ms: readonly number[]): number | null =>
  ms.length > 0 ? 1000 * (meansOfFastRuns(ms.map((each) => [each / 1000]))[0] ?? 0) : null;

/**
 * Throughput of the round that a quarter of the rounds beat, and latency of the frames that were about as fast as a quarter of
 * them: machines have slow spells of seconds, which a plan is not to blame for. What its members take is of the same round and
 * the same frames.
 */
export function performanceOfRuns(runs: readonly Timed[]): Performance {
  const rounds = runs.toSorted((a, b) => frameMs(a) - frameMs(b));
  const steady = rounds[Math.floor((rounds.length - 1) / 4)];
  const latencies = runs.flatMap((run) => run.latenciesMs);
  const turns = steady ? turnsOf(steady) : [];
  return {
    throughputFps: steady && steady.intervalsMs.length > 0 ? 1000 / frameMs(steady) : 0,
    latencyMs: undisturbed(latencies) ?? 0,
    n: runs.reduce((sum, { intervalsMs }) => sum + intervalsMs.length, 0),
    errors: {
      throughput: relativeSpread(turns) / Math.sqrt(Math.max(1, turns.length * rounds.length)),
      latency: relativeSpread(latencies) / Math.sqrt(Math.max(1, latencies.length)),
    },
    memberMs: {
      full: memberMs(steady?.spans.full ?? [], meanOf),
      between: memberMs(steady?.spans.full ?? [], meanOf, ({ between }) => between),
      alone: memberMs(
        runs.flatMap(({ spans }) => spans.alone),
        undisturbed,
      ),
    },
    lastFrames: runs.at(-1)?.lastFrames ?? [],
  };
}

/** Of two performances of a plan, some time apart, each figure of the one that did better in it, and what members took then. */
export function betterOf(one: Performance, other: Performance): Performance {
  const fuller = other.throughputFps > one.throughputFps ? other : one;
  const sooner = other.latencyMs < one.latencyMs ? other : one;
  const errors = fuller.errors &&
    sooner.errors && { throughput: fuller.errors.throughput, latency: sooner.errors.latency };
  const memberMs = fuller.memberMs && sooner.memberMs && { ...fuller.memberMs, alone: sooner.memberMs.alone };
  return {
    ...fuller,
    latencyMs: sooner.latencyMs,
    n: one.n + other.n,
    ...(errors && { errors }),
    ...(memberMs && { memberMs }),
  };
}
