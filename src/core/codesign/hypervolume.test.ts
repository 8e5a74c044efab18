import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designOf, measuredDesign } from '../../fixtures/designs.ts';
import { uniform } from '../random.ts';
import { frontOf } from './front.ts';
import { hypervolume, hypervolumeOf, referenceOf, type Point } from './hypervolume.ts';

const at = (accuracy: number, throughputFps: number, latencySeconds: number): Point => ({
  accuracy,
  throughputFps,
  latencySeconds,
});

describe('exact', () => {
  it.each<[string, readonly Point[], number]>([
    ['nothing', [], 0],
    ['one point is its box', [at(0.5, 30, 0.1)], 150],
    ['the same point twice', [at(0.5, 30, 0.1), at(0.5, 30, 0.1)], 150],
    ['a point inside another’s box', [at(0.5, 30, 0.1), at(0.4, 20, 0.2)], 150],
    // 150 + 0.25 · 60 · 10 − the common 0.25 · 30 · 10
    ['faster and less accurate', [at(0.5, 30, 0.1), at(0.25, 60, 0.1)], 225],
    // … and 0.25 · 30 · 20 less the common 0.25 · 30 · 10
    ['and one that is prompter', [at(0.5, 30, 0.1), at(0.25, 60, 0.1), at(0.25, 30, 0.05)], 300],
    ['of no use', [at(0.5, 0, 0.1), at(0, 30, 0.1), at(0.5, 30, Infinity)], 0],
  ])('%s', (_, points, volume) => {
    expect(hypervolume(points)).toBeCloseTo(volume, 9);
  });
  it('counts what passes the reference', () => {
    const reference = at(0.25, 10, 0.2);
    expect(hypervolume([at(0.5, 30, 0.1)], reference)).toBeCloseTo(0.25 * 20 * 5, 9);
    expect(hypervolume([at(0.5, 30, 0.2), at(0.5, 10, 0.1), at(0.25, 30, 0.1)], reference)).toBe(0);
  });
});

const point = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .map(([a, t, promptness]) => at(a / 8, t, 1 / promptness));
const fine = fc
  .tuple(...[0.01, 1, 0.01].map((min) => fc.double({ min, max: 100 * min, noNaN: true })))
  .map(([a = 1, t = 1, l = 1]) => at(a, t, l));

describe('of designs', () => {
  it('goes by what was measured', () => {
    const promised = designOf('d', at(0.5, 60, 0.05));
    const measured = { throughputFps: 30, latencySeconds: 0.1, n: 30, errors: { throughput: 0, latency: 0 } };
    expect(hypervolumeOf([promised])).toBeCloseTo(600, 9);
    expect(hypervolumeOf([{ ...promised, measured }])).toBeCloseTo(150, 9);
  });
  it('counts what is better than the worst of each figure', () => {
    const points = [at(0.5, 30, 0.2), at(0.4, 60, 0.1), at(0.25, 40, 0.05)];
    const designs = points.map((each, i) => measuredDesign(`d${i}`, each, 0.01));
    const reference = referenceOf(designs);
    expect(reference).toEqual(at(0.25, 30, 0.2));
    expect(hypervolumeOf(designs, reference)).toBeCloseTo(0.15 * 30 * 5, 9);
  });
});

describe('as by definition', () => {
  it('counts the cells of a grid that lie in some box', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), point, (points, reference) => {
        let cells = 0;
        for (const a of [1, 2, 3, 4, 5, 6])
          for (const t of [1, 2, 3, 4, 5, 6])
            for (const p of [1, 2, 3, 4, 5, 6]) {
              const isPast = a / 8 > reference.accuracy && t > reference.throughputFps;
              if (!isPast || p <= Math.round(1 / reference.latencySeconds)) continue;
              const isIn = points.some(
                (q) => q.accuracy >= a / 8 && q.throughputFps >= t && Math.round(1 / q.latencySeconds) >= p,
              );
              if (isIn) cells++;
            }
        expect(hypervolume(points, reference)).toBeCloseTo(cells / 8, 9);
      }),
      { numRuns: 500 },
    );
  });

  it('adds and subtracts the boxes of all subsets', () => {
    fc.assert(
      fc.property(fc.array(fine, { maxLength: 8 }), (points) => {
        let volume = 0;
        for (let bits = 1; bits < 1 << points.length; bits++) {
          const some = points.filter((_, i) => (bits >> i) & 1);
          const common =
            Math.min(...some.map((p) => p.accuracy)) *
            Math.min(...some.map((p) => p.throughputFps)) *
            Math.min(...some.map((p) => 1 / p.latencySeconds));
          volume += some.length % 2 === 1 ? common : -common;
        }
        expect(hypervolume(points) / Math.max(volume, 1e-12)).toBeCloseTo(points.length > 0 ? 1 : 0, 8);
      }),
      { numRuns: 200 },
    );
  });

  it('is the share of random points that some design reaches', () => {
    const next = uniform(11);
    const points = Array.from({ length: 60 }, () => {
      const [a, t] = [next(), next()];
      return at(a, t, 0.5 + a * t + next());
    });
    // Promptness is below 2.
    const draws = 100_000;
    let hits = 0;
    for (let i = 0; i < draws; i++) {
      const [a, t, p] = [next(), next(), 2 * next()];
      if (points.some((q) => q.accuracy >= a && q.throughputFps >= t && 1 / q.latencySeconds >= p)) hits++;
    }
    const share = hits / draws;
    const error = Math.sqrt((share * (1 - share)) / draws);
    expect(Math.abs(hypervolume(points) / 2 - share)).toBeLessThan(4 * error);
  });
});

describe('a figure of fronts', () => {
  it('is that of the front alone, grows with every design past it, and knows no order', () => {
    fc.assert(
      fc.property(fc.array(fine, { minLength: 1, maxLength: 40 }), fine, (points, more) => {
        const all = hypervolume(points);
        const front = frontOf(points.map((each, i) => designOf(`d${i}`, each)));
        expect(hypervolumeOf(front) / all).toBeCloseTo(1, 9);
        expect(hypervolume(points.toReversed()) / all).toBeCloseTo(1, 9);
        const isReached = points.some(
          (q) =>
            q.accuracy >= more.accuracy &&
            q.throughputFps >= more.throughputFps &&
            q.latencySeconds <= more.latencySeconds,
        );
        const gained = hypervolume([...points, more]) / all - 1;
        if (isReached) expect(Math.abs(gained)).toBeLessThan(1e-12);
        else expect(gained).toBeGreaterThan(-1e-12);
      }),
      { numRuns: 300 },
    );
  });
  it('has ratios that are the same in any unit', () => {
    const inMs = (points: readonly Point[]) =>
      points.map((p) => at(100 * p.accuracy, p.throughputFps, 1000 * p.latencySeconds));
    fc.assert(
      fc.property(
        fc.array(fine, { minLength: 1, maxLength: 20 }),
        fc.array(fine, { minLength: 1, maxLength: 20 }),
        (p, q) => {
          const ratio = hypervolume(p) / hypervolume(q);
          expect(hypervolume(inMs(p)) / hypervolume(inMs(q)) / ratio).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});
