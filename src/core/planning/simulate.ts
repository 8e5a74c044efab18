/**
 * @file Simulates a plan on a source of frames: queueing, credits, hand-overs, deals and jitter, which the closed forms of
 * `Pricer.predict` leave out (METHOD §4). Of a profile alone it tells what a plan would do on that device; beside a
 * measurement it tells whether the queueing or the prices were wrong. Its frames are those of a predicted Gantt.
 */
import { percentile } from '../live/meter.ts';
import { dealOf } from './deal.ts';
import { defaultDepth } from './plan.ts';
import {
  scheduleOf,
  type Jitter,
  type Schedule,
  type SimulatedFrame,
  type StageCosts,
} from './simulate-schedule.ts';

export interface SimulationInput {
  /** A `PlanPrediction`, and what its members cost alone. */
  readonly costs: StageCosts;
  /** Frames to submit, ≥ 1; a few hundred for figures, a dozen for a Gantt. */
  readonly frames: number;
  /** Frames/s that the source announces; saturated (always a frame ready) if left out. */
  readonly sourceFps?: number;
  /** Credits; `defaultDepth` if left out. */
  readonly depth?: number;
  /** None if left out. */
  readonly jitter?: Jitter;
}

/** Figures are of the steady part: without the first frames that fill the pipeline and the last that empty it. */
export interface Simulation extends Schedule {
  /**
   * Frames/s; 0 for one frame, as nothing can be told from it. A faster member may run ahead of its share at first, so of
   * replicated stages this is up to `depth` frames in all too high.
   */
  readonly throughputFps: number;
  /**
   * From announcement to result in order; nearest ranks, as `LiveMeter` takes them. Of a saturated source depth /
   * throughput (Little, Operations Research 9(3), 1961), and what results wait for those before.
   */
  readonly latencySeconds: { readonly median: number; readonly p95: number };
  /** Share of the time that each member of each stage is at work, 0 … 1. */
  readonly utilisation: readonly (readonly number[])[];
}

const NO_JITTER: Jitter = { variation: 0, seed: 0 };

/** Same result for same input. Throws RangeError as `scheduleOf`. */
export function simulate(input: SimulationInput): Simulation {
  const { costs, frames, sourceFps = Infinity, jitter = NO_JITTER } = input;
  const { depth = defaultDepth(costs.memberSeconds) } = input;
  const schedule = scheduleOf({ costs, frames, sourceFps, depth, jitter });
  const steady = steadyPart(schedule.frames, depth, periodOf(costs.memberSeconds));
  const latencies = steady.map(({ arrivedAt, finishedAt }) => finishedAt - arrivedAt);
  const from = steady[0]?.finishedAt ?? 0;
  const to = steady.at(-1)?.finishedAt ?? 0;
  return {
    ...schedule,
    throughputFps: steady.length > 1 ? (steady.length - 1) / (to - from) : 0,
    latencySeconds: { median: percentile(latencies, 0.5) ?? 0, p95: percentile(latencies, 0.95) ?? 0 },
    utilisation: utilisationOf(costs, schedule.frames, from, to),
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Frames after which the deals of all stages repeat together. */
function periodOf(memberSeconds: readonly (readonly number[])[]): number {
  const lengths = memberSeconds.map((seconds) => dealOf(seconds).pattern.length);
  return lengths.reduce((lcm, length) => (lcm * length) / gcd(lcm, length), 1);
}

/** Without `depth` frames at either end, and whole periods, so that no member's share weighs more; all if too few. */
function steadyPart(
  frames: readonly SimulatedFrame[],
  depth: number,
  period: number,
): readonly SimulatedFrame[] {
  const intervals = frames.length - 1 - 2 * depth;
  if (intervals < 1) return frames;
  const whole = intervals < period ? intervals : intervals - (intervals % period);
  return frames.slice(depth, depth + whole + 1);
}

function utilisationOf(
  { memberSeconds }: StageCosts,
  frames: readonly SimulatedFrame[],
  from: number,
  to: number,
): readonly (readonly number[])[] {
  const busy = memberSeconds.map((seconds) => seconds.map(() => 0));
  for (const { spans } of frames)
    for (const { stage, member, start, end } of spans) {
      const row = busy[stage];
      if (row) row[member] = (row[member] ?? 0) + Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  return busy.map((row) => row.map((seconds) => (to > from ? seconds / (to - from) : 0)));
}
