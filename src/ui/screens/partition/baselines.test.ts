import { expect, it } from 'vitest';
import type { Plan } from '../../../core/planning/plan.ts';
import { planReport, planTo } from '../../../fixtures/plan-report.ts';
import type { Performance, PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { baselinesOf } from './baselines.ts';

const performanceOf = (throughputFps: number, n = 9): Performance => ({
  throughputFps,
  latencyMs: 1000 / throughputFps,
  n,
});

const PROCESSORS = ['webgpu', 'wasm:1'] as const;

/** Fps predicted and measured. */
function entryOf(plan: Plan, predicted: number, measured: number | null): PlanEntry {
  return {
    ...plan,
    predicted: performanceOf(predicted, 0),
    measured: measured === null ? null : performanceOf(measured),
    equality: null,
  };
}

const SPLIT = entryOf(planTo(PROCESSORS, [1, 1], [0, 4]), 20, 18);
const GPU = entryOf(planTo(PROCESSORS, [0, 4]), 12, 11);

const reportOf = (more: Partial<PlanReport> = {}): PlanReport =>
  planReport(PROCESSORS, [SPLIT, GPU], {
    singles: [
      { processor: 'webgpu', predicted: performanceOf(12, 0), measured: performanceOf(13) },
      { processor: 'wasm:1', predicted: performanceOf(8, 0), measured: performanceOf(7) },
    ],
    paper: GPU,
    bound: { speedup: 1.9, lpThroughputFps: 22, dealtSpeedup: 1.6 },
    ...more,
  });

const rowsOf = (report: PlanReport) =>
  baselinesOf(report).map(({ role, plan, measured, predicted }) => [
    role,
    plan,
    measured?.throughputFps ?? null,
    predicted.throughputFps,
  ]);

it('ours, each processor as it ran in the race or else before, the paper’s plan, the bound', () => {
  expect(rowsOf(reportOf())).toEqual([
    ['In force', 'WASM 1–2 → WebGPU 3–5', 18, 20],
    ['WebGPU alone', 'the whole model', 11, 12],
    ['WASM alone', 'the whole model', 7, 8],
    ['The paper’s objective', 'WebGPU alone', 11, 12],
    ['The bound of the costs', 'units divided at will over 2 processors, transfers free', null, 22],
  ]);
});

it('says where the paper’s objective is of the same mind', () => {
  const [, , , paper] = rowsOf(reportOf({ chosen: GPU }));
  expect(paper).toEqual(['The paper’s objective, the same plan', 'WebGPU alone', 11, 12]);
});
