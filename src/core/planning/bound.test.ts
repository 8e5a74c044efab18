import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCosts, costsOf } from '../../fixtures/random-costs.ts';
import type { CostTable } from '../cost/cost-table.ts';
import { threadsOf, type ProcessorId } from '../profile/profile.ts';
import { fractionalSeconds, throughputBound } from './bound.ts';
import { enumeratePlans } from './plan.ts';
import { Pricer } from './pricer.ts';
import { FREE } from './transfer.ts';

const tableOf = (
  seconds: readonly (readonly number[])[],
  processors: readonly ProcessorId[] = seconds.map((): ProcessorId => 'wasm:1'),
): CostTable => ({ model: 'roofline', processors, seconds });

describe('throughputBound', () => {
  it('for two equal processors is twice one', () => {
    const bound = throughputBound(
      tableOf([
        [0.1, 0.3],
        [0.1, 0.3],
      ]),
    );
    expect(bound.speedup).toBeCloseTo(2, 12);
    expect(bound.lpThroughputFps).toBeCloseTo(5, 12);
  });
  it('gives each unit to the processor it favours', () => {
    // First unit on A, second on B: both busy for 0.1 s.
    const bound = throughputBound(
      tableOf([
        [0.1, 0.9],
        [0.9, 0.1],
      ]),
    );
    expect(bound.lpThroughputFps).toBeCloseTo(10, 12);
    expect(bound.speedup).toBeCloseTo(10, 12);
  });
  it('of one processor is itself', () => {
    const bound = throughputBound(tableOf([[0.1, 0.3]]));
    expect(bound.speedup).toBe(1);
    expect(bound.lpThroughputFps).toBeCloseTo(2.5, 12);
  });
  it('of wide groups counts only those that fit into the cores together', () => {
    const bound = throughputBound(tableOf([[0.06], [0.1], [0.1]], ['wasm:2', 'wasm:1', 'wasm:1']), 2);
    expect(bound.lpThroughputFps).toBeCloseTo(20, 9);
    expect(bound.speedup).toBeCloseTo(1.2, 9);
    expect(bound.dealtSpeedup).toBeCloseTo(1.2, 9);
  });
  it('of whole frames dealt to two is 1 + Ta / Tb', () => {
    const columns = [
      [0.1, 0.1],
      [0.3, 0.1],
    ];
    expect(throughputBound(tableOf(columns)).dealtSpeedup).toBeCloseTo(1.5, 9);
  });
  it('is never beaten by any plan, and never below the best single processor', () => {
    const cores = fc.integer({ min: 2, max: 4 });
    const wide = fc.constantFrom<ProcessorId>('webgpu', 'wasm:1', 'wasm:2');
    const list = fc.array(wide, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(anyCosts, list, cores, (seconds, ids, most) => {
        const costs = tableOf(seconds, ids.slice(0, seconds.length));
        const bound = throughputBound(costs, most);
        const value = { name: 'v', dtype: 'float32' as const, shape: [1] };
        const units = (seconds[0] ?? []).map(() => ({ input: value, output: value }));
        const free = { upload: FREE, download: FREE, hop: FREE };
        const pricer = new Pricer({ units, costs, transfers: free });
        const plans = enumeratePlans(costs.processors, units.length, most);
        const best = Math.max(...plans.map((plan) => pricer.predict(plan).throughputFps));
        // In seconds, where a free plan is 0 and not infinite; 1 ps for rounding.
        expect(1 / bound.lpThroughputFps).toBeLessThanOrEqual(1 / best + 1e-12);
        expect(bound.speedup).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(costs.processors.every((id) => id === 'webgpu' || threadsOf(id) <= most)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  it('for three processors comes near what a fine grid of weights gives', () => {
    fc.assert(
      fc.property(costsOf(3), (columns) => {
        const GRID = 40;
        let best = 0;
        for (let i = 0; i <= GRID; i++) {
          for (let j = 0; i + j <= GRID; j++) {
            const weights = [i / GRID, j / GRID, (GRID - i - j) / GRID];
            const bound = (columns[0] ?? []).reduce(
              (sum, _, u) =>
                sum + Math.min(...columns.map((column, p) => (weights[p] ?? 0) * (column[u] ?? 0))),
              0,
            );
            best = Math.max(best, bound);
          }
        }
        expect(fractionalSeconds(columns)).toBeGreaterThanOrEqual(0.97 * best);
      }),
      { numRuns: 200 },
    );
  });
  it('for two processors is what the best of all fractional splits gives', () => {
    fc.assert(
      fc.property(costsOf(2), ([a = [], b = []]) => {
        const { lpThroughputFps } = throughputBound(tableOf([a, b]));
        // The dual: the optimum is max over λ of Σ min(λ·a, (1 − λ)·b); its kinks are at λ = b / (a + b).
        const kinks = a.map((onA, u) => (b[u] ?? 0) / (onA + (b[u] ?? 0) || 1));
        const dual = (lambda: number): number =>
          a.reduce((sum, onA, u) => sum + Math.min(lambda * onA, (1 - lambda) * (b[u] ?? 0)), 0);
        const optimum = Math.max(...kinks.map(dual));
        if (optimum > 0) expect(lpThroughputFps * optimum).toBeCloseTo(1, 6);
      }),
    );
  });
});
