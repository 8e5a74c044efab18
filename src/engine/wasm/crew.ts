/**
 * @file Threads that run a program together: each takes the items of its own part of a call, then helps the others, until none is left;
 * all meet before the next phase. Waiting is spinning for as long as a portion may take, then sleeping; for the next run longer,
 * where runs follow each other closely.
 */
import type { KernelFunction } from './kernel-code.ts';

/** A call as a thread knows it. */
export interface BoundCall {
  readonly run: KernelFunction;
  readonly descriptor: number;
  readonly items: number;
}

/** By phase, the calls of a program; bound to one thread's instances. */
export type BoundPhases = readonly (readonly BoundCall[])[];

/** Looks before a thread goes to sleep, some tens of µs: longer than a portion takes. */
const SPINS = 10_000;
/**
 * Looks for the next command, some tenths of a ms, where the last one came within `SOON_MS` of falling asleep: to be woken takes as
 * long as a frame of a small network.
 */
const [LONG_SPINS, SOON_MS] = [200_000, 0.5];
/** Portions of each thread's part of a call, so that one that is held up leaves work to others. */
export const PORTIONS = 16;

const ROUND = 0;
const ARRIVED = 1;
const GENERATION = 2;
const COMMAND = 3;
const WORDS = 4;

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

  constructor(threads: number, control: Int32Array = new Int32Array(newControl(threads)), thread = 0) {
    this.threads = threads;
    this.control = control;
    this.thread = thread;
  }

  /** Tells the others what to do next. */
  command(command: number): void {
    Atomics.store(this.control, COMMAND, command);
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
  }

  /** The next command, once it is there. */
  next(): number {
    const seen = this.spunUntilOther(GENERATION, this.seen, this.spins);
    if (seen === null) {
      const start = performance.now();
      this.seen = this.sleptUntilOther(GENERATION, this.seen);
      this.spins = performance.now() - start < SOON_MS ? LONG_SPINS : SPINS;
    } else this.seen = seen;
    return Atomics.load(this.control, COMMAND);
  }

  /** Returns when every thread is here. */
  meet(): void {
    if (this.threads === 1) return;
    const round = Atomics.load(this.control, ROUND);
    if (Atomics.add(this.control, ARRIVED, 1) === this.threads - 1) {
      Atomics.store(this.control, ARRIVED, 0);
      Atomics.add(this.control, ROUND, 1);
      Atomics.notify(this.control, ROUND);
    } else if (this.spunUntilOther(ROUND, round, SPINS) === null) this.sleptUntilOther(ROUND, round);
  }

  /**
   * `counters`: `threads` a call, all 0 when the first thread begins. A thread's own part is the same share of every call: where
   * items are places in order, it reads what it wrote itself, which lies in its core's cache.
   */
  runPhase(calls: readonly BoundCall[], counters: Int32Array, firstCounter: number, scratch: number): void {
    // By index: what `entries` gives would be garbage, call after call.
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i];
      if (!call) continue;
      const { run, descriptor, items } = call;
      if (this.threads === 1) {
        run(descriptor, 0, items, scratch);
        continue;
      }
      const portion = Math.max(1, Math.floor(items / (this.threads * PORTIONS)));
      for (let helped = 0; helped < this.threads; helped++) {
        const part = (this.thread + helped) % this.threads;
        const begin = Math.floor((items * part) / this.threads);
        const end = Math.floor((items * (part + 1)) / this.threads);
        for (;;) {
          const from = begin + Atomics.add(counters, firstCounter + i * this.threads + part, portion);
          if (from >= end) break;
          run(descriptor, from, Math.min(from + portion, end), scratch);
        }
      }
    }
    this.meet();
  }

  /** What stands there instead of `value` within so many looks, else null. */
  private spunUntilOther(word: number, value: number, spins: number): number | null {
    for (let spin = 0; spin < spins; spin++) {
      const found = Atomics.load(this.control, word);
      if (found !== value) return found;
    }
    return null;
  }

  private sleptUntilOther(word: number, value: number): number {
    for (;;) {
      Atomics.wait(this.control, word, value);
      const found = Atomics.load(this.control, word);
      if (found !== value) return found;
    }
  }
}

/** One thread needs no shared memory, which not every page may have. */
const newControl = (threads: number): ArrayBufferLike =>
  threads === 1 ? new ArrayBuffer(4 * WORDS) : new SharedArrayBuffer(4 * WORDS);
