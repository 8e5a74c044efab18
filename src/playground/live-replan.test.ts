import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf, reportOf, UNITS } from '../fixtures/live-report.ts';
import { SUSTAINED_MS } from '../core/live/drift.ts';
import { membersOf, type Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { bestPlan, expectedMs, gainOf, isSamePlan, priced, type Situation } from './live-prices.ts';
import { Replanner, type Course } from './live-replan.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';

const TWINS: readonly ProcessorId[] = ['wasm:1', 'wasm:1'];
const BOTH: readonly ProcessorId[] = ['webgpu', 'wasm:2'];
const GROUPS: readonly ProcessorId[] = ['wasm:2', 'wasm:1', 'wasm:1'];

const situationOf = (report: PlanReport, more: Partial<Situation> = {}): Situation => ({
  report,
  units: UNITS,
  profile: null,
  cores: 2,
  sourceFps: 1000,
  factors: new Map(),
  ...more,
});
const single = (place: number): Plan => planOf([[place]], []);

describe('prices of now', () => {
  // 4 units: 1 ms each on the first processor, 2 ms on the second; no transfers.
  const report = reportOf(TWINS, [1e-3, 2e-3], planOf([[0], [1]], [2]));

  it.each([
    ['one processor', single(1), {}, 125, 8],
    ['one that takes twice', single(1), { 1: 2 }, 62.5, 16],
    ['a pipeline', planOf([[0], [1]], [2]), {}, 1000 / 3, 5],
    ['a pipeline whose last is slow', planOf([[0], [1]], [2]), { 1: 4 }, 125, 11],
    ['two that take turns, as they are dealt', { ...planOf([[0, 1]], []) }, {}, 1000 / 4, 8],
  ])('%s', (_, plan, factors, throughputFps, latencyMs) => {
    const factorMap = new Map(Object.entries(factors).map(([p, f]) => [Number(p), f]));
    const { predicted } = priced(situationOf(report, { factors: factorMap }), plan);
    expect(predicted.throughputFps).toBeCloseTo(throughputFps);
    expect(predicted.latencyMs).toBeCloseTo(latencyMs);
  });

  it('are what a race differed from its prediction; of a plan that did not run the median of those that did', () => {
    const chosen = { throughputFps: 250, latencyMs: 10 };
    const raced = reportOf(TWINS, [1e-3, 2e-3], planOf([[0], [1]], [2]), chosen);
    const situation = situationOf(raced);
    const { predicted } = priced(situation, planOf([[0], [1]], [2]));
    expect(predicted).toMatchObject(chosen);
    expect(priced(situation, single(0)).predicted.throughputFps).toBeCloseTo(250 * (250 / (1000 / 3)));
  });

  it('give the race’s times to the plan that was raced, and corrected ones to another', () => {
    const memberMs = { full: [[5], [3]], alone: [[4], [2]] };
    const chosen = { throughputFps: 200, latencyMs: 7, memberMs };
    const situation = situationOf(reportOf(TWINS, [1e-3, 2e-3], planOf([[0], [1]], [2]), chosen));
    expect(expectedMs(situation, planOf([[0], [1]], [2]))).toEqual(memberMs.full);
    const [[first = 0] = []] = expectedMs(situation, single(0));
    expect(first).toBeCloseTo((4 * (1000 / 3)) / 200);
    // Factors are told against it, so they are not in it.
    const slow = { ...situation, factors: new Map([[0, 5]]) };
    expect(expectedMs(slow, single(0))).toEqual([[first]]);
  });
});

describe('the best plan', () => {
  it('uses the processors that it may, by their places in the report', () => {
    const situation = situationOf(reportOf(GROUPS, [1e-3, 1e-3, 1e-3], planOf([[1, 2]], [])));
    expect(bestPlan(situation, [])).toBeNull();
    expect(bestPlan(situation, [2])?.stages).toMatchObject([
      { processor: 'wasm:1', processorIndex: 2, toUnit: 3 },
    ]);
    const both = bestPlan(situation, [1, 2]);
    expect(both?.kind).not.toBe('single');
    expect(both?.stages.flatMap(membersOf).map(({ processorIndex }) => processorIndex)).toEqual([1, 2]);
  });

  it('of equal processors takes the one that is not slow', () => {
    for (const slow of [0, 1]) {
      const report = { ...reportOf(TWINS, [1e-3, 1e-3], single(0)), objective: 'snappiest' as const };
      const best = bestPlan(situationOf(report, { factors: new Map([[slow, 3]]) }), [0, 1]);
      expect(best?.stages).toMatchObject([{ processorIndex: 1 - slow }]);
      expect(best?.kind).toBe('single');
    }
  });

  it('is none that is known to compute wrong', () => {
    const report = reportOf(BOTH, [1e-4, 1e-3], single(0));
    const wrong = { maxAbsDifference: 1, maxRelDifference: 1, inOrder: true, frames: 6 };
    const plans = report.plans.map((entry) => ({ ...entry, equality: wrong }));
    const best = bestPlan(situationOf({ ...report, plans }), [0, 1]);
    expect(best?.stages).toMatchObject([{ processorIndex: 1, fromUnit: 0, toUnit: 3 }]);
  });

  it('is no worse than any plan that is in force, whatever has slowed', () => {
    const factor = fc.double({ min: 1, max: 20, noNaN: true });
    const places = fc.constantFrom<Plan>(
      single(0),
      single(1),
      planOf([[0], [1]], [1]),
      planOf([[1], [0]], [2]),
      planOf([[0, 1]], []),
    );
    fc.assert(
      fc.property(factor, factor, places, (a, b, plan) => {
        const situation = situationOf(reportOf(TWINS, [1e-3, 1e-3], plan), {
          factors: new Map([
            [0, a],
            [1, b],
          ]),
        });
        const best = bestPlan(situation, [0, 1]);
        expect(best && gainOf(situation, priced(situation, plan), best)).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });
});

describe('a gain', () => {
  const entry = (throughputFps: number, latencyMs: number): PlanEntry => ({
    ...single(0),
    predicted: { throughputFps, latencyMs, n: 0 },
    measured: null,
    equality: null,
  });
  it.each([
    ['fastest', entry(20, 50), entry(30, 90), 1.5],
    // The source gives no more than 60.
    ['fastest', entry(50, 50), entry(120, 50), 1.2],
    ['fastest', entry(70, 50), entry(120, 50), 1],
    ['snappiest', entry(20, 50), entry(10, 40), 1.25],
    ['smooth', entry(70, 50), entry(60, 40), 1.25],
    ['smooth', entry(20, 50), entry(30, 90), 1.5],
  ] as const)('for the %s plan', (objective, current, next, gain) => {
    const report = { ...reportOf(TWINS, [1e-3, 1e-3], single(0)), objective };
    expect(gainOf(situationOf(report, { sourceFps: 60 }), current, next)).toBeCloseTo(gain);
  });
});

const FRAME_MS = 50;

/** A live that runs from `from` to `to`, a frame every 50 ms, looking four times a second: what it was told to do, and when. */
function live(
  replanner: Replanner,
  situation: Situation,
  running: PlanEntry,
  {
    from,
    to,
    factor,
  }: { readonly from: number; readonly to: number; readonly factor: (place: number, at: number) => number },
): readonly (Course & { readonly at: number })[] {
  const told: (Course & { readonly at: number })[] = [];
  let entry = running;
  replanner.begins(entry);
  for (let at = from; at < to; at += FRAME_MS) {
    const expected = expectedMs(situation, entry);
    const spans = entry.stages.flatMap((stage, s) =>
      membersOf(stage).map(({ processorIndex }, m) => {
        return { stage: s, member: m, start: 0, end: (expected[s]?.[m] ?? 0) * factor(processorIndex, at) };
      }),
    );
    replanner.see(spans, at);
    const course = at % 250 === 0 ? replanner.look(at) : null;
    if (!course?.entry) continue;
    told.push({ ...course, at });
    ({ entry } = course);
    replanner.begins(entry);
  }
  return told;
}

describe('a device that slows', () => {
  const plan = planOf([[0], [1]], [1]);
  const measured = { throughputFps: 500, latencyMs: 4, memberMs: { full: [[2], [2]], alone: [[2], [2]] } };
  const report = reportOf(TWINS, [1e-3, 1e-3], plan, measured);
  const situation = situationOf(report);
  const begun = (known: Situation = situation): Replanner => new Replanner(known);
  const B_SLOW =
    (factor: number, since = 20_000) =>
    (place: number, at: number) =>
      place === 1 && at >= since ? factor : 1;

  it('alike everywhere keeps its plan', () => {
    const replanner = begun();
    const told = live(replanner, situation, report.chosen, {
      from: 0,
      to: 120_000,
      factor: (_, at) => (at < 20_000 ? 1 : 3),
    });
    expect(told).toEqual([]);
  });

  it('and keeps up with its source all the same keeps its plan', () => {
    const known = situationOf(report, { sourceFps: 120 });
    const factor = B_SLOW(4);
    expect(live(begun(known), known, report.chosen, { from: 0, to: 120_000, factor })).toEqual([]);
    const faster = situationOf(report, { sourceFps: 180 });
    expect(live(begun(faster), faster, report.chosen, { from: 0, to: 120_000, factor })).toHaveLength(1);
  });

  it('on one processor: that one gets less to do after eight seconds, and the reason is told', () => {
    const told = live(begun(), situation, report.chosen, { from: 0, to: 60_000, factor: B_SLOW(4) });
    expect(told).toHaveLength(1);
    expect(told[0]?.at).toBeGreaterThanOrEqual(20_000 + 0.75 * SUSTAINED_MS);
    expect(told[0]?.at).toBeLessThanOrEqual(20_000 + SUSTAINED_MS + 250);
    expect(told[0]?.detour).toMatchObject({ reason: 'slowed', processor: 1 });
    expect(told[0]?.detour?.reason === 'slowed' && told[0].detour.factor).toBeCloseTo(4);
  });

  it('and is fast again: the chosen plan comes back, and nothing is told of it', () => {
    const factor = (place: number, at: number): number =>
      place === 1 && at >= 20_000 && at < 60_000 ? 4 : 1;
    const told = live(begun(), situation, report.chosen, { from: 0, to: 150_000, factor });
    expect(told).toHaveLength(2);
    expect(told[1]?.entry && isSamePlan(told[1].entry, plan)).toBe(true);
    expect(told[1]?.detour).toBeNull();
  });

  it('and changes its mind all the time: plans change at most after 20 s, 40 s, 80 s …', () => {
    const factor = (place: number, at: number): number => (Math.floor(at / 9000) % 2 === place ? 5 : 1);
    const told = live(begun(), situation, report.chosen, { from: 0, to: 600_000, factor });
    const gaps = told.slice(1).map(({ at }, i) => at - (told[i]?.at ?? 0));
    expect(gaps.every((gap, i) => gap >= 20_000 * 2 ** i)).toBe(true);
    expect(told.length).toBeLessThanOrEqual(6);
  });

  it('was idle for a while: nothing is concluded from before', () => {
    const replanner = begun();
    live(replanner, situation, report.chosen, { from: 0, to: 27_000, factor: B_SLOW(4) });
    replanner.rests();
    expect(replanner.look(28_000)).toBeNull();
  });

  it('has fewer cores: a group of threads gives way to one thread', () => {
    const groups = reportOf(GROUPS, [1e-3, 1.8e-3, 1.8e-3], single(0), {
      throughputFps: 250,
      latencyMs: 4,
      memberMs: { full: [[4]], alone: [[4]] },
    });
    const known = situationOf(groups);
    const factor = (place: number, at: number): number => (at < 20_000 ? 1 : place === 0 ? 3 : 1);
    const told = live(begun(known), known, groups.chosen, { from: 0, to: 40_000, factor });
    expect(told).toHaveLength(1);
    expect(told[0]?.entry?.stages.flatMap(membersOf).every(({ processor }) => processor === 'wasm:1')).toBe(
      true,
    );
    expect(told[0]?.detour).toMatchObject({ reason: 'slowed', processor: 0 });
  });

  it('is not followed where nothing was measured', () => {
    const guessed = reportOf(TWINS, [1e-3, 1e-3], plan);
    const told = live(begun(situationOf(guessed)), situationOf(guessed), guessed.chosen, {
      from: 0,
      to: 60_000,
      factor: B_SLOW(4),
    });
    expect(told).toEqual([]);
  });
});

describe('a processor that is lost', () => {
  const report = reportOf(GROUPS, [1e-3, 1.5e-3, 1.5e-3], planOf([[1], [2]], [1]));
  const lost = (...processors: readonly number[]) => ({ reason: 'lost', processors });

  it.each([
    ['goes on on what is open', [2], [1], [1], lost(2)],
    ['goes on on what is left, where nothing is open', [1, 2], [], [0], lost(1, 2)],
  ])('%s', (_, gone, open, used, detour) => {
    const course = new Replanner(situationOf(report)).without(gone, open);
    expect(course.entry?.stages.flatMap(membersOf).map(({ processorIndex }) => processorIndex)).toEqual(used);
    expect(course.detour).toEqual(detour);
  });

  it('stays lost until it is forgiven', () => {
    const replanner = new Replanner(situationOf(report));
    replanner.without([1], [2]);
    expect(replanner.without([2], [])).toMatchObject({
      entry: { stages: [{ processorIndex: 0 }] },
      detour: lost(1, 2),
    });
    replanner.forgive();
    expect(replanner.without([0], [1, 2]).detour).toBeNull();
  });

  it('leaves the whole model to one WASM processor where none is left, or nobody knows which it is', () => {
    const replanner = new Replanner(situationOf(report));
    expect(replanner.without([], [1, 2])).toEqual({ entry: null, detour: lost() });
    expect(replanner.without([0, 1, 2], [])).toEqual({ entry: null, detour: lost(0, 1, 2) });
    expect(new Replanner(null).without([0], [])).toEqual({ entry: null, detour: null });
  });
});
