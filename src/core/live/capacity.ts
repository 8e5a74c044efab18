/**
 * @file How many frames/s a running pipeline completes, and how many it could, whatever its camera delivers: a member that takes
 * t seconds a frame takes 1/t frames/s, a stage as many as its members together, a pipeline as many as its slowest stage. All
 * times in ms on one clock, passed in.
 */
import { median } from '../stats.ts';
import type { Span } from './drift.ts';

/** What the meter knows is of so long: half of what is shown, for who has to act on it. */
export const RECENT_MS = 1000;
/** Of a member; fewer say nothing. */
const LEAST_FRAMES = 3;

interface Taken {
  readonly at: number;
  readonly busyMs: number;
  /** Of it, to make a tensor of a picture. */
  readonly preparingMs: number;
}

export class CapacityMeter {
  private stages: Taken[][][] = [];
  private completed: number[] = [];

  /** Another pipeline runs. */
  forget(): void {
    this.stages = [];
    this.completed = [];
  }

  /** A frame that came back. */
  see(spans: readonly Span[], at: number): void {
    while ((this.completed[0] ?? at) <= at - RECENT_MS) this.completed.shift();
    this.completed.push(at);
    for (const { stage, member, start, ready = start, end, handOver = 0 } of spans) {
      const members = (this.stages[stage] ??= []);
      const taken = (members[member] ??= []);
      while (taken[0] && taken[0].at <= at - RECENT_MS) taken.shift();
      taken.push({ at, busyMs: end - start + handOver, preparingMs: ready - start });
    }
  }

  /** Frames/s that came back in the last second; while none comes it falls. 0 before two have. */
  completedFps(at: number): number {
    const recent = this.completed.filter((each) => each > at - RECENT_MS);
    const [first = at, last = at] = [recent[0], recent.at(-1)];
    if (last <= first) return 0;
    return 1000 * Math.min((recent.length - 1) / (last - first), recent.length / (at - first));
  }

  /** Frames/s by the medians of the last second; null before every member has shown what a frame takes. */
  fps(at: number): number | null {
    const rates = this.stages.map((members) => {
      const times = members.map((taken) => middle(taken, at, ({ busyMs }) => busyMs));
      return times.every((ms) => ms !== null) ? times.reduce((sum, ms) => sum + 1000 / ms, 0) : null;
    });
    return rates.length > 0 && rates.every((rate) => rate !== null) ? Math.min(...rates) : null;
  }

  /** ms that a frame's picture takes to become a tensor in the first stage. */
  preparingMs(at: number): number {
    const known = (this.stages[0] ?? []).flatMap(
      (taken) => middle(taken, at, (each) => each.preparingMs) ?? [],
    );
    return median(known) ?? 0;
  }
}

function middle(taken: readonly Taken[], at: number, of: (each: Taken) => number): number | null {
  const recent = taken.filter((each) => each.at > at - RECENT_MS);
  return recent.length >= LEAST_FRAMES ? median(recent.map(of)) : null;
}
