import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logAxis } from './log-axis.ts';

describe('logAxis', () => {
  it('spans its values and marks the powers between them', () => {
    const axis = logAxis([0.5, 300], 10);
    expect(axis.ticks).toEqual([1, 10, 100]);
    expect(axis.min).toBeCloseTo(0.5, 9);
    expect(axis.max).toBeCloseTo(300, 9);
    expect(axis.position(0.5)).toBeCloseTo(0, 9);
    expect(axis.position(300)).toBeCloseTo(1, 9);
  });
  it('counts a power at either end in', () => {
    expect(logAxis([1, 1000], 10).ticks).toEqual([1, 10, 100, 1000]);
    expect(logAxis([1 / 8, 2], 2).ticks).toEqual([1 / 8, 1 / 4, 1 / 2, 1, 2]);
  });
  it('is at least one step wide, and there without any value', () => {
    expect(logAxis([7], 10).max).toBeCloseTo(70, 6);
    expect(logAxis([], 10)).toMatchObject({ min: 1, max: 10, ticks: [1, 10] });
  });
  it('leaves out what has no logarithm', () => {
    expect(logAxis([0, -3, NaN, Infinity, 1, 10], 10)).toMatchObject({ min: 1, max: 10 });
  });
  it('thins ticks', () => {
    expect(logAxis([2 ** -4, 2 ** 8], 2, 5).ticks).toHaveLength(5);
  });

  const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 20 });
  it('holds every value, in order', () => {
    fc.assert(
      fc.property(values, (list) => {
        const axis = logAxis(list, 10);
        const positions = list.toSorted((a, b) => a - b).map((value) => axis.position(value));
        expect(positions[0]).toBeGreaterThanOrEqual(-1e-9);
        expect(positions.at(-1)).toBeLessThanOrEqual(1 + 1e-9);
        positions.slice(1).forEach((at, i) => expect(at).toBeGreaterThanOrEqual(positions[i] ?? 0));
        expect(axis.ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });
});
