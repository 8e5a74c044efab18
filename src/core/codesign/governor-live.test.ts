/** @file The governor of a simulated live view: it recovers in time, and does not oscillate, over many ladders and seeds. */
import { describe, expect, it } from 'vitest';
import { governed, type Governed, type GovernedInput } from '../../fixtures/governed-live.ts';
import { uniform } from '../random.ts';
import type { Rung } from './ladder.ts';

const TARGET = 30;
type Rungs = GovernedInput['rungs'];

/** Three to eight rungs, or as many as reach six times the target; the first 1.1 … 1.5 times. `error` of what is said of each. */
function ladder(seed: number, error = 0): Rungs {
  const next = uniform(seed);
  const count = 3 + Math.floor(6 * next());
  const rungs: (Rung & { actual: number })[] = [];
  let throughputFps = TARGET * (1.1 + 0.4 * next());
  for (let i = 0; i < count || throughputFps < 6 * TARGET; i++) {
    const actual = 1 + error * (2 * next() - 1);
    rungs.push({ id: `r${i}`, accuracy: 0.6 - 0.03 * i, throughputFps, actual });
    throughputFps *= 1.12 + 0.6 * next();
  }
  return rungs;
}

function run(seed: number, input: Partial<GovernedInput>): Governed {
  const variation = 0.1 + 0.1 * uniform(seed + 5000)();
  const slowdowns = [{ at: 0, factor: 1 }];
  const whole = {
    rungs: ladder(seed),
    begin: 'r0',
    targetFps: TARGET,
    cameraFps: 30,
    slowdowns,
    seconds: 60,
  };
  return governed({ ...whole, variation, seed, ...input });
}

const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1);
const TOP = 0.6;

describe('a device that slows by a step and recovers', () => {
  const [SLOWS, RECOVERS, END] = [12, 32, 52];

  it.each([
    [2, 30, 0],
    [4, 30, 0],
    [2, 60, 0],
    [4, 60, 0],
    [2, 30, 0.05],
    [4, 60, 0.05],
  ])(
    '%d times, on a camera of %d frames/s, what is said of rungs off by up to %d',
    (factor, cameraFps, error) => {
      for (const seed of SEEDS) {
        // Not in step with the looks.
        const shift = uniform(seed + 900)();
        const [slows, recovers] = [SLOWS + shift, RECOVERS + shift];
        const slowdowns = [
          { at: 0, factor: 1 },
          { at: slows, factor },
          { at: recovers, factor: 1 },
        ];
        const { moves, ticks } = run(seed, {
          rungs: ladder(seed, error),
          cameraFps,
          slowdowns,
          seconds: END,
        });
        const between = (from: number, to: number) => moves.filter(({ at }) => at > from && at <= to);
        const where = `seed ${seed}: ${JSON.stringify(moves)}`;
        expect(between(0, slows), where).toEqual([]);
        expect(between(slows, recovers).length, where).toBeGreaterThanOrEqual(1);
        expect(between(slows, recovers).length, where).toBeLessThanOrEqual(2);
        expect(between(recovers, END).length, where).toBeLessThanOrEqual(2);
        const slow = ticks.filter(({ at, fps }) => at >= slows + 5 && fps < 0.9 * TARGET);
        expect(slow, where).toEqual([]);
        const low = ticks.filter(({ at, accuracy }) => at >= recovers + 10 && accuracy < TOP);
        expect(low, where).toEqual([]);
      }
    },
  );
});

describe('a core that is taken, which plans of fewer threads hardly feel', () => {
  /** The first one to three rungs are twice as slow for so long; the others feel `share` of that. */
  const taken = (seed: number, seconds: number, share: number) => {
    const next = uniform(seed + 700);
    const busy = 1 + Math.floor(3 * next());
    const rungs = ladder(seed).map((rung, i) => ({ ...rung, share: i < busy ? 1 : share }));
    const slows = 12 + next();
    const recovers = slows + seconds;
    const slowdowns = [
      { at: 0, factor: 1 },
      { at: slows, factor: 2 },
      { at: recovers, factor: 1 },
    ];
    const { moves, ticks } = run(seed, { rungs, slowdowns, seconds: recovers + 14 });
    const during = moves.filter(({ at }) => at <= recovers).length;
    const low = ticks.filter(({ at, accuracy }) => at >= recovers + 10 && accuracy < TOP);
    return { during, after: moves.length - during, low: low.length };
  };

  it.each([
    [3, 0],
    [3, 0.3],
    [10, 0],
    [10, 0.3],
  ])('for %d s, by %d of it: back in time, after two moves at most', (seconds, share) => {
    for (const seed of SEEDS) {
      const { during, after, low } = taken(seed, seconds, share);
      expect([during, after <= 2, low], `seed ${seed}`).toEqual([1, true, 0]);
    }
  });

  it('for 20 s: it may try once whether there is room again, and is back in time', () => {
    for (const seed of SEEDS) {
      const { during, after, low } = taken(seed, 20, 0.3);
      expect([during <= 3, after <= 2, low]).toEqual([true, true, 0]);
    }
  });
});

