/**
 * @file The governor holds a frame rate live by moving along a ladder of designs: to a faster one when the device slows
 * (heat, a throttled tab, other programs), back to a more accurate one when there is room again. All rungs are taken to slow
 * alike: what the running design completes now against what it completes on a free device is the *slowdown* of all.
 *
 * Down after a second, up after several, and up needs more room than staying does (hysteresis); a move up that had to be taken
 * back soon doubles the patience before the next. All rungs do not quite slow alike: see `RETRY`. *Load* is slowdown · frames/s asked for: a rung keeps up while that is less
 * than its own throughput. Times in ms on one clock, passed in; nothing here reads a clock.
 */
import { RECENT_MS } from '../live/capacity.ts';
import { median } from '../stats.ts';
import type { Rung } from './ladder.ts';

/** What live did of late; a few times a second. */
export interface Seen {
  readonly at: number;
  /** Completed frames/s over the last `RECENT_MS`, at most what the source gives. */
  readonly fps: number;
  /** Frames/s that the running design could complete at what its stages take now; null if unknown. */
  readonly capacityFps: number | null;
  /** Frames/s that the source gives; null if unknown. No more than that can be asked of a design. */
  readonly sourceFps: number | null;
}

export interface Move {
  /** Of the rung to run instead. */
  readonly id: string;
  readonly reason: 'too-slow' | 'room-again';
  /** Times what a frame takes on a device that does nothing else. */
  readonly slowdown: number;
}

/** A pipeline fills, and its first frames are slow. */
const SETTLE_MS = 750;
/** Without being asked for so long, nobody ran: what was seen before says nothing. */
const GAP_MS = 1500;
/** The target is missed below this share of it; less is noise. */
const MISSED = 0.95;
/** For so long the target is missed before a move down. */
const DOWN_MS = 1000;
/** For so long before frames that do not come are believed rather than stages that say they could. */
const CONTRADICTED_MS = RECENT_MS + DOWN_MS;
/** Over so long a rate goes up and down by its standard deviation. */
const UNSTEADY_MS = 3000;
/** A source gives more than is asked for from this share of it on. */
const OPEN = 1.2;
/** What a rung must be able to do beyond the target: to move down to it, to have proven itself, and to move up to it. */
const [SPARE, PROVEN, ROOM] = [1.08, 1.03, 1.15];
/** A move down that gains less than this is none. */
const GAIN = 1.05;
/** For so long there is room before a move up; at most this after moves up that were taken back. */
const [UP_MS, MOST_UP_MS] = [3500, 120_000];
/** A move up that is taken back within `SOON` was a mistake; one that held for `LONG` was none. */
const [SOON_MS, LONG_MS] = [10_000, 40_000];
/**
 * After a move down its rung need not show that the device is still slow: one thread does not feel a core that is taken. So its
 * load has to fall to this share of what it was at first, else moves up wait for `RETRY` times their patience.
 */
const [RECOVERED, RETRY] = [0.93, 2.5];
/** Below this share of what the source gives, frames are dropped because the design takes no more. */
const FULL = 0.9;
/** Single looks may be this much worse than their median. */
const SPREAD = 1.15;
/** Of two rungs, loads of the same device differ by no more than predictions err. */
const SAME = 1.1;

/** Of the same device a longer frame feels more: at most this power of the slowdown that a shorter one does. */
const MOST_SENSITIVE = 4;

interface Evidence extends Seen {
  /** What is asked for: the target, or what the source gives. */
  readonly goal: number;
  /** Frames/s that the running design can complete, by all that is known; null if unknown. */
  readonly ableFps: number | null;
}

const isBelow = (figure: number, { goal }: Evidence): boolean => figure < MISSED * goal;
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const standardDeviation = (values: readonly number[]): number =>
  Math.sqrt(meanOf(values.map((value) => (value - meanOf(values)) ** 2)));
const middle = (values: readonly number[]): number => median(values) ?? NaN;

/** The load, of the most that was asked for; null without evidence, or where not all is known. */
function loadOf({ throughputFps }: Rung, evidence: readonly Evidence[]): number | null {
  const able = evidence.flatMap(({ ableFps }) => ableFps ?? []);
  if (able.length === 0 || able.length < evidence.length) return null;
  return (throughputFps / middle(able)) * Math.max(...evidence.map(({ goal }) => goal));
}

export class Governor {
  private readonly rungs: readonly Rung[];
  private readonly targetFps: number;
  private running: Rung | null = null;
  private begunAt = 0;
  private settledAt = 0;
  private evidence: Evidence[] = [];
  /** The last move, and whether the running rung is its. */
  private moved: { readonly move: Move; readonly fps: number } | null = null;
  private isMoves = false;
  /** The first load after a move down. */
  private arrivedLoad: number | null = null;
  /** Power of the running rung's slowdown that the rung before it felt; 1 where that is not known. */
  private sensitivity = 1;
  private patienceMs = UP_MS;
  /** Rung → the largest load that it was seen to bear. What was seen counts more than what was predicted. */
  private readonly borne = new Map<string, number>();

