import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE } from '../../fixtures/profile.ts';
import { anyCosts } from '../../fixtures/random-costs.ts';
import type { CostTable } from '../cost/cost-table.ts';
import type { Unit } from '../graph/units.ts';
import type { ProcessorId } from '../profile/profile.ts';
import { dealOf } from './deal.ts';
import type { Plan } from './plan.ts';
import { predict, rankPlans, type PlannerInput } from './planner.ts';
import { FREE, transfersOf, type Transfers } from './transfer.ts';

const NO_TRANSFERS: Transfers = { upload: FREE, download: FREE, hop: FREE };

/** A chain whose unit `u` reads `floats[u]` numbers and writes `floats[u + 1]`. */
function chainOf(floats: readonly number[]): readonly Unit[] {
  const value = (i: number) => ({ name: `v${i}`, dtype: 'float32' as const, shape: [floats[i] ?? 1] });
  return floats.slice(1).map((_, index) => ({
    index,
    name: `unit${index}`,
    layers: [],
    input: value(index),
    output: value(index + 1),
  }));
}

function inputOf(seconds: readonly (readonly number[])[], more: Partial<PlannerInput> = {}): PlannerInput {
  const processors: readonly ProcessorId[] = seconds.map((_, p): ProcessorId => `wasm:${p + 1}`);
  const costs: CostTable = { model: 'roofline', processors, seconds };
  const units = chainOf(Array.from({ length: (seconds[0]?.length ?? 0) + 1 }, () => 1));
  return { units, costs, transfers: NO_TRANSFERS, objective: 'fastest', sourceFps: 30, ...more };
}

const stage = (processor: ProcessorId, processorIndex: number, fromUnit: number, toUnit: number) => ({
  processor,
  processorIndex,
  fromUnit,
  toUnit,
});

describe('predict, by hand', () => {
  const units = chainOf([1000, 500, 250, 10]);
  const costs: CostTable = {
    model: 'roofline',
    processors: ['webgpu', 'wasm:1'],
    seconds: [
      [0.001, 0.002, 0.004],
      [0.01, 0.02, 0.04],
    ],
  };
  const input: PlannerInput = {
    units,
    costs,
    transfers: transfersOf(DEVICE),
    objective: 'fastest',
    sourceFps: 30,
  };

  it('charges upload and download to a WebGPU stage and the hop between workers', () => {
    const plan: Plan = { kind: 'pipeline', stages: [stage('webgpu', 0, 0, 1), stage('wasm:1', 1, 2, 2)] };
    const { stageSeconds, hopSeconds, throughputFps, latencySeconds } = predict(plan, input);
    // Upload 4000 B at 2 GB/s after 100 µs, download 1000 B at 1 GB/s after 200 µs, hop 1000 B at 4 GB/s after 50 µs.
    const gpu = 0.003 + (1e-4 + 4000 / 2e9) + (2e-4 + 1000 / 1e9);
    const hop = 5e-5 + 1000 / 4e9;
    expect(stageSeconds[0]).toBeCloseTo(gpu, 12);
    expect(stageSeconds[1]).toBeCloseTo(0.04, 12);
    expect(hopSeconds).toHaveLength(1);
    expect(hopSeconds[0]).toBeCloseTo(hop, 12);
    expect(throughputFps).toBeCloseTo(25, 9);
    expect(latencySeconds).toBeCloseTo(gpu + hop + 0.04, 12);
  });

  it('charges a WASM stage nothing but its work', () => {
    const plan: Plan = { kind: 'single', stages: [stage('wasm:1', 1, 0, 2)] };
    const predicted = predict(plan, input);
    expect(predicted.latencySeconds).toBeCloseTo(0.07, 12);
    expect(predicted.throughputFps).toBeCloseTo(1 / 0.07, 9);
    expect(predicted.hopSeconds).toEqual([]);
  });

  it('prices stages that work at once as beside each other, and a frame alone as alone', () => {
    const besideCosts = { ...costs, seconds: costs.seconds.map((column) => column.map((t) => 2 * t)) };
    const plan: Plan = { kind: 'pipeline', stages: [stage('webgpu', 0, 0, 1), stage('wasm:1', 1, 2, 2)] };
    const free = { ...input, transfers: NO_TRANSFERS, besideCosts };
    expect(predict(plan, free)).toMatchObject({
      throughputFps: expect.closeTo(1 / 0.08, 9) as number,
      latencySeconds: expect.closeTo(0.043, 12) as number,
      stageSeconds: [expect.closeTo(0.006, 12), expect.closeTo(0.08, 12)],
    });
    const single: Plan = { kind: 'single', stages: [stage('wasm:1', 1, 0, 2)] };
    expect(predict(single, free)).toEqual(predict(single, { ...input, transfers: NO_TRANSFERS }));
  });

  it('is limited by a hand-over that is slower than every stage', () => {
    const slow = { ...NO_TRANSFERS, hop: { latencySeconds: 0.5, bytesPerSecond: Infinity } };
    const plan: Plan = { kind: 'pipeline', stages: [stage('webgpu', 0, 0, 1), stage('wasm:1', 1, 2, 2)] };
    expect(predict(plan, { ...input, transfers: slow }).throughputFps).toBeCloseTo(2, 12);
  });
});

