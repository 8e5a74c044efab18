import { describe, expect, it } from 'vitest';
import { predict } from '../core/planning/planner.ts';
import { DEVICE } from '../fixtures/profile.ts';
import { costModelsOf, pricesOf, secondsOf } from './plan-prices.ts';
import type { WorkCost } from './plan-report.ts';

const work = (more: Partial<WorkCost>): WorkCost => ({
  name: 'u',
  flop: 1,
  bytes: 1,
  roofline: [1, 2],
  calibrated: null,
  measured: null,
  ...more,
});
const value = { name: 'v', dtype: 'float32' as const, shape: [10] };
const UNITS = [0, 1].map((index) => ({ index, name: `u${index}`, layers: [], input: value, output: value }));
const PROCESSORS = ['webgpu', 'wasm:1'] as const;

describe('pricesOf', () => {
  it('turns a report into the planner’s prices, transfers of the profile with them', () => {
    const units = [work({ measured: [3, 4] }), work({ measured: [5, 6] })];
    const prices = pricesOf({ processors: PROCESSORS, units }, UNITS, DEVICE);
    expect(prices?.costs).toEqual({
      model: 'measured',
      processors: PROCESSORS,
      seconds: [
        [3, 5],
        [4, 6],
      ],
    });
    const plan = {
      kind: 'single' as const,
      stages: [{ processor: 'webgpu' as const, processorIndex: 0, fromUnit: 0, toUnit: 1 }],
    };
    // Upload and download of 40 bytes.
    expect(prices && predict(plan, prices).latencySeconds).toBeCloseTo(8 + 3e-4 + 40 / 2e9 + 40 / 1e9, 12);
  });
  it('is nothing for the units of another model', () => {
    expect(pricesOf({ processors: PROCESSORS, units: [work({})] }, UNITS, DEVICE)).toBeNull();
  });
});

describe('costModelsOf', () => {
  it.each([
    [[work({}), work({})], ['roofline']],
    [
      [work({ calibrated: [1, 1] }), work({ calibrated: [1, 1] })],
      ['calibrated', 'roofline'],
    ],
    [[work({ calibrated: [1, 1] }), work({})], ['roofline']],
    [
      [work({ calibrated: [1, 1], measured: [1, 1] }), work({ calibrated: [1, 1], measured: [1, 1] })],
      ['measured', 'calibrated', 'roofline'],
    ],
  ])('%#: only what prices every unit, what ranks first', (units, expected) => {
    expect(costModelsOf({ units })).toEqual(expected);
  });
  it('finds what each says', () => {
    expect(secondsOf(work({ measured: [7, 8] }), 'measured')).toEqual([7, 8]);
    expect(secondsOf(work({}), 'measured')).toBeNull();
  });
});