  /** `rungs` most accurate first. */
  constructor(rungs: readonly Rung[], targetFps: number) {
    this.rungs = rungs;
    this.targetFps = targetFps;
  }

  /** This design runs from now on, whoever chose it. One that is no rung is left alone. */
  begins(id: string, now: number): void {
    this.running = this.rungs.find((rung) => rung.id === id) ?? null;
    this.isMoves = this.moved?.move.id === id;
    this.arrivedLoad = null;
    this.sensitivity = 1;
    this.begunAt = now;
    this.settle(now);
  }

  /** The rung to move to, or null. Said once: it is said again only if it still holds after as long. */
  see(seen: Seen): Move | null {
    const { running } = this;
    const last = this.evidence.at(-1)?.at ?? this.settledAt;
    if (seen.at - last > GAP_MS) this.settle(seen.at);
    if (!running || seen.at < this.settledAt) return null;
    const goal = Math.min(this.targetFps, seen.sourceFps ?? Infinity);
    this.evidence.push({ ...seen, ableFps: this.ableIn(seen), goal });
    while ((this.evidence[1]?.at ?? Infinity) <= seen.at - this.patienceMs) this.evidence.shift();
    if (this.arrivedLoad === null) this.arrive(running, loadOf(running, this.last(DOWN_MS)));
    this.learn(running);
    const move = this.down(running, seen.at) ?? this.up(running, seen.at);
    if (move) {
      this.moved = { move, fps: seen.fps };
      this.evidence = [];
    }
    return move;
  }

  /**
   * The first load after a move. Frames of a few ms often end before the scheduler takes their core away, those of some more do
   * not: what the rung before felt of the same device tells how much more the better ones will.
   */
  private arrive({ id }: Rung, load: number | null): void {
    const { moved } = this;
    const goal = this.evidence.at(-1)?.goal ?? 0;
    this.arrivedLoad = load;
    if (load === null || moved?.move.id !== id || moved.move.reason !== 'too-slow') return;
    const [before, here] = [Math.log(moved.move.slowdown), Math.log(load / goal)];
    this.sensitivity = before <= 0 ? 1 : Math.min(MOST_SENSITIVE, Math.max(1, before / Math.max(here, 1e-3)));
  }

  private settle(now: number): void {
    this.evidence = [];
    this.settledAt = now + SETTLE_MS;
  }

  /**
   * What stages tell is of the middle frame, and of frames on a core that others want too some take much more. Where the source
   * offers more than came back, that is what the design can do.
   */
  private ableIn({ at, fps, capacityFps, sourceFps }: Seen): number | null {
    const isFull = sourceFps !== null && fps < FULL * sourceFps && !this.isOld({ at });
    return isFull && capacityFps !== null ? Math.min(capacityFps, Math.max(fps, 1)) : capacityFps;
  }

  /** The last `ms`; empty where there is no evidence of all of them. */
  private last(ms: number): readonly Evidence[] {
    const from = (this.evidence.at(-1)?.at ?? 0) - ms;
    if ((this.evidence[0]?.at ?? Infinity) > from) return [];
    return this.evidence.filter(({ at }) => at >= from);
  }

  private down(running: Rung, at: number): Move | null {
    const rate = this.missedRate();
    const goal = this.evidence.at(-1)?.goal ?? 0;
    if (rate === null) return null;
    const slowdown = running.throughputFps / rate;
    const others = this.rungs.filter((rung) => rung !== running);
    const fastest = others.toSorted((a, b) => b.throughputFps - a.throughputFps)[0];
    const next = others.find((rung) => rung.throughputFps >= SPARE * slowdown * goal) ?? fastest;
    if (!next || next.throughputFps < GAIN * running.throughputFps) return null;
    const borne = this.borne.get(running.id);
    if (borne !== undefined) this.borne.set(running.id, Math.min(borne, (slowdown * goal) / GAIN / SAME));
    const held = at - this.begunAt;
    if (this.isMoves && this.moved?.move.reason === 'room-again') {
      if (held < SOON_MS) this.patienceMs = Math.min(2 * this.patienceMs, MOST_UP_MS);
      else if (held > LONG_MS) this.patienceMs = UP_MS;
    }
    return { id: next.id, reason: 'too-slow', slowdown };
  }

  /** Frames/s of the running design where it has missed the goal for long enough, else null. */
  private missedRate(): number | null {
    return this.slowRate() ?? this.contradictedRate() ?? this.unsteadyRate();
  }

