/** @file Reports of what planning found. Length: its parts share one request and one set of findings. */
import { describe, expect, it } from 'vitest';
import { repNetBytes } from '../fixtures/models.ts';
import { DEVICE } from '../fixtures/profile.ts';
import { measuredTable, rooflineTable, type CostTable } from '../core/cost/cost-table.ts';
import { planLabel, processorsOf, type RankedPlan } from '../core/planning/plan.ts';
import { paperPlan } from '../core/planning/paper.ts';
import { rankPlans, type PlannerInput } from '../core/planning/planner.ts';
import { transfersOf } from '../core/planning/transfer.ts';
import { prepareModel } from '../core/prepare-model.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { err } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { buildPlanReport, type Findings } from './build-plan-report.ts';
import type { PlanReport } from './plan-report.ts';
import type { PlanRequest } from './plan-request.ts';
import type { RacedPlan } from './race-plans.ts';

const prepared = prepareModel(repNetBytes());
if (!prepared.ok) throw new Error(prepared.error.code);
const form = prepared.value.forms.deploy.description;

const requestOf = (processors: readonly ProcessorId[], more: Partial<PlanRequest> = {}): PlanRequest => ({
  modelId: 'tiny',
  configuration: null,
  form,
  segments: () => Promise.resolve(err({ code: 'cancelled' })),
  processors,
  cores: 8,
  objective: 'fastest',
  sourceFps: 30,
  profile: DEVICE,
  measure: 'none',
  engines: [],
  clients: [],
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...more,
});

/** 1 ms a layer on the first processor, 2 ms on the second, and so on; no unit is free. */
const timesOf = (processors: readonly ProcessorId[]) =>
  processors.map((processor, p) => ({
    processor,
    seconds: form.layers.map(() => 1e-3 * (p + 1)),
    totalSeconds: 1e-3 * (p + 1) * form.layers.length,
  }));

/** What planning finds before it races anything. */
function findingsOf(request: PlanRequest, more: Partial<Findings> = {}): Findings {
  const { processors, objective, sourceFps, profile } = request;
  const roofs = processors.flatMap((processor) => rooflineOf(profile, processor) ?? []);
  const roofline = rooflineTable(form.units, roofs);
  const measured = measuredTable(form.units, timesOf(processors));
  const alone = form.layers.map((layer) => ({ layers: [layer] }));
  const input: PlannerInput = {
    units: form.units,
    costs: measured,
    transfers: transfersOf(profile),
    objective,
    sourceFps,
  };
  const { plans: ranked, considered } = rankPlans(input);
  const paper = paperPlan(input);
  if (!paper) throw new Error('there is no plan');
  return {
    costs: measured,
    tables: { roofline, calibrated: null, measured },
    layers: {
      roofline: rooflineTable(alone, roofs),
      calibrated: null,
      measured: measuredTable(alone, timesOf(processors)),
    },
    ranked,
    considered,
    paper,
    favourites: [],
    raced: [],
    singles: [],
    ...more,
  };
}

const raced = (entry: RankedPlan | undefined, throughputFps: number, latencyMs = 10): RacedPlan => {
  if (!entry) throw new Error('there is no such plan');
  const equality = { maxAbsDifference: 0, maxRelDifference: 0, inOrder: true, frames: 6 };
  return { ...entry, measured: { throughputFps, latencyMs, n: 40 }, equality };
};

const BOTH: readonly ProcessorId[] = ['webgpu', 'wasm:1'];
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

