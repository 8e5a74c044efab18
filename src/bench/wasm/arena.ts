/**
 * @file The memory of the streams of one worker: three arrays in one WASM memory, kept from kernel to kernel because
 * filling them takes longer than measuring. `a` is written, `b` and, once it is
 * asked for, `c` hold whole numbers (pseudo-random.ts).
 */
import { err, ok, type Result } from '../../core/result.ts';
import { fillWholeNumbers, SECOND_SEED, SEED } from '../pseudo-random.ts';
import { growTo, PAGE_BYTES } from './instance.ts';

/** Byte offsets of the arrays. The first page is the kernels' own, for operands and sums. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Bytes of each array, at least what was asked for unless memory was refused. */
  readonly arrayBytes: number;
}

/** Less than this says nothing of a memory. */
const MIN_BYTES = 2 ** 20;
/**
 * Keeps arrays of a power of two from meeting in the same cache sets. Whole pages: a load whose address ends in the same
 * 12 bits as a store that is still under way waits for it, and with half a page between them a copy in L1 lost a third.
 */
const STAGGER_BYTES = 3 * 4096;

let arena: (Arena & { isSecondFilled: boolean }) | null = null;
/** No larger arrays than these were granted: asking again would fill smaller ones anew, and maybe of another size. */
let mostBytes = Infinity;

/**
 * The worker's arena, its arrays of `wantedBytes` each or the largest that are granted; a larger one replaces it.
 * `worker-failed` where not even a mebibyte is to be had. `grow` is how memory is asked for: tests refuse it.
 */
export function arenaOf(wantedBytes: number, grow = growTo): Result<Arena> {
  let arrayBytes = Math.min(wantedBytes, mostBytes);
  if (arena && arena.arrayBytes >= arrayBytes) return ok(arena);
  arena = null; // Frees the old one before the new one is asked for.
  const memory = new WebAssembly.Memory({ initial: 1 });
  while (!grow(memory, PAGE_BYTES + 3 * (arrayBytes + STAGGER_BYTES))) {
    arrayBytes = Math.floor(arrayBytes / 128) * 64;
    mostBytes = arrayBytes;
    if (arrayBytes < Math.min(MIN_BYTES, wantedBytes)) {
      mostBytes = Infinity;
      return err({ code: 'worker-failed', worker: 'wasm bench', detail: 'memory refused' });
    }
  }
  const offset = (i: number): number => PAGE_BYTES + i * (arrayBytes + STAGGER_BYTES);
  const made = { memory, b: offset(0), c: offset(1), a: offset(2), arrayBytes, isSecondFilled: false };
  fillWholeNumbers(new Float32Array(memory.buffer, made.b, arrayBytes / 4), SEED);
  wipe(made, arrayBytes);
  arena = made;
  return ok(made);
}

/** Wipes the first `bytes` of `a`: what another kernel left there must not pass for a result. */
export function wipe({ memory, a }: Arena, bytes: number): void {
  new Float32Array(memory.buffer, a, bytes / 4).fill(-1);
}

/** Fills `c`, which few kernels read, before its first use. */
export function fillSecond({ memory, c, arrayBytes }: Arena): void {
  if (arena === null || arena.isSecondFilled) return;
  fillWholeNumbers(new Float32Array(memory.buffer, c, arrayBytes / 4), SECOND_SEED);
  arena.isSecondFilled = true;
}