describe('no oscillation', () => {
  it('while the device stays as slow as it is, however near the edge of a rung', () => {
    for (const seed of SEEDS) {
      const next = uniform(seed + 100);
      const top = ladder(seed)[0]?.throughputFps ?? NaN;
      // The top does 0.9 … 1.1 times the target there, or the device is anything to three times as slow.
      for (const factor of [top / TARGET / (0.9 + 0.2 * next()), 1 + 2 * next()]) {
        const { moves, ticks } = run(seed, { slowdowns: [{ at: 0, factor }] });
        expect(moves.length, `seed ${seed}: ${JSON.stringify(moves)}`).toBeLessThanOrEqual(2);
        expect(ticks.filter(({ at, fps }) => at > 5 && fps < 0.9 * TARGET)).toEqual([]);
      }
    }
  });

  it('as heat comes and goes: each rung once on the way, or hardly more', () => {
    const heat = Array.from({ length: 120 }, (_, i) => ({
      at: i,
      factor: 1 + (2 * Math.min(i, 120 - i)) / 60,
    }));
    let [under, all, changes] = [0, 0, 0];
    for (const seed of SEEDS) {
      const rungs = ladder(seed);
      const { moves, ticks } = run(seed, { slowdowns: heat, seconds: 140 });
      const needed = rungs.filter(({ throughputFps }) => throughputFps < 3 * TARGET * 1.08).length;
      expect(moves.length, JSON.stringify(moves)).toBeLessThanOrEqual(2 * needed + 2);
      changes += moves.filter(({ reason }, i) => i > 0 && moves[i - 1]?.reason !== reason).length;
      under += ticks.filter(({ at, fps }) => at > 5 && fps < 0.9 * TARGET).length;
      all += ticks.length;
      expect(ticks.at(-1)?.accuracy).toBeGreaterThanOrEqual(TOP - 0.03);
    }
    expect(under / all).toBeLessThan(0.01);
    // Down and then up: one change of direction each, seldom more.
    expect(changes).toBeLessThanOrEqual(1.3 * SEEDS.length);
  });

  it('from moments of 0.4 s: hardly ever a move, and accuracy is back at the end', () => {
    const moments = Array.from({ length: 8 }, (_, i) => [
      { at: 6 * i + 5.6, factor: 3 },
      { at: 6 * i + 6, factor: 1 },
    ]);
    const slowdowns = [{ at: 0, factor: 1 }, ...moments.flat()];
    const counts = SEEDS.map((seed) => run(seed, { slowdowns }).moves.length);
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(0.9 * SEEDS.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });

  it('of a rung that promises more than it does: tried ever less often', () => {
    const rungs = ladder(3).map((rung, i) => (i === 0 ? { ...rung, throughputFps: 40, actual: 0.6 } : rung));
    const { moves } = run(3, { rungs, seconds: 240 });
    const tries = moves.filter(({ id }) => id === 'r0').map(({ at }) => at);
    const waits = tries.slice(1).map((at, i) => at - (tries[i] ?? NaN));
    expect(tries.length).toBeGreaterThanOrEqual(3);
    waits.slice(1).forEach((wait, i) => expect(wait).toBeGreaterThan(1.5 * (waits[i] ?? NaN)));
  });
});

describe('a target that cannot be', () => {
  it('kept by any rung: the fastest runs, after at most two moves', () => {
    for (const seed of SEEDS) {
      const rungs = ladder(seed);
      const slowdowns = [
        { at: 0, factor: 1 },
        { at: 10, factor: 30 },
      ];
      const { moves, ticks } = run(seed, { rungs, slowdowns, seconds: 40 });
      expect(moves.length).toBeLessThanOrEqual(2);
      expect(ticks.at(-1)?.accuracy).toBe(rungs.at(-1)?.accuracy);
    }
  });

  it('delivered by the camera: what it delivers is the target', () => {
    for (const seed of SEEDS) {
      expect(run(seed, { targetFps: 60 }).moves).toEqual([]);
      // From a lower rung to the top, since the dark makes a camera slow.
      const dark = run(seed, { cameraFps: 15, begin: 'r2', seconds: 20 });
      expect(dark.moves).toMatchObject([{ id: 'r0', reason: 'room-again' }]);
    }
  });

  it('and nobody knows the camera: the stages decide, once', () => {
    for (const seed of SEEDS) {
      const rungs = ladder(seed);
      const { moves } = run(seed, { rungs, targetFps: 60, knowsSource: false });
      const keeps = rungs.find(({ throughputFps }) => throughputFps >= 60 * 1.08);
      expect(moves.length).toBeLessThanOrEqual(2);
      expect(rungs.findIndex(({ id }) => id === moves.at(-1)?.id)).toBeGreaterThanOrEqual(
        keeps ? rungs.indexOf(keeps) - 1 : 0,
      );
    }
  });
});
