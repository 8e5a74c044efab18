import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fillPseudoRandom,
  fillWholeNumbers,
  SECOND_SEED,
  SEED,
  verifyPseudoRandom,
  verifyWholeNumbers,
} from './pseudo-random.ts';

const filled = (length: number, seed = SEED): Uint32Array => {
  const words = new Uint32Array(length);
  fillPseudoRandom(words, seed);
  return words;
};

describe('pseudo-random contents', () => {
  it('verify', () => {
    expect(verifyPseudoRandom('test', filled(1000))).toEqual({ ok: true, value: null });
    expect(verifyPseudoRandom('test', filled(1000, SECOND_SEED), SECOND_SEED).ok).toBe(true);
  });
  it('are those of another seed nowhere', () => {
    const [first, second] = [filled(10_000), filled(10_000, SECOND_SEED)];
    expect(first.filter((word, i) => word === second[i])).toHaveLength(0);
    expect(verifyPseudoRandom('test', first, SECOND_SEED).ok).toBe(false);
  });
  it('begin as Marsaglia’s xorshift does', () => {
    // x ^= x << 13; x ^= x >> 17; x ^= x << 5, with 64-bit integers cut to 32.
    const next = (x: bigint): bigint => {
      const a = BigInt.asUintN(32, x ^ (x << 13n));
      const b = a ^ (a >> 17n);
      return BigInt.asUintN(32, b ^ (b << 5n));
    };
    let x = BigInt(SEED);
    for (const word of filled(100)) expect(BigInt(word)).toBe((x = next(x)));
  });
  it('never hold a zero, which is what unwritten memory reads as', () => {
    expect(filled(100_000)).not.toContain(0);
  });
  it('do not verify with a corrupted last element', () => {
    const words = filled(1000);
    words[999] = (words[999] ?? 0) ^ 1;
    expect(verifyPseudoRandom('test', words)).toMatchObject({
      ok: false,
      error: {
        code: 'kernel-wrong',
        kernel: 'test',
        detail: expect.stringContaining('element 999') as string,
      },
    });
  });
  it('do not verify with an element that was never written', () => {
    const words = filled(1000);
    words[500] = 0;
    expect(verifyPseudoRandom('test', words).ok).toBe(false);
  });
});

const TILE = 2 ** 18;
const whole = (length: number, seed = SEED): Float32Array => {
  const elements = new Float32Array(length);
  fillWholeNumbers(elements, seed);
  return elements;
};

describe('whole numbers', () => {
  it.each([SEED, SECOND_SEED])('are from 1 to 2^20, never zero and hardly ever alike: seed %i', (seed) => {
    const elements = whole(TILE, seed);
    expect(elements.every((x) => Number.isInteger(x) && x >= 1 && x <= 2 ** 20)).toBe(true);
    expect(new Set(elements).size).toBeGreaterThan(TILE / 2);
  });
  it('are the upper 20 bits of the sequence, plus one', () => {
    for (const seed of [SEED, SECOND_SEED]) {
      const words = [...filled(1000, seed)];
      expect([...whole(1000, seed)]).toEqual(words.map((word) => (word >>> 12) + 1));
    }
  });
  it('repeat a tile of 1 MiB, the last one cut off', () => {
    const tile = whole(TILE);
    for (const length of [1, 7, TILE - 1, TILE, TILE + 5, 3 * TILE + 1]) {
      const elements = whole(length);
      expect(elements.every((x, i) => x === tile[i % TILE])).toBe(true);
      expect(verifyWholeNumbers('test', elements, (first) => first).ok).toBe(true);
    }
  });
  it('differ from seed to seed', () => {
    const [first, second] = [whole(TILE), whole(TILE, SECOND_SEED)];
    expect(first.filter((x, i) => x === second[i]).length).toBeLessThan(10);
  });
  it('verify against a function of both seeds and the index', () => {
    const [first, second] = [whole(TILE + 3), whole(TILE + 3, SECOND_SEED)];
    const sums = first.map((x, i) => x + 3 * (second[i] ?? NaN) + (i % 2));
    expect(verifyWholeNumbers('test', sums, (a, b, i) => a + 3 * b + (i % 2))).toEqual({
      ok: true,
      value: null,
    });
  });
  it('do not verify with any element changed, the last one included', () => {
    const length = TILE + 100;
    const elements = whole(length);
    const at = fc.oneof(fc.constant(length - 1), fc.integer({ min: 0, max: length - 1 }));
    const off = fc.oneof(fc.constant(1), fc.constant(-1), fc.constant(0.125));
    fc.assert(
      fc.property(at, off, (index, change) => {
        const right = elements[index] ?? NaN;
        elements[index] = right + change;
        const found = verifyWholeNumbers('test', elements, (first) => first);
        elements[index] = right;
        const detail = `element ${index} is ${right + change}, expected ${right}`;
        expect(found).toEqual({ ok: false, error: { code: 'kernel-wrong', kernel: 'test', detail } });
      }),
      { numRuns: 20 },
    );
  });
});