/** Least slowest-stage time over every way to hand contiguous runs to groups of processors, by plain recursion. */
function bruteForce(
  seconds: readonly (readonly number[])[],
  from: number,
  used: ReadonlySet<number>,
): number {
  const units = seconds[0]?.length ?? 0;
  if (from === units) return 0;
  let best = Infinity;
  const free = seconds.flatMap((_, p) => (used.has(p) ? [] : [p]));
  for (let bits = 1; bits < 1 << free.length; bits++) {
    const group = free.filter((_, i) => (bits >> i) & 1);
    for (let to = from; to < units; to++) {
      const times = group.map((p) => (seconds[p] ?? []).slice(from, to + 1).reduce((sum, t) => sum + t, 0));
      const rest = bruteForce(seconds, to + 1, new Set([...used, ...group]));
      best = Math.min(best, Math.max(dealOf(times).secondsPerFrame, rest));
    }
  }
  return best;
}

describe('rankPlans', () => {
  it('finds the fastest plan that there is', () => {
    fc.assert(
      fc.property(anyCosts, (seconds) => {
        const best = rankPlans(inputOf(seconds)).plans[0];
        expect(1 / (best?.predicted.throughputFps ?? NaN)).toBeCloseTo(bruteForce(seconds, 0, new Set()), 9);
      }),
    );
  });

  it('gives every plan 1 / its slowest stage, and the sum of all stages as latency', () => {
    fc.assert(
      fc.property(anyCosts, (seconds) => {
        const hop = { latencySeconds: 0.01, bytesPerSecond: 100 };
        const { plans } = rankPlans(inputOf(seconds, { transfers: { ...NO_TRANSFERS, hop } }));
        for (const { plan, predicted } of plans) {
          const parts = [...predicted.stageSeconds, ...predicted.hopSeconds];
          expect(predicted.stageSeconds).toHaveLength(plan.stages.length);
          expect(predicted.hopSeconds).toEqual(plan.stages.slice(1).map(() => 0.05));
          expect(predicted.throughputFps).toBe(1 / Math.max(...parts));
          // Of a replicated stage, frames wait for the slowest member.
          const slowest = predicted.memberSeconds.map((members, s) => {
            const dealt = new Set(dealOf(members).pattern);
            expect(predicted.stageSeconds[s]).toBe(dealOf(members).secondsPerFrame);
            return Math.max(...members.filter((_, m) => dealt.has(m)));
          });
          expect(predicted.latencySeconds).toBeCloseTo(
            [...slowest, ...predicted.hopSeconds].reduce((sum, t) => sum + t),
            12,
          );
        }
      }),
    );
  });

  it('orders by the objective, and prefers the simpler of equal plans', () => {
    const seconds = [
      [0.01, 0.01],
      [0.02, 0.02],
    ];
    const first = (objective: PlannerInput['objective'], sourceFps = 30) =>
      rankPlans(inputOf(seconds, { objective, sourceFps })).plans[0]?.plan.kind;
    // Alone on the first: 20 ms, 50 fps. Cut in half: 20 ms slowest stage, 30 ms latency. Dealt 2 : 1, 40 ms for three.
    expect(first('fastest')).toBe('replicated');
    expect(first('snappiest')).toBe('single');
    expect(first('smooth', 50)).toBe('single');
    expect(first('smooth', 1000)).toBe('replicated');
  });

  it('keeps the best few, and counts all', () => {
    fc.assert(
      fc.property(anyCosts, fc.integer({ min: 1, max: 9 }), (seconds, most) => {
        const input = inputOf(seconds);
        const [all, few] = [rankPlans(input), rankPlans(input, most)];
        expect(few.plans).toEqual(all.plans.slice(0, most));
        expect(few.considered).toBe(all.plans.length);
        for (const [kind, best] of few.bestOfKind)
          expect(best).toEqual(all.plans.find(({ plan }) => plan.kind === kind));
      }),
    );
  });
});
