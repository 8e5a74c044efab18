/**
 * @file Buffer contents that no memory system can shortcut: untouched pages read from one shared zero page and look
 * two to three times faster. The sequence is a function of the seed, so checking needs no second copy.
 * Source: Marsaglia, "Xorshift RNGs", 2003, triple (13, 17, 5); it never yields zero, so unwritten memory is found.
 */
import { ok, type Result } from '../core/result.ts';
import { wrongElement } from './kernel.ts';

/** Any non-zero 32-bit value. */
export const SEED = 0x9e3779b9;
/** Another one, for a second operand. */
export const SECOND_SEED = 0x85ebca6b;

/** Marsaglia's step. */
function next(x: number): number {
  x ^= x << 13;
  x ^= x >>> 17;
  return x ^ (x << 5);
}

export function fillPseudoRandom(words: Uint32Array, seed = SEED): void {
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x = next(x);
    words[i] = x;
  }
}

/** Checks every word against the sequence of the seed. */
export function verifyPseudoRandom(kernel: string, words: Uint32Array, seed = SEED): Result<null> {
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x = next(x);
    if (words[i] !== x >>> 0) return wrongElement(kernel, i, x >>> 0, words[i]);
  }
  return ok(null);
}

/** A whole number from 1 to 2^20 out of the sequence: a few FMA with small constants keep it exact in f32. */
const whole = (x: number): number => (x >>> 12) + 1;

/** Large arrays repeat a tile of 1 MiB: filling 64 MiB number by number would take longer than measuring them. */
const TILE_ELEMENTS = 2 ** 18;
const tiles = new Map<number, Float32Array<ArrayBuffer>>();

/** The whole numbers of a seed. */
function tileOf(seed: number): Float32Array<ArrayBuffer> {
  const known = tiles.get(seed);
  if (known) return known;
  let x = seed;
  const tile = Float32Array.from({ length: TILE_ELEMENTS }, () => whole((x = next(x))));
  tiles.set(seed, tile);
  return tile;
}

/** Whole numbers as f32: arithmetic on them is exact and never denormal. */
export function fillWholeNumbers(elements: Float32Array, seed = SEED): void {
  const tile = tileOf(seed);
  for (let at = 0; at < elements.length; at += TILE_ELEMENTS)
    elements.set(tile.subarray(0, elements.length - at), at);
}

/** Checks every element against a function of the elements that the two seeds put at its place. */
export function verifyWholeNumbers(
  kernel: string,
  elements: Float32Array,
  expected: (first: number, second: number, index: number) => number,
): Result<null> {
  const [first, second] = [tileOf(SEED), tileOf(SECOND_SEED)];
  for (let i = 0; i < elements.length; i++) {
    const at = i % TILE_ELEMENTS;
    const value = expected(first[at] ?? NaN, second[at] ?? NaN, i);
    if (elements[i] !== value) return wrongElement(kernel, i, value, elements[i]);
  }
  return ok(null);
}
