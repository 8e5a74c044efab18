import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessorId } from '../profile/profile.ts';
import { enumeratePlans, type Plan } from './plan.ts';
import { predict, rankPlans, type PlannerInput } from './planner.ts';
import { FREE } from './transfer.ts';
import { arrangementOf, bestOfArrangements, cutRange, moveCut, neighboursOf, whatIf } from './what-if.ts';

function inputOf(
  seconds: readonly (readonly number[])[],
  processors: readonly ProcessorId[] = seconds.map((_, p): ProcessorId => `wasm:${p + 1}`),
): PlannerInput {
  const value = { name: 'v', dtype: 'float32' as const, shape: [1] };
  return {
    units: (seconds[0] ?? []).map(() => ({ input: value, output: value })),
    costs: { model: 'measured', processors, seconds },
    transfers: { upload: FREE, download: FREE, hop: FREE },
    objective: 'fastest',
    sourceFps: 30,
  };
}

/** Units 0–1 on the first, 2–4 on the second, 5–7 on the third of three processors. */
const THREE: Plan = {
  kind: 'pipeline',
  stages: [
    { processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 1 },
    { processor: 'wasm:2', processorIndex: 1, fromUnit: 2, toUnit: 4 },
    { processor: 'wasm:3', processorIndex: 2, fromUnit: 5, toUnit: 7 },
  ],
};
const rangesOf = ({ stages }: Pick<Plan, 'stages'>) =>
  stages.map(({ fromUnit, toUnit }) => [fromUnit, toUnit]);

describe('moveCut', () => {
  it.each([
    [
      'later',
      0,
      3,
      [
        [0, 3],
        [4, 4],
        [5, 7],
      ],
    ],
    [
      'earlier',
      1,
      2,
      [
        [0, 1],
        [2, 2],
        [3, 7],
      ],
    ],
    [
      'no further than its neighbours',
      0,
      7,
      [
        [0, 3],
        [4, 4],
        [5, 7],
      ],
    ],
    [
      'nor before them',
      1,
      0,
      [
        [0, 1],
        [2, 2],
        [3, 7],
      ],
    ],
    [
      'nor past the last unit',
      1,
      99,
      [
        [0, 1],
        [2, 6],
        [7, 7],
      ],
    ],
  ] as const)('%s', (_, s, toUnit, expected) => {
    expect(rangesOf(moveCut(THREE, s, toUnit))).toEqual(expected);
  });
  it('stays in its range, which every stage leaves a unit', () => {
    expect([0, 1].map((s) => cutRange(THREE, s))).toEqual([
      { min: 0, max: 3 },
      { min: 2, max: 6 },
    ]);
  });
});

describe('bestOfArrangements', () => {
  const input = inputOf(
    [
      [4, 1, 1, 2],
      [3, 3, 3, 3],
      [3, 3, 3, 3],
    ],
    ['webgpu', 'wasm:1', 'wasm:1'],
  );
  it('has each arrangement once, at its best cuts, the best first', () => {
    const best = bestOfArrangements(input);
    const all = enumeratePlans(input.costs.processors, 4);
    expect(best).toHaveLength(new Set(all.map(arrangementOf)).size);
    expect(best[0]?.plan).toEqual(rankPlans(input).plans[0]?.plan);
    for (const { plan, predicted } of best) {
      const same = all.filter((other) => arrangementOf(other) === arrangementOf(plan));
      expect(predicted.throughputFps).toBe(
        Math.max(...same.map((other) => predict(other, input).throughputFps)),
      );
    }
  });
});

describe('whatIf', () => {
  it('prices and simulates: what no queue holds up runs at the pace of the slowest stage', () => {
    const plan = moveCut({ ...THREE, stages: THREE.stages.slice(0, 2) }, 0, 1);
    const { predicted, simulation } = whatIf(
      plan,
      inputOf([
        [0.01, 0.01, 0.01, 0.01, 0.01],
        [0.01, 0.01, 0.01, 0.01, 0.01],
      ]),
    );
    expect(predicted.stageSeconds.map((t) => Number(t.toFixed(9)))).toEqual([0.02, 0.03]);
    expect(predicted.latencySeconds).toBeCloseTo(0.05, 9);
    expect(simulation.throughputFps).toBeCloseTo(1 / 0.03, 6);
    expect(simulation.utilisation[0]?.[0]).toBeCloseTo(2 / 3, 2);
    // Three credits at that pace.
    expect(simulation.latencySeconds.median).toBeCloseTo(0.09, 6);
  });
  it('deals frames as the planner does, and works alone at the price of alone', () => {
    const input = inputOf([[0.01], [0.02]]);
    const replicated: Plan = {
      kind: 'replicated',
      stages: [
        {
          processor: 'wasm:1',
          processorIndex: 0,
          fromUnit: 0,
          toUnit: 0,
          others: [{ processor: 'wasm:2', processorIndex: 1 }],
        },
      ],
    };
    expect(whatIf(replicated, input).plan.stages[0]?.deal).toEqual([0, 0, 1]);
    const slowed = { ...input, besideCosts: { ...input.costs, seconds: [[0.03], [0.06]] } };
    const single: Plan = {
      kind: 'single',
      stages: [{ processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 0 }],
    };
    expect(whatIf(single, slowed).simulation.throughputFps).toBeCloseTo(100, 6);
    const { simulation } = whatIf(replicated, slowed);
    expect(simulation.throughputFps).toBeLessThan(60);
  });
});

describe('neighboursOf', () => {
  it('moves each cut a unit either way, where every stage keeps one', () => {
    const input = inputOf([Array(8).fill(1), Array(8).fill(1), Array(8).fill(1)] as number[][]);
    const ranges = neighboursOf(moveCut(THREE, 0, 0), input).map(({ plan, stage, shift }) => [
      stage,
      shift,
      ...rangesOf(plan).map(([, last]) => last),
    ]);
    expect(ranges).toEqual([
      [0, 1, 1, 4, 7],
      [1, -1, 0, 3, 7],
      [1, 1, 0, 5, 7],
    ]);
  });
  it('prices them as the planner does', () => {
    const column = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.tuple(column, column, column), (seconds) => {
        const input = inputOf(seconds);
        for (const { plan, predicted } of neighboursOf(THREE, input))
          expect(predicted).toEqual(predict(plan, input));
      }),
    );
  });
});
