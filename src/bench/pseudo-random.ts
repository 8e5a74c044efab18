/**
 * @file Buffer contents that no memory system can shortcut: untouched pages read from one shared zero page and look
 * two to three times faster. The sequence is a function of the seed, so checking needs no second copy.
 * Source: Marsaglia, "Xorshift RNGs", 2003, triple (13, 17, 5); it never yields zero, so unwritten memory is found.
 */
import { ok, type Result } from '../core/result.ts';
import { wrongElement } from './kernel.ts';

/** Any non-zero 32-bit value. */
export const SEED = 0x9e3779b9;

export function fillPseudoRandom(words: Uint32Array, seed = SEED): void {
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
}

/** Checks every word against the sequence of the seed. */
export function verifyPseudoRandom(kernel: string, words: Uint32Array, seed = SEED): Result<null> {
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    if (words[i] !== x >>> 0) return wrongElement(kernel, i, x >>> 0, words[i]);
  }
  return ok(null);
}
