import { describe, expect, it } from 'vitest';
import type { Stage } from '../../../core/planning/plan.ts';
import type { WorkCost } from '../../../playground/plan-report.ts';
import { columnsOf, costStages, stageNames } from './cost-view.ts';

const PROCESSORS = ['webgpu', 'wasm:1', 'wasm:1'] as const;
const work = (
  name: string,
  roofline: readonly number[],
  measured: readonly number[] | null = null,
): WorkCost => ({
  name,
  flop: 1,
  bytes: 1,
  roofline,
  measured,
  calibrated: null,
});
const STAGES: readonly Stage[] = [
  { processor: 'wasm:1', processorIndex: 2, fromUnit: 0, toUnit: 0 },
  { processor: 'webgpu', processorIndex: 0, fromUnit: 1, toUnit: 2 },
];
const REPORT = {
  processors: PROCESSORS,
  units: [work('a', [1, 4, 4], [2, 8, 8]), work('b', [2, 2, 2], [1, 1, 1]), work('c', [3, 3, 3], [4, 4, 4])],
  layers: [
    work('a1', [1, 3, 3]),
    work('a2', [0, 1, 1]),
    work('b1', [2, 2, 2]),
    work('c1', [1, 2, 2]),
    work('c2', [2, 1, 1]),
  ],
};

describe('costStages', () => {
  it('has one column for equal processors, shares of the dearest, and marks where each row runs', () => {
    expect(columnsOf(PROCESSORS)).toEqual([0, 1]);
    const cells = costStages(REPORT, 'measured', { stages: STAGES }).map(({ rows }) =>
      rows.map(({ unit, cells }) => [
        unit,
        ...cells.map(({ seconds, share, isRun }) => [seconds, share, isRun]),
      ]),
    );
    expect(cells).toEqual([
      [[1, [2, 0.25, false], [8, 1, true]]],
      [
        [2, [1, 0.125, true], [1, 0.125, false]],
        [3, [4, 0.5, true], [4, 0.5, false]],
      ],
    ]);
  });
  it('of layers puts each under the stage of its unit', () => {
    const rows = costStages(REPORT, 'roofline', { stages: STAGES }, [2, 1, 2]).map(({ rows }) =>
      rows.map(({ work: { name }, unit }) => [name, unit]),
    );
    expect(rows).toEqual([
      [
        ['a1', 1],
        ['a2', 1],
      ],
      [
        ['b1', 2],
        ['c1', 3],
        ['c2', 3],
      ],
    ]);
  });
});

it('stageNames', () => {
  const [a, b] = STAGES;
  if (!a || !b) throw new Error('no stages');
  expect(stageNames(a, 'pipeline', PROCESSORS)).toBe('WASM B');
  expect(stageNames(a, 'single', PROCESSORS)).toBe('WASM');
  const both = { ...b, others: [{ processor: 'wasm:1' as const, processorIndex: 1 }] };
  expect(stageNames(both, 'hybrid', PROCESSORS)).toBe('WebGPU and WASM A in turn');
});