  /** By frames that did not come, and stages that say why: most of them, for on shared cores they take now more, now less. */
  private slowRate(): number | null {
    const recent = this.last(DOWN_MS);
    const latest = recent.at(-1);
    const capacities = recent.flatMap(({ capacityFps }) => capacityFps ?? []);
    const isMissed = (each: Evidence): boolean =>
      this.isOld(each)
        ? each.capacityFps !== null && isBelow(each.capacityFps, each)
        : isBelow(each.fps, each);
    if (!latest || !recent.every(isMissed)) return null;
    if (capacities.length > 0 && !isBelow(middle(capacities), latest)) return null;
    const rate = middle(recent.slice(-3).map(({ capacityFps, fps }) => capacityFps ?? fps));
    return this.isOld(latest) ? rate : Math.min(rate, latest.fps);
  }

  /** By frames that did not come, whatever stages say. Where nobody knows the source, it may be what is slow. */
  private contradictedRate(): number | null {
    const long = this.last(CONTRADICTED_MS);
    const fps = long.at(-1)?.fps;
    const isContradicted = (each: Evidence): boolean =>
      each.sourceFps !== null && isBelow(each.fps, each) && !this.isOld(each);
    if (fps === undefined || !long.every(isContradicted)) return null;
    return this.isFutile(fps) ? null : fps;
  }

  /** A faster design did not help: something else is slow. */
  private isFutile(fps: number): boolean {
    return this.isMoves && this.moved?.move.reason === 'too-slow' && fps < GAIN * this.moved.fps;
  }

  /**
   * By a rate that goes up and down so much that it misses the goal by turns. Only where the source offers more: where it gives
   * just what is asked for, what is missed in a moment is not made up for, however fast the design is.
   */
  private unsteadyRate(): number | null {
    const long = this.last(UNSTEADY_MS);
    const isOpen = (each: Evidence): boolean =>
      (each.sourceFps ?? 0) >= OPEN * each.goal && !this.isOld(each);
    const latest = long.at(-1);
    if (!latest || !long.every(isOpen)) return null;
    const rates = long.map(({ fps }) => fps);
    const low = meanOf(rates) - standardDeviation(rates);
    const lately = rates.slice(-3);
    const now = meanOf(lately);
    // While it falls nobody knows how far.
    const isFalling = lately.every((rate, i) => i === 0 || rate < (lately[i - 1] ?? 0));
    if (!isBelow(low, latest) || now > ROOM * latest.goal || isFalling) return null;
    const rate = Math.min(low, now);
    return this.isFutile(rate) ? null : rate;
  }

  /** What was completed until then is not yet a whole window of this design, and only stages tell. */
  private isOld({ at }: Pick<Seen, 'at'>): boolean {
    return at < this.begunAt + RECENT_MS;
  }

  private up(running: Rung, at: number): Move | null {
    const long = this.last(this.patienceMs);
    const load = this.keptLoad(running, long);
    if (load === null || !this.mayRise(load, at)) return null;
    const goal = Math.max(...long.map((each) => each.goal));
    const felt = (here: number): number => goal * Math.max(here / goal, (here / goal) ** this.sensitivity);
    const worst = Math.max(...long.map((each) => loadOf(running, [each]) ?? Infinity));
    const next = this.bearing(felt(Math.max(load, worst / SPREAD)), running);
    // While the load still falls there may soon be room for a better one: one move instead of two.
    const soon = this.bearing(felt(loadOf(running, long.slice(-3)) ?? Infinity), running);
    if (!next || next !== soon) return null;
    return { id: next.id, reason: 'room-again', slowdown: load / goal };
  }

  /** The most accurate rung that bears the load, of those more accurate than the running one. */
  private bearing(load: number, running: Rung): Rung | undefined {
    return this.rungs
      .slice(0, this.rungs.indexOf(running))
      .find(
        ({ id, throughputFps }) => load <= Math.max(throughputFps / ROOM, (this.borne.get(id) ?? 0) * SAME),
      );
  }

  private mayRise(load: number, at: number): boolean {
    if (!this.isMoves || this.moved?.move.reason !== 'too-slow') return true;
    const hasRecovered = this.arrivedLoad !== null && load <= RECOVERED * this.arrivedLoad;
    return hasRecovered || at - this.begunAt >= RETRY * this.patienceMs;
  }

  /** The load in a time in which the goal was kept throughout; null for another. */
  private keptLoad(running: Rung, evidence: readonly Evidence[]): number | null {
    return evidence.some((each) => isBelow(each.fps, each)) ? null : loadOf(running, evidence);
  }

  private learn(running: Rung): void {
    const load = this.keptLoad(running, this.last(UP_MS));
    if (load === null || load * PROVEN > running.throughputFps) return;
    this.borne.set(running.id, Math.max(load, this.borne.get(running.id) ?? 0));
  }
}
