/** @file The costs that a report states: processors alone, how far the cost models were off, and its tables. */
import { describe, expect, it } from 'vitest';
import type { CostTable } from '../core/cost/cost-table.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { BOTH, findingsOf, form, raced, requestOf } from '../fixtures/findings.ts';
import { buildPlanReport } from './build-plan-report.ts';
import type { PlanReport } from './plan-report.ts';

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
