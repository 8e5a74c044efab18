import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from './random.ts';
import {
  lowerQuartile,
  meansOfFastRuns,
  median,
  medianAbsoluteDeviation,
  medianInterval95,
  relativeSpread,
  summarise,
} from './stats.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('median', () => {
  it('is the middle, or the mean of the two middle values, in any order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });
  it('is null without samples', () => {
    expect(median([])).toBeNull();
    expect(medianAbsoluteDeviation([])).toBeNull();
  });
  it('leaves its argument alone and ignores order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        expect(median(values)).toBe(median([...values].reverse()));
        expect(values).toEqual(before);
      }),
    );
  });
});

describe('medianAbsoluteDeviation', () => {
  it('matches a hand-made table', () => {
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
    expect(medianAbsoluteDeviation([5, 5, 5])).toBe(0);
    expect(medianAbsoluteDeviation([1, 2, 100])).toBe(1);
  });
});

describe('meansOfFastRuns', () => {
  it('are of the runs that nothing disturbed', () => {
    const runs = [
      [0.1, 0.2],
      [0.102, 0.2],
      [0.3, 0.2],
      [0.1, 0.203],
      [0.1, 0.9],
    ];
    const [first, second] = meansOfFastRuns(runs);
    expect(first).toBeCloseTo(0.302 / 3, 12);
    expect(second).toBeCloseTo(0.603 / 3, 12);
  });
  it('tell what parts take that a tick of the clock sees now as nothing and now as a tick', () => {
    const tick = 5e-6;
    const parts = [1e-6, 7e-6, 2e-6, 31e-6, 3e-6];
    const random = uniform(1);
    const runs = Array.from({ length: 400 }, () => {
      let at = random();
      return parts.map((seconds) => {
        const start = at;
        at += seconds;
        return tick * (Math.floor(at / tick) - Math.floor(start / tick));
      });
    });
    meansOfFastRuns(runs).forEach((mean, i) => {
      expect(Math.abs(mean - (parts[i] ?? NaN))).toBeLessThan(0.5e-6);
    });
  });
  it('are none of no runs', () => {
    expect(meansOfFastRuns([])).toEqual([]);
  });
});

describe('lowerQuartile', () => {
  it.each([
    [[5], 5],
    [[9, 5], 5],
    [[9, 5, 7, 8], 5],
    [[9, 5, 7, 8, 6], 6],
    [upTo(101).reverse(), 26],
  ])('of %j is %d', (samples, expected) => {
    expect(lowerQuartile(samples)).toBe(expected);
  });
  it('is null without samples, and leaves them in their order', () => {
    expect(lowerQuartile([])).toBeNull();
    const samples = [3, 1, 2];
    lowerQuartile(samples);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('relativeSpread', () => {
  it('is the standard deviation of normal samples over their median, outliers or not', () => {
    // Quantiles of N(10, 1) at (i + ½)/8.
    const samples = [8.466, 9.113, 9.511, 9.843, 10.157, 10.489, 10.887, 11.534];
    expect(relativeSpread(samples)).toBeCloseTo(0.1, 2);
    expect(relativeSpread([...samples.slice(0, -1), 1e6])).toBeCloseTo(0.1, 2);
  });
  it('is 0 of equal samples and of none', () => {
    expect(relativeSpread([4, 4, 4])).toBe(0);
    expect(relativeSpread([])).toBe(0);
  });
});

describe('medianInterval95', () => {
  it('is null below six samples', () => {
    for (const n of [0, 1, 2, 3, 4, 5]) expect(medianInterval95(upTo(n))).toBeNull();
  });
  // Ranks from the published table of binomial confidence intervals for the median (p = 0.95).
  it.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [12, 3, 10],
    [15, 4, 12],
    [20, 6, 15],
    [25, 8, 18],
    [100, 40, 61],
  ])('takes the right ranks for n = %i', (n, low, high) => {
    expect(medianInterval95(upTo(n))).toEqual({ low, high });
  });
  it('survives an n where 2^-n underflows', () => {
    const interval = medianInterval95(upTo(2001));
    expect(interval?.low).toBeGreaterThan(940);
    expect(interval?.high).toBeLessThan(1060);
  });
  it('holds the median', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 6 }), (values) => {
        const interval = medianInterval95(values);
        const middle = median(values);
        expect(
          interval !== null && middle !== null && interval.low <= middle && middle <= interval.high,
        ).toBe(true);
      }),
    );
  });
});

describe('summarise', () => {
  it('omits the interval where n is too small', () => {
    expect(summarise([2, 1, 3])).toEqual({ median: 2, mad: 1, n: 3 });
    expect(summarise([])).toEqual({ median: null, mad: null, n: 0 });
  });
  it('has the interval from six samples on', () => {
    expect(summarise([1, 2, 3, 4, 5, 6])).toEqual({ median: 3.5, mad: 1.5, n: 6, low: 1, high: 6 });
  });
});
