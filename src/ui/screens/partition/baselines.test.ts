import { expect, it } from 'vitest';
import type { Performance, PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { baselinesOf } from './baselines.ts';

const performanceOf = (throughputFps: number, n = 9): Performance => ({
  throughputFps,
  latencyMs: 1000 / throughputFps,
  n,
});

/** Ends are [position in the list of processors, last unit]; fps predicted and measured. */
function entryOf(
  ends: readonly (readonly [number, number])[],
  predicted: number,
  measured: number | null,
): PlanEntry {
  const processors = ['webgpu', 'wasm:1'] as const;
  return {
    kind: ends.length === 1 ? 'single' : 'pipeline',
    stages: ends.map(([processorIndex, toUnit], i) => ({
      processor: processors[processorIndex] ?? 'wasm:1',
      processorIndex,
      fromUnit: i === 0 ? 0 : (ends[i - 1]?.[1] ?? 0) + 1,
      toUnit,
    })),
    predicted: performanceOf(predicted, 0),
    measured: measured === null ? null : performanceOf(measured),
    equality: null,
  };
}

const SPLIT = entryOf(
  [
    [1, 1],
    [0, 4],
  ],
  20,
  18,
);
const GPU = entryOf([[0, 4]], 12, 11);

function reportOf(more: Partial<PlanReport> = {}): PlanReport {
  return {
    model: 'tiny',
    objective: 'fastest',
    processors: ['webgpu', 'wasm:1'],
    engines: [],
    singles: [
      { processor: 'webgpu', predicted: performanceOf(12, 0), measured: performanceOf(13) },
      { processor: 'wasm:1', predicted: performanceOf(8, 0), measured: performanceOf(7) },
    ],
    plans: [SPLIT, GPU],
    chosen: SPLIT,
    paper: GPU,
    considered: 9,
    bound: { speedup: 1.9, lpThroughputFps: 22, dealtSpeedup: 1.6 },
    costModels: [],
    units: [],
    layers: [],
    ...more,
  };
}

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
