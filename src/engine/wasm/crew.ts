/**
 * @file Threads that run a program together: each takes the items of its own part of a call, then helps the others, until none is left;
 * all meet before the next phase. Waiting is spinning for as long as a portion may take, then sleeping; for the next run longer,
 * where runs follow each other closely.
 *
 * What one thread writes and another reads travels from core to core, several times as long where they share no cache, and the
 * system moves threads from one such place to the other. So a word that one thread writes often has a cache line for itself, and
 * a call of little work is shared out beforehand.
 */
import type { KernelFunction } from './kernel-code.ts';

/** A call as a thread knows it. */
export interface BoundCall {
  readonly run: KernelFunction;
  readonly descriptor: number;
  readonly items: number;
}

/** Of a program, bound to one thread's instances. */
export interface BoundPhase {
  readonly calls: readonly BoundCall[];
  /** Whether threads that are done help the others. */
  readonly helps: boolean;
}

/** Looks before a thread goes to sleep, some tens of µs: longer than a portion takes. */
const SPINS = 10_000;
/**
 * Looks for the next command, some tenths of a ms, where the last one came within `SOON_MS` of falling asleep: to be woken takes as
 * long as a frame of a small network.
 */
const [LONG_SPINS, SOON_MS] = [200_000, 0.5];
/** Portions of each thread's part of a call, so that one that is held up leaves work to others. */
export const PORTIONS = 16;

/** i32 that no other line's words lie near: two lines of 64 bytes, which processors fetch together. */
const LINE = 32;
const GENERATION = 0;
const COMMAND = 1;
const SLEEPERS = LINE;
/** Of the meeting that a thread came to last. */
const meetingOf = (thread: number): number => (2 + thread) * LINE;

/** Commands: a program's number, or to look after messages. */
export const LISTEN = -1;

export class Crew {
  readonly threads: number;
  /** Shared by all. */
  readonly control: Int32Array;
  /** Whose hands these are; 0 who commands. */
  private readonly thread: number;
  /** Generation of the last command that was obeyed. */
  private seen = 0;
  /** Looks for the next one. */
  private spins = SPINS;
  /** The last one this thread came to. */
  private meeting = 0;

  constructor(threads: number, control: Int32Array = new Int32Array(newControl(threads)), thread = 0) {
    this.threads = threads;
    this.control = control;
    this.thread = thread;
  }

  /** This thread's view of those of a program, at an address of its memory; zeros at first. */
  counters(memory: WebAssembly.Memory, address: number, phases: readonly BoundPhase[]): Counters {
    const calls = phases.reduce((sum, phase) => sum + phase.calls.length, 0);
    const words = new Int32Array(memory.buffer, address, Counters.lengthFor(calls, this.threads));
    return new Counters(words, calls, this.threads, this.thread);
  }

  /** Tells the others what to do next. */
  command(command: number): void {
    Atomics.store(this.control, COMMAND, command);
    Atomics.add(this.control, GENERATION, 1);
    this.wake(GENERATION);
  }

  /** The next command, once it is there. */
  next(): number {
    if (!this.spunUntil(GENERATION, this.seen + 1, this.spins)) {
      const start = performance.now();
      this.sleepUntil(GENERATION, this.seen + 1);
      this.spins = performance.now() - start < SOON_MS ? LONG_SPINS : SPINS;
    }
    this.seen = Atomics.load(this.control, GENERATION);
    return Atomics.load(this.control, COMMAND);
  }

  /** Returns when every thread is here. */
  meet(): void {
    if (this.threads === 1) return;
    this.meeting = (this.meeting + 1) | 0;
    const mine = meetingOf(this.thread);
    Atomics.store(this.control, mine, this.meeting);
    this.wake(mine);
    for (let thread = 0; thread < this.threads; thread++) {
      const theirs = meetingOf(thread);
      if (!this.spunUntil(theirs, this.meeting, SPINS)) this.sleepUntil(theirs, this.meeting);
    }
  }

  /**
   * Runs its share of each call, the first of which is `firstCall` of the program. A thread's own part is the same share of every call:
   * where items are places in order, it reads what it wrote itself, which lies in its core's cache.
   */
  runPhase({ calls, helps }: BoundPhase, counters: Counters, firstCall: number, scratch: number): void {
    const { thread, threads } = this;
    // By index: what `entries` gives would be garbage, call after call.
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i];
      if (!call) continue;
      const { run, descriptor, items } = call;
      if (threads === 1 || !helps) {
        const begin = partBegin(items, thread, threads);
        const end = partBegin(items, thread + 1, threads);
        if (begin < end) run(descriptor, begin, end, scratch);
        continue;
      }
      const portion = Math.max(1, Math.floor(items / (threads * PORTIONS)));
      for (let helped = 0; helped < threads; helped++) {
        const part = (thread + helped) % threads;
        const begin = partBegin(items, part, threads);
        const end = partBegin(items, part + 1, threads);
        for (;;) {
          const from = begin + counters.take(part, firstCall + i, portion);
          if (from >= end) break;
          run(descriptor, from, Math.min(from + portion, end), scratch);
        }
      }
    }
    this.meet();
  }

  /** After a word that others may sleep on was written. */
  private wake(word: number): void {
    if (Atomics.load(this.control, SLEEPERS) > 0) Atomics.notify(this.control, word);
  }

  /** Whether a word has come to `value` within so many looks. */
  private spunUntil(word: number, value: number, spins: number): boolean {
    for (let spin = 0; spin < spins; spin++)
      if (hasCome(Atomics.load(this.control, word), value)) return true;
    return false;
  }

  private sleepUntil(word: number, value: number): void {
    // Before the last look: who writes after it sees that somebody sleeps.
    Atomics.add(this.control, SLEEPERS, 1);
    for (;;) {
      const found = Atomics.load(this.control, word);
      if (hasCome(found, value)) break;
      Atomics.wait(this.control, word, found);
    }
    Atomics.sub(this.control, SLEEPERS, 1);
  }
}

/** What is taken of each thread's part of each call: one thread's view. Each run finds zeros. */
export class Counters {
  private readonly words: Int32Array;
  private readonly threads: number;
  private readonly thread: number;
  /** i32 of one thread's part. */
  private readonly step: number;
  /** Which of the two sets this run has; the other is made ready for the next. */
  private set = 0;

  /** i32 that it needs. */
  static lengthFor = (calls: number, threads: number): number => 2 * threads * stepOf(calls);

  constructor(words: Int32Array, calls: number, threads: number, thread: number) {
    this.words = words;
    this.threads = threads;
    this.thread = thread;
    this.step = stepOf(calls);
  }

  /** Every thread's first act in a run; all have ended the one before. */
  begin(): void {
    const used = this.startOf(this.thread);
    this.words.fill(0, used, used + this.step);
    this.set = 1 - this.set;
  }

  /** What was taken before. */
  take(part: number, call: number, portion: number): number {
    return Atomics.add(this.words, this.startOf(part) + call, portion);
  }

  private startOf(part: number): number {
    return (this.set * this.threads + part) * this.step;
  }
}

const stepOf = (calls: number): number => Math.ceil(calls / LINE) * LINE;

const partBegin = (items: number, part: number, threads: number): number =>
  Math.floor((items * part) / threads);

/** Counts go round. */
const hasCome = (found: number, value: number): boolean => ((found - value) | 0) >= 0;

/** One thread needs no shared memory, which not every page may have. */
const newControl = (threads: number): ArrayBufferLike => {
  const bytes = 4 * meetingOf(threads);
  return threads === 1 ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
};
