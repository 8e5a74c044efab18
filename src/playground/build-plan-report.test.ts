/** @file Which plans a report lists, in which order, and which one it puts in force. */
import { describe, expect, it } from 'vitest';
import { planLabel, processorsOf, type RankedPlan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { BOTH, findingsOf, raced, requestOf } from '../fixtures/findings.ts';
import { buildPlanReport } from './build-plan-report.ts';
import type { PlanReport } from './plan-report.ts';
import type { RacedPlan } from './race-plans.ts';

const measuredFps = ({ plans }: PlanReport): readonly number[] =>
  plans.flatMap(({ measured }) => measured?.throughputFps ?? []);

describe('the plans of a report', () => {
  it('are ranked by prediction where nothing was run, at most twelve of them', () => {
    const request = requestOf(BOTH);
    const findings = findingsOf(request);
    const report = buildPlanReport(request, findings);
    expect(report).toMatchObject({ model: 'tiny', objective: 'fastest', processors: BOTH });
    // Two singles, both in turn, and six cuts in two orders.
    expect(report.considered).toBe(15);
    expect(report.plans.map(planLabel)).toEqual(
      findings.ranked.slice(0, 12).map(({ plan }) => planLabel(plan)),
    );
    expect(report.plans.every(({ measured, equality }) => measured === null && equality === null)).toBe(true);
    expect(report.chosen).toBe(report.plans[0]);
    expect(report.plans[0]?.predicted).toEqual({
      throughputFps: findings.ranked[0]?.predicted.throughputFps,
      latencyMs: (findings.ranked[0]?.predicted.latencySeconds ?? NaN) * 1000,
      n: 0,
      errors: { throughput: 0, latency: 0 },
      hopMs: [],
    });
  });

  it('that were run come first, by what was measured and not by what was predicted', () => {
    const request = requestOf(BOTH);
    const { ranked } = findingsOf(request);
    const [first, second, third] = ranked;
    const last = ranked.at(-1);
    const runs = [raced(first, 20), raced(second, 25), raced(last, 30)];
    const report = buildPlanReport(request, findingsOf(request, { raced: runs }));
    expect(measuredFps(report)).toEqual([30, 25, 20]);
    expect(planLabel(report.chosen)).toBe(planLabel(last?.plan ?? report.chosen));
    expect(report.chosen.equality).toMatchObject({ inOrder: true, frames: 6 });
    // None is listed twice, and the best of those not run follows.
    expect(report.plans).toHaveLength(12);
    expect(new Set(report.plans.map(planLabel)).size).toBe(12);
    expect(planLabel(report.plans[3] ?? report.chosen)).toBe(planLabel(third?.plan ?? report.chosen));
  });

  it('are all listed where all were run', () => {
    const request = requestOf(BOTH);
    const runs = findingsOf(request).ranked.map((entry, i) => raced(entry, i + 1));
    const report = buildPlanReport(request, findingsOf(request, { raced: runs }));
    expect(measuredFps(report)).toEqual(runs.map((_, i) => runs.length - i));
  });

  it.each([
    ['fastest', [50, 40, 20]],
    ['snappiest', [20, 40, 50]],
    // Only 40 and 50 keep 30 frames/s; of these 40 answers sooner.
    ['smooth', [40, 50, 20]],
  ] as const)('are ordered for %s', (objective, expected) => {
    const request = requestOf(BOTH, { objective });
    const [a, b, c] = findingsOf(request).ranked;
    const runs = [raced(a, 40, 8), raced(b, 20, 5), raced(c, 50, 12)];
    expect(measuredFps(buildPlanReport(request, findingsOf(request, { raced: runs })))).toEqual(expected);
  });
});

describe('a plan that computes wrong', () => {
  const request = requestOf(BOTH);
  const { ranked } = findingsOf(request);
  const wrong = (entry: RankedPlan | undefined, change: Partial<RacedPlan['equality']>): RacedPlan => {
    const run = raced(entry, 90);
    return { ...run, equality: { ...run.equality, ...change } };
  };
  const labelOf = (entry: RankedPlan | undefined): string => (entry ? planLabel(entry.plan) : 'none');

  it.each([
    ['another answer', { maxRelDifference: 2e-3 }],
    ['no number', { maxRelDifference: NaN }],
    ['the right answers in the wrong order', { inOrder: false }],
  ])('(%s) is shown and never chosen, however fast', (_, change) => {
    const runs = [wrong(ranked[0], change), raced(ranked[1], 20), raced(ranked[2], 15)];
    const report = buildPlanReport(request, findingsOf(request, { raced: runs }));
    expect(measuredFps(report)).toEqual([20, 15, 90]);
    expect(planLabel(report.chosen)).toBe(labelOf(ranked[1]));
  });
  it('is what fp32 rounds differently not', () => {
    const runs = [wrong(ranked[0], { maxRelDifference: 1e-5 }), raced(ranked[1], 20)];
    const { chosen } = buildPlanReport(request, findingsOf(request, { raced: runs }));
    expect(planLabel(chosen)).toBe(labelOf(ranked[0]));
  });
  it.each([
    ['webgpu', 5e-3, 0],
    ['webgpu', 1.1e-2, 1],
    ['wasm:1', 5e-3, 1],
  ] as const)('is judged by the precision of its own processors: %s in fp16, %d', (inHalf, apart, chosen) => {
    const use = { engine: 'fused', obstacle: null, seconds: { fused: 0.01, ort: null }, n: 6 } as const;
    const engines = [{ ...use, processor: inHalf, precision: 'fp16' }] as const;
    const half = requestOf(BOTH, { engines });
    const alone = (processor: ProcessorId): RankedPlan | undefined =>
      ranked.find(({ plan }) => processorsOf(plan).every((each) => each.processor === processor));
    const runs = [wrong(alone('webgpu'), { maxRelDifference: apart }), raced(alone('wasm:1'), 20)];
    const report = buildPlanReport(half, findingsOf(half, { raced: runs }));
    expect(planLabel(report.chosen)).toBe(labelOf([alone('webgpu'), alone('wasm:1')][chosen]));
    expect(report.plans.find((entry) => planLabel(entry) === labelOf(alone(inHalf)))?.precision).toBe('fp16');
  });
  it('gives way even to one that was not run', () => {
    const runs = ranked.slice(0, 3).map((entry) => wrong(entry, { inOrder: false }));
    const { chosen } = buildPlanReport(request, findingsOf(request, { raced: runs }));
    expect(planLabel(chosen)).toBe(labelOf(ranked[3]));
    expect(chosen.measured).toBeNull();
  });
});

describe('the plan in force', () => {
  it('is a simpler one where the best gains no more than the figures err', () => {
    const request = requestOf(BOTH);
    const findings = findingsOf(request);
    const shared = findings.ranked.find(({ plan }) => plan.kind === 'pipeline');
    const alone = findings.ranked.find(({ plan }) => plan.kind === 'single');
    const reportWith = (error: number): PlanReport => {
      const errors = { throughput: error, latency: error };
      const runs = [raced(shared, 21), raced(alone, 20)].map((entry) => ({
        ...entry,
        measured: { ...entry.measured, errors },
      }));
      return buildPlanReport(request, { ...findings, raced: runs });
    };
    const unsure = reportWith(0.04);
    expect(unsure.chosen.kind).toBe('single');
    expect(unsure.passedOver?.plan.kind).toBe('pipeline');
    expect(unsure.passedOver?.gain).toBeCloseTo(0.05, 12);
    expect(unsure.passedOver?.error).toBeCloseTo(Math.hypot(0.04, 0.04), 12);
    const sure = reportWith(0.01);
    expect(sure.chosen.kind).toBe('pipeline');
    expect(sure.passedOver).toBeUndefined();
  });
});
