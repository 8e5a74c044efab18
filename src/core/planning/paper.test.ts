import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessorId } from '../profile/profile.ts';
import { paperPlan, paperSeconds } from './paper.ts';
import { rankPlans, type PlannerInput } from './planner.ts';
import { FREE } from './transfer.ts';

const value = { name: 'v', dtype: 'float32' as const, shape: [1] };
function inputOf(seconds: readonly (readonly number[])[], hopSeconds = 0): PlannerInput {
  const processors: readonly ProcessorId[] = seconds.map(() => 'wasm:1');
  return {
    units: (seconds[0] ?? []).map(() => ({ input: value, output: value })),
    costs: { model: 'roofline', processors, seconds },
    transfers: {
      upload: FREE,
      download: FREE,
      hop: { latencySeconds: hopSeconds, bytesPerSecond: Infinity },
    },
    objective: 'fastest',
    sourceFps: 30,
  };
}

const column = (units: number) =>
  fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: units, maxLength: units });

describe('the paper’s objective', () => {
  it('picks an end point wherever one processor is no slower on any unit, though a plan twice as fast is there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }).chain(column), (units) => {
        const input = inputOf([units, units], 1e-4);
        const paper = paperPlan(input);
        expect(paper?.plan.kind).toBe('single');
        const [fastest] = rankPlans(input).plans;
        expect(fastest?.predicted.throughputFps).toBeGreaterThan(
          1.9 * (paper?.predicted.throughputFps ?? NaN),
        );
      }),
    );
  });
  it('splits only where even a frame alone gains', () => {
    const favours = [
      [0.01, 0.09],
      [0.09, 0.01],
    ];
    expect(paperPlan(inputOf(favours, 0.07))?.plan.kind).toBe('pipeline');
    expect(paperPlan(inputOf(favours, 0.09))?.plan.kind).toBe('single');
  });
  it('is the least sum of all singles and pipelines', () => {
    const columns = fc
      .integer({ min: 1, max: 5 })
      .chain((units) => fc.array(column(units), { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(columns, (seconds) => {
        const input = inputOf(seconds, 0.01);
        const sums = rankPlans(input)
          .plans.filter(({ plan }) => plan.kind === 'single' || plan.kind === 'pipeline')
          .map(paperSeconds);
        const paper = paperPlan(input);
        expect(paper && paperSeconds(paper)).toBe(Math.min(...sums));
      }),
    );
  });
});
