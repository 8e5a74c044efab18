import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessorId } from '../profile/profile.ts';
import { compareByObjective, OBJECTIVES, type Objective } from './objective.ts';
import { enumeratePlans, loadedLatencySeconds, planLabel, processorsOf, type PlanKind } from './plan.ts';

describe('enumeratePlans', () => {
  it('lists every plan of two different processors and three units', () => {
    expect(enumeratePlans(['webgpu', 'wasm:1'], 3).map(planLabel).sort()).toEqual([
      'wasm:1[0–0] → webgpu[1–2]',
      'wasm:1[0–1] → webgpu[2–2]',
      'wasm:1[0–2]',
      'webgpu + wasm:1[0–2]',
      'webgpu[0–0] → wasm:1[1–2]',
      'webgpu[0–1] → wasm:1[2–2]',
      'webgpu[0–2]',
    ]);
  });

  it('counts two equal processors once, and names the first', () => {
    const plans = enumeratePlans(['wasm:1', 'wasm:1'], 3);
    expect(plans.map((plan) => processorsOf(plan).map(({ processorIndex }) => processorIndex))).toEqual([
      [0],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(plans.map(({ kind }) => kind).sort()).toEqual(['pipeline', 'pipeline', 'replicated', 'single']);
  });

  it.each([
    // Σ over ordered groupings into k stages of C(U − 1, k − 1): groupings of some of P are P = 2: 3, 2; P = 3: 7, 12, 6.
    [['webgpu', 'wasm:1'], 8, 3 + 2 * 7],
    [['webgpu', 'wasm:1', 'wasm:2'], 6, 7 + 12 * 5 + 6 * 10],
    // Equal processors: {g, w, ww, gw, gww}; {g|w, w|w, …}: 3 orders of singles and gw|w, w|gw, g|ww, ww|g; g|w|w thrice.
    [['webgpu', 'wasm:1', 'wasm:1'], 6, 5 + 7 * 5 + 3 * 10],
    [['webgpu', 'wasm:1'], 1, 3],
    // Compositions of 1…4 workers into k stages: 4, 6, 4, 1.
    [['wasm:1', 'wasm:1', 'wasm:1', 'wasm:1'], 5, 4 + 6 * 4 + 4 * 6 + 4],
  ] as const)('%j over %i units: %i plans', (processors, units, count) => {
    expect(enumeratePlans(processors, units)).toHaveLength(count);
  });

  it('uses no more WASM threads at once than there are cores', () => {
    const plans = enumeratePlans(['wasm:2', 'wasm:1', 'wasm:1'], 2, 2);
    expect(plans.map(planLabel).sort()).toEqual([
      'wasm:1 + wasm:1[0–1]',
      'wasm:1[0–0] → wasm:1[1–1]',
      'wasm:1[0–1]',
      'wasm:2[0–1]',
    ]);
    expect(enumeratePlans(['webgpu', 'wasm:2'], 1, 2)).toHaveLength(3);
  });

  it('has no duplicates, and each plan covers every unit once on distinct workers', () => {
    const processors = fc.array(fc.constantFrom<ProcessorId>('webgpu', 'wasm:1', 'wasm:2'), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(processors, fc.integer({ min: 1, max: 7 }), (list, units) => {
        const plans = enumeratePlans(list, units);
        expect(new Set(plans.map(planLabel)).size).toBe(plans.length);
        for (const plan of plans) {
          const { kind, stages } = plan;
          const members = processorsOf(plan);
          const expected: PlanKind =
            stages.length === members.length
              ? stages.length === 1
                ? 'single'
                : 'pipeline'
              : stages.length === 1
                ? 'replicated'
                : 'hybrid';
          expect(kind).toBe(expected);
          expect(stages[0]?.fromUnit).toBe(0);
          expect(stages.at(-1)?.toUnit).toBe(units - 1);
          stages.forEach(({ fromUnit, toUnit }, s) => {
            expect(toUnit).toBeGreaterThanOrEqual(fromUnit);
            if (s > 0) expect(fromUnit).toBe((stages[s - 1]?.toUnit ?? NaN) + 1);
          });
          for (const { processor, processorIndex } of members) expect(list[processorIndex]).toBe(processor);
          expect(new Set(members.map(({ processorIndex }) => processorIndex)).size).toBe(members.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('compareByObjective', () => {
  const rated = { fast: [60, 50], snappy: [40, 10], slow: [20, 5] } as const;
  const order = (objective: Objective, sourceFps = 30): string[] =>
    Object.entries(rated)
      .map(([name, [throughputFps, latency]]) => ({ name, throughputFps, latency }))
      .sort((a, b) => compareByObjective(a, b, objective, sourceFps))
      .map(({ name }) => name);

  it('fastest: frames a second', () => {
    expect(order('fastest')).toEqual(['fast', 'snappy', 'slow']);
  });
  it('snappiest: latency', () => {
    expect(order('snappiest')).toEqual(['slow', 'snappy', 'fast']);
  });
  it('smooth: least latency among those that keep the rate, then the fastest of the rest', () => {
    expect(order('smooth', 30)).toEqual(['snappy', 'fast', 'slow']);
    expect(order('smooth', 50)).toEqual(['fast', 'snappy', 'slow']);
    expect(order('smooth', 100)).toEqual(['fast', 'snappy', 'slow']);
    expect(order('smooth', 10)).toEqual(['slow', 'snappy', 'fast']);
  });
  it('is a consistent order', () => {
    const one = fc.record({
      throughputFps: fc.integer({ min: 1, max: 4 }),
      latency: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(one, one, one, fc.constantFrom(...OBJECTIVES), (a, b, c, objective) => {
        const compare = (x: typeof a, y: typeof a): number =>
          Math.sign(compareByObjective(x, y, objective, 2.5));
        expect(compare(a, b) + compare(b, a)).toBe(0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('loadedLatencySeconds', () => {
  const plan = { throughputFps: 20, latencySeconds: 0.08 };
  it.each([
    ['keeps up: nothing waits', 15, 3, 0.08],
    ['just keeps up', 20, 3, 0.08],
    ["is saturated: Little's law, 3 in flight at 20 a second", 30, 3, 0.15],
    ['is saturated, but too shallow to queue', 30, 1, 0.08],
  ])('a plan that %s', (_, sourceFps, depth, expected) => {
    expect(loadedLatencySeconds(plan, sourceFps, depth)).toBeCloseTo(expected, 12);
  });
});
