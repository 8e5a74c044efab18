import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designOf, measuredDesign, planOn } from '../../fixtures/designs.ts';
import { uniform } from '../random.ts';
import { ratesOf, type Design } from './design.ts';
import { beats, frontOf, localFront } from './front.ts';

type Point = readonly [accuracy: number, throughputFps: number, latencySeconds: number, processors?: number];

const designs = (points: readonly Point[]): readonly Design[] =>
  points.map(([accuracy, throughputFps, latencySeconds, processors = 1], i) =>
    designOf(`d${i}`, { accuracy, throughputFps, latencySeconds, processors }),
  );
const ids = (some: readonly { readonly id: string }[]): readonly string[] => some.map(({ id }) => id);
const triple = (design: Design): readonly number[] => {
  const { throughputFps, latencySeconds } = ratesOf(design);
  return [design.accuracy, throughputFps, -latencySeconds];
};

/** By the definition, pair by pair. */
function isBeaten(design: Design, by: readonly Design[]): boolean {
  return by.some((other) => {
    const differences = triple(other).map((figure, i) => figure - (triple(design)[i] ?? NaN));
    return differences.every((d) => d >= 0) && differences.some((d) => d > 0);
  });
}

/** Few values, so that many figures are equal. */
const grid = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 3 }),
);
const fine = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 1, max: 500, noNaN: true }),
  fc.double({ min: 1e-3, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 3 }),
);

describe('frontOf', () => {
  it.each<[string, readonly Point[], readonly string[]]>([
    ['nothing of nothing', [], []],
    ['the only one', [[0.5, 30, 0.1]], ['d0']],
    ['what is best at one figure each', [[0.5, 30, 0.1], [0.4, 60, 0.1], [0.4, 30, 0.05]], ['d0', 'd1', 'd2']], // prettier-ignore
    ['not what is beaten in one and equal in two', [[0.5, 30, 0.1], [0.5, 30, 0.2], [0.5, 20, 0.1], [0.4, 30, 0.1]], ['d0']], // prettier-ignore
    ['the most accurate first, of those the fastest', [[0.4, 90, 0.1], [0.5, 30, 0.1], [0.5, 40, 0.2]], ['d2', 'd1', 'd0']], // prettier-ignore
    ['of equals that of the fewest processors', [[0.5, 30, 0.1, 3], [0.5, 30, 0.1, 1], [0.5, 30, 0.1, 2]], ['d1']], // prettier-ignore
    [
      'of equals with as many processors the first',
      [
        [0.5, 30, 0.1],
        [0.5, 30, 0.1],
      ],
      ['d0'],
    ],
    ['what only a compromise is', [[0.6, 10, 0.1], [0.5, 11, 0.1], [0.4, 90, 0.1]], ['d0', 'd1', 'd2']], // prettier-ignore
  ])('keeps %s', (_, points, front) => {
    expect(ids(frontOf(designs(points)))).toEqual(front);
  });

  it('goes by what was measured where a design ran', () => {
    const slow = { throughputFps: 5, latencySeconds: 1, n: 30, errors: { throughput: 0.01, latency: 0.01 } };
    const promised = designOf('promised', { accuracy: 0.5, throughputFps: 90, latencySeconds: 0.01 });
    const other = designOf('other', { accuracy: 0.5, throughputFps: 30, latencySeconds: 0.1 });
    expect(ids(frontOf([promised, other]))).toEqual(['promised']);
    expect(ids(frontOf([{ ...promised, measured: slow }, other]))).toEqual(['other']);
  });

  it.each([
    ['figures that are often equal', grid],
    ['any figures', fine],
  ])('is what the definition says, each point once, for %s', (_, point) => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (points) => {
        const all = designs(points);
        const front = frontOf(all);
        const expected = new Set(all.filter((d) => !isBeaten(d, all)).map((d) => triple(d).join()));
        const found = front.map((d) => triple(d).join());
        expect(found.toSorted()).toEqual([...expected].sort());
        for (const kept of front) {
          const equals = all.filter((d) => triple(d).join() === triple(kept).join());
          const fewest = Math.min(...equals.map(({ plan }) => plan.stages.length));
          expect(kept.plan.stages.length).toBe(fewest);
        }
        const accuracies = front.map(({ accuracy }) => accuracy);
        expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in whatever order thousands of designs come, and nothing of them beats it', () => {
    const next = uniform(7);
    const all = designs(
      Array.from({ length: 4000 }, (): Point => {
        const [a, t] = [next(), next()];
        return [a, 100 * t, a + t + 0.05 * next()];
      }),
    );
    const front = frontOf(all);
    expect(front.length).toBeGreaterThan(50);
    expect(ids(frontOf(all.toReversed()))).toEqual(ids(front));
    expect(ids(frontOf(front))).toEqual(ids(front));
    const onFront = new Set(front);
    for (const design of all) expect(isBeaten(design, front)).toBe(!onFront.has(design));
  });
});

