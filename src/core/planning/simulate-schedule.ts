/**
 * @file The event loop of the pipeline simulation: when every member works on which frame. It follows the runtime
 * (workers/pipeline.client, stage-loop): credits at the source, whole frames dealt to members by number, first come first
 * served, results put back in order. Discrete events, no clock: the same input gives the same schedule. Seconds.
 *
 * Simplified: hand-overs between two stages follow one another, as the planner prices them, though each pair of workers
 * has a port of its own. A member goes on at its other price when it becomes the only one at work, or is no longer.
 */
import { uniform } from '../random.ts';
import { dealOf } from './deal.ts';
import type { PlanPrediction } from './plan.ts';

/** A `PlanPrediction` is one. */
export interface StageCosts extends Pick<PlanPrediction, 'memberSeconds' | 'hopSeconds'> {
  /** `memberSeconds` of a member that works alone; the same if left out. */
  readonly aloneSeconds?: readonly (readonly number[])[];
}

export interface Jitter {
  /** Standard deviation / mean of a member's seconds a frame, ≥ 0. */
  readonly variation: number;
  readonly seed: number;
}

export interface ScheduleInput {
  readonly costs: StageCosts;
  /** Frames to submit, ≥ 1. The source ends with the last. */
  readonly frames: number;
  /** Frame k is announced at k / sourceFps; Infinity: there always is one. */
  readonly sourceFps: number;
  /** Credits: most frames in flight, ≥ 1. */
  readonly depth: number;
  readonly jitter: Jitter;
}

export interface SimulatedSpan {
  readonly stage: number;
  /** Position in `membersOf` the stage. */
  readonly member: number;
  readonly start: number;
  readonly end: number;
}

export interface SimulatedFrame {
  /** Number by submission. */
  readonly id: number;
  /** When the source announced it; of a saturated source when it was submitted. */
  readonly arrivedAt: number;
  readonly submittedAt: number;
  /** When its result was out and those of all frames before. */
  readonly finishedAt: number;
  /** One a stage. Its credit is free from the end of the last. */
  readonly spans: readonly SimulatedSpan[];
}

export interface Schedule {
  /** By number. */
  readonly frames: readonly SimulatedFrame[];
  /** Frames that a newer one replaced before they were submitted. */
  readonly dropped: number;
}

interface Flight extends SimulatedFrame {
  finishedAt: number;
  readonly spans: SimulatedSpan[];
}

interface Worker {
  readonly stage: number;
  readonly member: number;
  readonly waiting: Flight[];
  working: {
    readonly frame: Flight;
    readonly start: number;
    readonly end: number;
    readonly isAlone: boolean;
  } | null;
}

interface Event {
  readonly at: number;
  /** Of events at the same time the lower comes first. */
  readonly rank: number;
  readonly act: () => void;
}

const isSooner = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.rank <= b.rank);

/** Log-normal factors of mean 1 and coefficient of variation c: exp(σz − σ²/2), σ² = ln(1 + c²), z by Box and Muller (1958). */
export function jitterFactors({ variation, seed }: Jitter): () => number {
  if (variation === 0) return () => 1;
  const next = uniform(seed);
  const variance = Math.log(1 + variation ** 2);
  const deviation = Math.sqrt(variance);
  return () => {
    const z = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return Math.exp(deviation * z - variance / 2);
  };
}

class Simulator {
  private readonly input: ScheduleInput;
  private readonly patterns: readonly (readonly number[])[];
  private readonly stages: readonly (readonly Worker[])[];
  private readonly workers: readonly Worker[];
  private readonly factor: () => number;
  /** Latest first. */
  private readonly events: Event[] = [];
  private readonly frames: Flight[] = [];
  /** Numbers of results that wait for one before. */
  private readonly early = new Set<number>();
  /** When each hand-over is free again. */
  private readonly hopFreeAt: number[];
  private flying = 0;
  private working = 0;
  private finished = 0;
  private announced = -1;
  private isWaitingForSource = false;
  private dropped = 0;

  constructor(input: ScheduleInput) {
    const { memberSeconds, hopSeconds } = input.costs;
    this.input = input;
    this.patterns = memberSeconds.map((seconds) => dealOf(seconds).pattern);
    this.stages = memberSeconds.map((seconds, stage) =>
      seconds.map((_, member): Worker => ({ stage, member, waiting: [], working: null })),
    );
    this.workers = this.stages.flat();
    this.factor = jitterFactors(input.jitter);
    this.hopFreeAt = hopSeconds.map(() => 0);
  }

  run(): Schedule {
    this.submit(0);
    this.begin(0);
    for (let event = this.events.pop(); event; event = this.events.pop()) {
      event.act();
      // Whatever happens at one time has happened before anyone begins a frame.
      if (this.events.at(-1)?.at !== event.at) this.begin(event.at);
    }
    return { frames: this.frames, dropped: this.dropped };
  }