describe('the single processors of a report', () => {
  const single = (processor: ProcessorId, throughputFps: number) => ({
    processor,
    performance: { throughputFps, latencyMs: 1000 / throughputFps, n: 8 },
    times: null,
  });

  it('are predicted and measured side by side, in the order asked for', () => {
    const request = requestOf(BOTH);
    const report = buildPlanReport(request, findingsOf(request, { singles: [single('wasm:1', 7)] }));
    expect(report.singles.map(({ processor }) => processor)).toEqual(BOTH);
    expect(report.singles[0]?.measured).toBeNull();
    expect(report.singles[1]?.measured).toEqual({ throughputFps: 7, latencyMs: 1000 / 7, n: 8 });
    // 2 ms a layer, and no transfer for a processor in main memory.
    expect(report.singles[1]?.predicted.latencyMs).toBeCloseTo(2 * form.layers.length, 9);
  });
  it('that are equal are one entry', () => {
    const request = requestOf(['wasm:1', 'wasm:1']);
    const singles = [single('wasm:1', 7), single('wasm:1', 7)];
    const report = buildPlanReport(request, findingsOf(request, { singles }));
    expect(report.singles.map(({ processor }) => processor)).toEqual(['wasm:1']);
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

describe('the cost models of a report', () => {
  const request = requestOf(BOTH);
  const base = findingsOf(request);
  const [first, second] = base.ranked;
  const { roofline, measured } = base.tables;
  if (!first || !second || !measured) throw new Error('two plans and a measured table');

  it('are judged by how much slower their favourite ran than the best that ran', () => {
    const favourites = [
      { table: roofline, plan: second },
      { table: measured, plan: first },
    ];
    const runs = [raced(first, 20), raced(second, 15)];
    const { costModels } = buildPlanReport(request, { ...base, favourites, raced: runs });
    expect(costModels.map(({ id, regret }) => [id, regret])).toEqual([
      ['roofline', 0.25],
      ['measured', 0],
    ]);
  });
  it('have no regret where their favourite was not run', () => {
    const favourites = [{ table: roofline, plan: second }];
    const report = buildPlanReport(request, { ...base, favourites, raced: [raced(first, 20)] });
    expect(report.costModels).toMatchObject([{ id: 'roofline', regret: null }]);
    expect(buildPlanReport(request, { ...base, favourites }).costModels[0]?.regret).toBeNull();
  });
  it('err against the measured table, which has no error of its own', () => {
    /** Half of what was measured, everywhere. */
    const half: CostTable = {
      ...roofline,
      seconds: measured.seconds.map((column) => column.map((t) => t / 2)),
    };
    const favourites = [half, measured].map((table) => ({ table, plan: first }));
    const [bound, own] = buildPlanReport(request, { ...base, favourites }).costModels;
    expect(bound?.mape).toBeCloseTo(0.5, 12);
    expect(bound?.wholeError).toBeCloseTo(0.5, 12);
    expect(bound?.spearman).toBeCloseTo(1, 12);
    expect(bound?.statedError).toBeNull();
    const none = { mape: null, spearman: null, wholeError: null, regret: null };
    expect(own).toEqual({ id: 'measured', ...none, statedError: 0 });
    const unmeasured = buildPlanReport(request, {
      ...base,
      favourites: favourites.slice(0, 1),
      tables: { ...base.tables, measured: null },
    });
    expect(unmeasured.costModels).toEqual([{ id: 'roofline', ...none, statedError: null }]);
  });
});

describe('the tables of a report', () => {
  const request = requestOf(BOTH);
  const report = buildPlanReport(request, findingsOf(request));

  it('have a row a layer and a row a unit, of the same work', () => {
    expect(report.layers.map(({ name }) => name)).toEqual(form.layers.map(({ name }) => name));
    expect(report.units.map(({ name }) => name)).toEqual(form.units.map(({ name }) => name));
    const flop = (rows: PlanReport['layers']): number => rows.reduce((sum, row) => sum + row.flop, 0);
    expect(flop(report.layers)).toBe(form.flop);
    expect(flop(report.units)).toBe(form.flop);
    const seconds = (rows: PlanReport['layers'], of: 'roofline' | 'measured', p: number): number =>
      rows.reduce((sum, row) => sum + (row[of]?.[p] ?? NaN), 0);
    for (const of of ['roofline', 'measured'] as const) {
      for (const p of [0, 1]) {
        expect(seconds(report.units, of, p)).toBeCloseTo(seconds(report.layers, of, p), 12);
      }
    }
  });
  it('price each row on each processor, in their order', () => {
    for (const row of [...report.layers, ...report.units]) {
      expect(row.roofline).toHaveLength(2);
      // The GPU of this profile has ten times the peak and the bandwidth.
      expect(row.roofline[1]).toBeCloseTo(10 * (row.roofline[0] ?? NaN), 15);
      expect(row.measured?.[1]).toBeCloseTo(2 * (row.measured?.[0] ?? NaN), 12);
    }
    expect(report.layers[0]?.measured?.[0]).toBeCloseTo(1e-3, 12);
  });
  it('say null and not 0 where nothing was measured', () => {
    const findings = findingsOf(request);
    const layers = { ...findings.layers, measured: null };
    const predicted = buildPlanReport(request, {
      ...findings,
      tables: { ...findings.tables, measured: null },
      layers,
    });
    const rows = [...predicted.layers, ...predicted.units];
    expect(rows.every(({ measured, calibrated }) => measured === null && calibrated === null)).toBe(true);
  });
  it('bound what any plan of the report is predicted to reach', () => {
    for (const { predicted } of report.plans) {
      expect(predicted.throughputFps).toBeLessThanOrEqual(report.bound.lpThroughputFps * (1 + 1e-9));
    }
  });
});
