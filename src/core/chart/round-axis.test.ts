import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearAxis, logRoundAxis, roundAxis } from './round-axis.ts';

describe('linearAxis', () => {
  it.each([
    [
      [31.04, 57.12],
      [30, 35, 40, 45, 50, 55, 60],
    ],
    [
      [98.76, 99.57],
      [98.6, 98.8, 99, 99.2, 99.4, 99.6],
    ],
    [
      [0, 1],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
    [[5], [5, 5.1, 5.2, 5.3, 5.4, 5.5]],
    [
      [5, 5.000000000000001],
      [5, 5.1, 5.2, 5.3, 5.4, 5.5],
    ],
  ])('%j has ticks %j', (values, ticks) => {
    const axis = linearAxis(values);
    expect(axis.ticks).toEqual(ticks);
    expect([axis.min, axis.max]).toEqual([ticks[0], ticks.at(-1)]);
    expect(axis.position(axis.min)).toBe(0);
    expect(axis.position(axis.max)).toBe(1);
  });
  it('leaves out what is no number, and is there without any', () => {
    expect(linearAxis([NaN, 2, 4, Infinity]).ticks).toEqual(linearAxis([2, 4]).ticks);
    expect(linearAxis([]).ticks).toEqual(linearAxis([0, 1]).ticks);
  });
});

describe('logRoundAxis', () => {
  it('marks round numbers, as many as there is room for', () => {
    expect(logRoundAxis([10, 100]).ticks).toEqual([10, 20, 30, 50, 100]);
    expect(logRoundAxis([10, 100], 4).ticks).toEqual([10, 20, 50, 100]);
    expect(logRoundAxis([10, 100], 3).ticks).toEqual([10, 30, 100]);
    expect(logRoundAxis([1, 1000], 4).ticks).toEqual([1, 10, 100, 1000]);
  });
  it('leaves room at both ends, and none where it has no values', () => {
    const axis = logRoundAxis([10, 1000]);
    expect(axis.position(10)).toBeCloseTo(1 / 22, 9);
    expect(axis.position(1000)).toBeCloseTo(21 / 22, 9);
    expect(logRoundAxis([])).toMatchObject({ min: 1, max: 10 });
  });
});

describe('roundAxis', () => {
  it('is logarithmic from a span of four on', () => {
    const middle = (low: number, high: number): number =>
      roundAxis([low, high]).position(Math.sqrt(low * high));
    expect(middle(10, 40)).toBeCloseTo(0.5, 9);
    expect(middle(10, 39)).toBeLessThan(0.45);
    expect(roundAxis([0, 50]).min).toBe(0);
  });

  const values = fc.array(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });
  it('holds every value in order, and no more ticks than asked for', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 3, max: 9 }), (list, most) => {
        for (const axis of [roundAxis(list, most), linearAxis(list, most)]) {
          const positions = list.toSorted((a, b) => a - b).map((value) => axis.position(value));
          expect(positions[0]).toBeGreaterThanOrEqual(-1e-6);
          expect(positions.at(-1)).toBeLessThanOrEqual(1 + 1e-6);
          positions.slice(1).forEach((at, i) => expect(at).toBeGreaterThanOrEqual(positions[i] ?? 0));
          expect(
            axis.ticks.every((tick) => tick >= axis.min * (1 - 1e-6) && tick <= axis.max * (1 + 1e-6)),
          ).toBe(true);
        }
        expect(linearAxis(list, most).ticks.length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 1000 },
    );
  });
});