  private schedule(at: number, rank: number, act: () => void): void {
    const { events } = this;
    const event = { at, rank, act };
    // Few are pending, and a new one is seldom far from the front: sorted insertion beats a heap.
    let place = events.push(event) - 1;
    for (let next = events[place - 1]; next && isSooner(next, event); next = events[place - 1])
      events[place--] = next;
    events[place] = event;
  }

  /** Submits what there is, as far as there are credits: of frames announced meanwhile the newest. */
  private submit(at: number): void {
    const { frames, sourceFps, depth } = this.input;
    while (this.flying < depth && this.frames.length < frames) {
      let arrivedAt = at;
      if (sourceFps !== Infinity) {
        const newest = this.newestAt(at);
        if (newest === this.announced) {
          this.waitForSource();
          return;
        }
        arrivedAt = newest / sourceFps;
        this.dropped += newest - this.announced - 1;
        this.announced = newest;
      }
      const frame: Flight = {
        id: this.frames.length,
        arrivedAt,
        submittedAt: at,
        finishedAt: NaN,
        spans: [],
      };
      this.frames.push(frame);
      this.flying++;
      this.enqueue(frame, 0);
    }
  }

  /** Number of the last frame announced until then, that moment included: the largest k with k / sourceFps ≤ at. */
  private newestAt(at: number): number {
    const { sourceFps } = this.input;
    const k = Math.floor(at * sourceFps);
    if ((k + 1) / sourceFps <= at) return k + 1;
    return k / sourceFps > at ? k - 1 : k;
  }

  private waitForSource(): void {
    if (this.isWaitingForSource) return;
    this.isWaitingForSource = true;
    const at = (this.announced + 1) / this.input.sourceFps;
    this.schedule(at, Infinity, () => {
      this.isWaitingForSource = false;
      this.submit(at);
    });
  }

  private enqueue(frame: Flight, stage: number): void {
    const pattern = this.patterns[stage] ?? [];
    this.stages[stage]?.[pattern[frame.id % pattern.length] ?? 0]?.waiting.push(frame);
  }

  /** Sets everyone to work who can, and to the price at which all go on. */
  private begin(at: number): void {
    const begun = this.workers.filter(({ working, waiting }) => !working && waiting.length > 0);
    this.working += begun.length;
    const isAlone = this.working === 1;
    for (const worker of begun) {
      const frame = worker.waiting.shift();
      if (frame) this.expect(worker, frame, at, at + this.priceOf(worker, isAlone) * this.factor());
    }
    for (const worker of this.workers) {
      const { working } = worker;
      if (!working || working.isAlone === isAlone) continue;
      const left = (working.end - at) * (this.priceOf(worker, isAlone) / this.priceOf(worker, !isAlone));
      this.expect(worker, working.frame, working.start, at + left);
    }
  }

  private priceOf({ stage, member }: Worker, isAlone: boolean): number {
    const { memberSeconds, aloneSeconds = memberSeconds } = this.input.costs;
    return (isAlone ? aloneSeconds : memberSeconds)[stage]?.[member] ?? 0;
  }

  private expect(worker: Worker, frame: Flight, start: number, end: number): void {
    const working = { frame, start, end, isAlone: this.working === 1 };
    worker.working = working;
    this.schedule(end, frame.id, () => {
      // Otherwise it ends at another time by now.
      if (worker.working === working) this.end(worker, frame, end);
    });
  }

  private end(worker: Worker, frame: Flight, at: number): void {
    const { stage, member } = worker;
    frame.spans.push({ stage, member, start: worker.working?.start ?? at, end: at });
    worker.working = null;
    this.working--;
    if (stage === this.stages.length - 1) {
      this.leave(frame, at);
      return;
    }
    const arrivesAt = Math.max(at, this.hopFreeAt[stage] ?? 0) + (this.input.costs.hopSeconds[stage] ?? 0);
    this.hopFreeAt[stage] = arrivesAt;
    this.schedule(arrivesAt, frame.id, () => this.enqueue(frame, stage + 1));
  }

  private leave({ id }: Flight, at: number): void {
    this.early.add(id);
    for (; this.early.delete(this.finished); this.finished++) {
      const frame = this.frames[this.finished];
      if (frame) frame.finishedAt = at;
    }
    this.flying--;
    this.submit(at);
  }
}

/** Throws RangeError for no frames, no credits, or a stage without members. */
export function scheduleOf(input: ScheduleInput): Schedule {
  const { frames, depth, sourceFps, costs } = input;
  const { memberSeconds } = costs;
  if (!(frames >= 1 && depth >= 1 && sourceFps > 0))
    throw new RangeError('needs a frame, a credit, a source');
  if (memberSeconds.length === 0 || memberSeconds.some(({ length }) => length === 0))
    throw new RangeError('every stage needs a member');
  return new Simulator(input).run();
}
