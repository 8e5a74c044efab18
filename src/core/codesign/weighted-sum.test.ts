/**
 * @file What a weighted sum cannot choose. arXiv 2411.00838 minimizes `J = T1 + T2 + T3 + L·A`: the seconds of a frame and,
 * at a weight L, what is lost of accuracy. Whatever L is, that picks only designs on the convex hull of (seconds, accuracy), and
 * never one that is faster because processors work at once. Here: Rep-Tiny's configurations as shipped, and times that are
 * proportional to their multiply-adds. (Das, Dennis, A Closer Look at Drawbacks of Minimizing Weighted Sums of Objectives,
 * Structural Optimization 14, 1997.)
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { designOf } from '../../fixtures/designs.ts';
import { ElasticSchema } from '../elastic/elastic.ts';
import { choose } from './constraints.ts';
import type { Design } from './design.ts';
import { frontOf } from './front.ts';

const manifest = readFileSync(
  new URL('../../../public/models/rep-tiny/manifest.json', import.meta.url),
  'utf8',
);
const { configurations } = v.parse(v.object({ elastic: ElasticSchema }), JSON.parse(manifest)).elastic;

/** Of one WASM thread with SIMD, about. */
const MULTIPLY_ADDS_PER_SECOND = 5e9;
const START_SECONDS = 5e-4;
const HOP_SECONDS = 2e-4;

/** Each configuration on one processor, and cut in the middle on two: almost twice the frames, each a little later. */
const designs = configurations.flatMap(({ id, top1: accuracy, multiplyAdds }): readonly Design[] => {
  const seconds = START_SECONDS + multiplyAdds / MULTIPLY_ADDS_PER_SECOND;
  const pipelined = seconds + HOP_SECONDS;
  return [
    designOf(`${id} on one`, { accuracy, throughputFps: 1 / seconds, latencySeconds: seconds }),
    designOf(`${id} on two`, {
      accuracy,
      throughputFps: 1.8 / pipelined,
      latencySeconds: pipelined,
      processors: 2,
    }),
  ];
});
const front = frontOf(designs);
const idsOf = (some: Iterable<Design>): readonly string[] => [...some].map(({ id }) => id).sort();

function least(cost: (design: Design) => number): Design {
  return designs.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}

const J = (design: Design, L: number): number => design.predicted.latencySeconds + L * (1 - design.accuracy);

/**
 * Every design that some L ≥ 0 makes the best: the choice changes only where two designs are equal, so one L between each two
 * such places, one below them all and one above tell all.
 */
function pickedByJ(): ReadonlySet<Design> {
  const changes = new Set([0]);
  for (const a of designs)
    for (const b of designs) {
      const L = (a.predicted.latencySeconds - b.predicted.latencySeconds) / (a.accuracy - b.accuracy);
      if (L > 0 && Number.isFinite(L)) changes.add(L);
    }
  const sorted = [...changes].sort((a, b) => a - b);
  const between = sorted.map((L, i) => (L + (sorted[i + 1] ?? 2 * L + 1)) / 2);
  return new Set([...sorted, ...between].map((L) => least((design) => J(design, L))));
}

describe('the paper’s J', () => {
  const picked = pickedByJ();
  it('has all designs to choose from but those that one of the same work beats', () => {
    const isBeaten = ({ id, multiplyAdds, top1 }: (typeof configurations)[number]): boolean =>
      configurations.some(
        (other) => other.id !== id && other.multiplyAdds === multiplyAdds && other.top1 > top1,
      );
    expect(front).toHaveLength(2 * configurations.filter((each) => !isBeaten(each)).length);
  });
  it('reaches only some of it, whatever the weight', () => {
    expect(front).toEqual(expect.arrayContaining([...picked]));
    expect(picked.size).toBeGreaterThan(2);
    expect(picked.size).toBeLessThan(front.length / 4);
  });
  it('reaches the same in a dense sweep of weights', () => {
    const swept = new Set<Design>();
    for (let L = 1e-4; L < 1e2; L *= 1.001) swept.add(least((design) => J(design, L)));
    expect(idsOf(swept)).toEqual(idsOf(picked));
  });
  it('never takes two processors, though they complete 1.7 times the frames', () => {
    expect(idsOf(picked).filter((id) => id.endsWith('two'))).toEqual([]);
  });
  it('misses configurations even of those on one processor', () => {
    const single = front.filter(({ id }) => id.endsWith('one'));
    expect(single.length - picked.size).toBeGreaterThan(single.length / 3);
  });
});

describe('a weighted sum of accuracy, throughput and latency, each over its range', () => {
  const spread = (of: (design: Design) => number): readonly [number, number] => {
    const all = designs.map(of);
    const low = Math.min(...all);
    return [low, Math.max(...all) - low];
  };
  const figures = [
    (design: Design) => -design.accuracy,
    (design: Design) => -design.predicted.throughputFps,
    (design: Design) => design.predicted.latencySeconds,
  ].map((of) => {
    const [low, range] = spread(of);
    return (design: Design): number => (of(design) - low) / range;
  });
  const STEPS = 150;
  const picked = new Set<Design>();
  for (let i = 0; i <= STEPS; i++)
    for (let j = 0; i + j <= STEPS; j++) {
      const weights = [i, j, STEPS - i - j];
      picked.add(
        least((design) => figures.reduce((sum, figure, f) => sum + (weights[f] ?? 0) * figure(design), 0)),
      );
    }

  it('misses most of the front in 11,000 weights', () => {
    expect(front).toEqual(expect.arrayContaining([...picked]));
    expect(picked.size).toBeGreaterThan(4);
    expect(picked.size).toBeLessThan(front.length / 2);
  });
  it('misses what a visitor asks for in plain words', () => {
    const asked = [1, 2, 3, 4, 5, 6, 8, 10].map((mostPointsLost) =>
      choose(front, { leastFps: null, mostPointsLost, mostLatencyMs: null }, 'throughput'),
    );
    expect(asked).not.toContain(null);
    expect(asked.filter((design) => design && !picked.has(design)).length).toBeGreaterThanOrEqual(2);
  });
});