describe('localFront', () => {
  it('is the front of plans that have one accuracy', () => {
    fc.assert(
      fc.property(fc.array(grid, { maxLength: 40 }), (points) => {
        const all = designs(points.map(([, throughput, latency, p]): Point => [0.5, throughput, latency, p]));
        const figures = (some: readonly Design[]) => some.map((d) => [...triple(d), d.plan.stages.length]);
        expect(figures(localFront(all)).toReversed()).toEqual(figures(frontOf(all)));
      }),
      { numRuns: 300 },
    );
  });
  it('takes ranked plans, slowest first', () => {
    const plan = planOn(1);
    const rated = [90, 30, 60].map((throughputFps) => ({
      plan,
      predicted: { throughputFps, latencySeconds: throughputFps / 1000 },
    }));
    expect(localFront(rated).map(({ predicted }) => predicted.throughputFps)).toEqual([30, 60, 90]);
  });
});

describe('beats', () => {
  const at = (accuracy: number, throughputFps: number, latencySeconds: number, error = 0.02): Design =>
    measuredDesign('d', { accuracy, throughputFps, latencySeconds }, error);
  // Two standard errors of the ratio of two figures of 2 % each are 5.66 %.
  it.each<[string, boolean, Design, readonly Design[]]>([
    ['slower', false, at(0.5, 20, 0.1), [at(0.5, 30, 0.1)]],
    ['faster, within the error', false, at(0.5, 31.6, 0.1), [at(0.5, 30, 0.1)]],
    ['faster by more', true, at(0.5, 31.8, 0.1), [at(0.5, 30, 0.1)]],
    ['prompter by more', true, at(0.5, 30, 0.1), [at(0.5, 30, 0.106)]],
    ['prompter, within the error', false, at(0.5, 30, 0.1), [at(0.5, 30, 0.105)]],
    ['faster and less accurate', true, at(0.4, 40, 0.1), [at(0.5, 30, 0.1)]],
    ['more accurate', true, at(0.51, 1, 9), [at(0.5, 30, 0.1)]],
    ['no better than one of several', false, at(0.4, 40, 0.1), [at(0.5, 30, 0.1), at(0.4, 45, 0.1)]],
    ['faster, by less than its own large error', false, at(0.5, 33, 0.1, 0.2), [at(0.5, 30, 0.1)]],
  ])('a design that is %s: %s', (_, expected, design, front) => {
    expect(beats(design, front, 2)).toBe(expected);
  });
  it('nothing without having run, and nobody who has not', () => {
    const plain = designOf('p', { accuracy: 0.9, throughputFps: 900, latencySeconds: 0.001 });
    expect(beats(plain, [], 2)).toBe(false);
    expect(beats(at(0.5, 30, 0.1), [plain], 2)).toBe(true);
  });
  it('never the front by a design of it, nor by one that the front beats', () => {
    fc.assert(
      fc.property(
        fc.array(fine, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        (points, error) => {
          const ran = points.map(([accuracy, throughputFps, latencySeconds], i) =>
            measuredDesign(`d${i}`, { accuracy, throughputFps, latencySeconds }, error),
          );
          const front = frontOf(ran);
          expect(ran.filter((design) => beats(design, front, 2))).toEqual([]);
        },
      ),
    );
  });
});
