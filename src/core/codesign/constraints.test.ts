import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designOf } from '../../fixtures/designs.ts';
import { allowed, choose, GOALS, nearest, type Goal, type Wish } from './constraints.ts';
import { ratesOf, type Design } from './design.ts';

const NONE: Wish = { leastFps: null, mostPointsLost: null, mostLatencyMs: null };
const wishes = (wish: Partial<Wish>): Wish => ({ ...NONE, ...wish });

const design = (id: string, accuracy: number, throughputFps: number, latencyMs: number): Design =>
  designOf(id, { accuracy, throughputFps, latencySeconds: latencyMs / 1000 });

/** A front: each is best at something. */
const FRONT = [
  design('exact', 0.57, 12, 90),
  design('even', 0.55, 31, 70),
  design('prompt', 0.55, 20, 40),
  design('quick', 0.47, 90, 30),
  design('least', 0.31, 240, 5),
];

describe('choose', () => {
  it.each<[Goal, Partial<Wish>, string | null]>([
    ['accuracy', {}, 'exact'],
    ['throughput', {}, 'least'],
    ['latency', {}, 'least'],
    ['accuracy', { leastFps: 30 }, 'even'],
    ['accuracy', { leastFps: 31 }, 'even'],
    ['accuracy', { leastFps: 31.1 }, 'quick'],
    ['throughput', { mostPointsLost: 2 }, 'even'],
    ['latency', { mostPointsLost: 2 }, 'prompt'],
    ['throughput', { mostPointsLost: 1.9 }, 'exact'],
    ['throughput', { mostPointsLost: 0 }, 'exact'],
    ['accuracy', { mostLatencyMs: 40 }, 'prompt'],
    ['accuracy', { mostLatencyMs: 40, leastFps: 30 }, 'quick'],
    ['throughput', { mostLatencyMs: 40, leastFps: 30, mostPointsLost: 10 }, 'quick'],
    ['throughput', { mostLatencyMs: 40, leastFps: 30, mostPointsLost: 9 }, null],
    ['accuracy', { leastFps: 241 }, null],
  ])('best at %s under %o: %s', (goal, wish, id) => {
    expect(choose(FRONT, wishes(wish), goal)?.id ?? null).toBe(id);
    expect(nearest(FRONT, wishes(wish), goal) === null).toBe(id !== null);
  });

  it('prefers what is better besides, where the goal does not tell', () => {
    const two = [design('slow', 0.5, 20, 40), design('fast', 0.5, 31, 70)];
    expect(choose(two, NONE, 'accuracy')?.id).toBe('fast');
    const same = [design('a', 0.4, 30, 40), design('b', 0.5, 30, 40)];
    expect(choose(same, NONE, 'throughput')?.id).toBe('b');
    expect(choose(same, NONE, 'latency')?.id).toBe('b');
  });

  it('goes by what was measured', () => {
    const errors = { throughput: 0.01, latency: 0.01 };
    const slower = FRONT.map((each) =>
      each.id === 'even'
        ? { ...each, measured: { throughputFps: 25, latencySeconds: 0.07, n: 30, errors } }
        : each,
    );
    expect(choose(slower, wishes({ leastFps: 30 }), 'accuracy')?.id).toBe('quick');
  });

  const designs = fc.array(
    fc
      .tuple(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 2, max: 400 }),
      )
      .map(([percent, fps, ms]) => design(`${percent}/${fps}/${ms}`, percent / 100, fps / 2, ms / 2)),
    { minLength: 1, maxLength: 20 },
  );
  const wish = fc.record({
    leastFps: fc.option(fc.integer({ min: 1, max: 200 })),
    mostPointsLost: fc.option(fc.integer({ min: 0, max: 50 })),
    mostLatencyMs: fc.option(fc.integer({ min: 1, max: 200 })),
  });
  const keeps = (d: Design, w: Wish, best: number): boolean =>
    (w.leastFps === null || ratesOf(d).throughputFps >= w.leastFps) &&
    (w.mostLatencyMs === null || Math.round(2000 * ratesOf(d).latencySeconds) <= 2 * w.mostLatencyMs) &&
    (w.mostPointsLost === null || Math.round(100 * (best - d.accuracy)) <= w.mostPointsLost);

  it('is allowed, and nothing allowed is better at the goal', () => {
    fc.assert(
      fc.property(designs, wish, fc.constantFrom(...GOALS), (all, w, goal) => {
        const best = Math.max(...all.map(({ accuracy }) => accuracy));
        const those = all.filter((d) => keeps(d, w, best));
        expect(allowed(all, w)).toEqual(those);
        const figure = (d: Design): number =>
          ({
            accuracy: d.accuracy,
            throughput: ratesOf(d).throughputFps,
            latency: -ratesOf(d).latencySeconds,
          })[goal];
        const chosen = choose(all, w, goal);
        expect(chosen && figure(chosen)).toBe(those.length > 0 ? Math.max(...those.map(figure)) : null);
      }),
      { numRuns: 500 },
    );
  });

  it('is what `nearest` becomes once the broken wishes are relaxed to what it says', () => {
    let broken = 0;
    fc.assert(
      fc.property(designs, wish, fc.constantFrom(...GOALS), (all, w, goal) => {
        const near = nearest(all, w, goal);
        expect(near === null).toBe(choose(all, w, goal) !== null);
        if (!near) return;
        broken++;
        const relaxed = { ...w, ...Object.fromEntries(near.breaks.map(({ wish: id, kept }) => [id, kept])) };
        expect(allowed(all, relaxed)).toContain(near.design);
        for (const { wish: id, wished } of near.breaks) {
          expect(wished).toBe(w[id]);
          // Each of them is in the way by itself.
          expect(allowed(all, { ...relaxed, [id]: wished })).not.toContain(near.design);
        }
      }),
      { numRuns: 500 },
    );
    expect(broken).toBeGreaterThan(50);
  });
});

describe('nearest', () => {
  it('says which wish is in the way, and what it would have to be', () => {
    const near = nearest(FRONT, wishes({ leastFps: 35, mostPointsLost: 3 }), 'accuracy');
    expect(near?.design.id).toBe('even');
    expect(near?.breaks).toEqual([{ wish: 'leastFps', wished: 35, kept: 31 }]);
  });
  it('rather breaks one wish than two', () => {
    const near = nearest(
      [design('bent', 0.5, 24, 125), design('broken', 0.5, 30, 140)],
      wishes({ leastFps: 30, mostLatencyMs: 100 }),
      'accuracy',
    );
    expect(near?.design.id).toBe('broken');
    expect(near?.breaks.map(({ wish }) => wish)).toEqual(['mostLatencyMs']);
  });
  it('takes what is better at the goal of two that miss alike', () => {
    const two = [design('a', 0.5, 20, 50), design('b', 0.5, 20, 40)];
    expect(nearest(two, wishes({ leastFps: 30 }), 'accuracy')?.design.id).toBe('b');
  });
  it('is nothing of nothing', () => {
    expect(nearest([], wishes({ leastFps: 30 }), 'accuracy')).toBeNull();
    expect(choose([], NONE, 'accuracy')).toBeNull();
  });
});
