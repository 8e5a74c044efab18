/**
 * @file The benchmark-kernel seam. A kernel declares what one iteration costs and how to run it; the formulas and the
 * code that runs read the same parameters, and `verify` checks every element that the timed batches left behind.
 * Words: *iteration* = one dispatch, call or transfer; *shape* = the parameters a reader should see.
 * 1 FMA = 2 FLOP. A copied byte counts twice: read and written.
 */
import { err, type Result } from '../core/result.ts';
import type { RunBatch } from './protocol.ts';

export interface BenchmarkKernel<Params, Context> {
  readonly id: string;
  /** One plain sentence: what it exercises. */
  readonly description: string;
  /** FLOP (or integer operations) of one iteration. */
  readonly flop: (params: Params) => number;
  /** Bytes that one iteration moves. */
  readonly bytes: (params: Params) => number;
  /** Bytes it goes over again and again, all its arrays together. */
  readonly workingSet: (params: Params) => number;
  readonly shape: (params: Params) => string;
  /** What runs, as a reader should see it: the shader or the module's source. */
  readonly source: (params: Params) => string;
  /** Compiles, allocates and fills. May fall back to a smaller size: the parameters in force are in the result. */
  readonly prepare: (params: Params, context: Context) => Promise<Result<PreparedKernel<Params>>>;
}

export interface PreparedKernel<Params> {
  readonly params: Params;
  readonly runBatch: RunBatch;
  /** `kernel-wrong` if any element differs from its closed form. Call after at least one batch. */
  readonly verify: () => Promise<Result<null>>;
  readonly release: () => void;
}

/** The error for the first wrong element of a kernel's result. */
export function wrongElement(
  kernel: string,
  index: number,
  expected: number,
  actual: number | undefined,
): Result<null> {
  const detail = `element ${index} is ${actual ?? 'missing'}, expected ${expected}`;
  return err({ code: 'kernel-wrong', kernel, detail });
}

/** Seconds that `work` takes, by the realm's monotonic clock. */
export async function timed(work: () => Promise<void> | void): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** `262144` → `256 KiB`: sizes of arrays are powers of two, or nearly. */
export function sizeText(bytes: number): string {
  const [unit, name] = bytes < 2 ** 20 ? [2 ** 10, 'KiB'] : [2 ** 20, 'MiB'];
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}
