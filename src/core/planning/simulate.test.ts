import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostTable } from '../cost/cost-table.ts';
import type { ProcessorId } from '../profile/profile.ts';
import { dealOf } from './deal.ts';
import { defaultDepth, enumeratePlans, loadedLatencySeconds, membersOf, type Plan } from './plan.ts';
import { predict } from './planner.ts';
import { jitterFactors, type SimulatedFrame, type StageCosts } from './simulate-schedule.ts';
import { simulate, type SimulationInput } from './simulate.ts';
import { FREE } from './transfer.ts';

const throughputOf = ({ memberSeconds, hopSeconds }: StageCosts): number =>
  1 / Math.max(...memberSeconds.map((seconds) => dealOf(seconds).secondsPerFrame), ...hopSeconds);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const seconds = fc.double({ min: 0.05, max: 1, noNaN: true });
const costsWith = (mostMembers: number, hop: fc.Arbitrary<number>): fc.Arbitrary<StageCosts> =>
  fc
    .array(fc.array(seconds, { minLength: 1, maxLength: mostMembers }), { minLength: 1, maxLength: 4 })
    .chain((memberSeconds) =>
      fc.record({
        memberSeconds: fc.constant(memberSeconds),
        hopSeconds: fc.array(hop, {
          minLength: memberSeconds.length - 1,
          maxLength: memberSeconds.length - 1,
        }),
      }),
    );
const anyHop = fc.double({ min: 0, max: 1, noNaN: true });
const smallHop = fc.double({ min: 0, max: 0.001, noNaN: true });
const anyJitter = fc.record({
  variation: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  seed: fc.integer(),
});
const anyInput: fc.Arbitrary<SimulationInput> = fc.record(
  {
    costs: costsWith(3, anyHop),
    frames: fc.integer({ min: 1, max: 100 }),
    sourceFps: fc.double({ min: 0.1, max: 100, noNaN: true }),
    depth: fc.integer({ min: 1, max: 9 }),
    jitter: anyJitter,
  },
  { requiredKeys: ['costs', 'frames'] },
);

describe('a schedule', () => {
  it('loses and doubles nothing: every frame once, at every stage, in order, within the credits', () => {
    fc.assert(
      fc.property(anyInput, ({ sourceFps = Infinity, ...input }) => {
        const { frames, dropped } = simulate({ ...input, sourceFps });
        const { memberSeconds, hopSeconds } = input.costs;
        const { depth = defaultDepth(memberSeconds) } = input;
        const outAt = frames.map(({ spans }) => spans.at(-1)?.end ?? NaN).sort((a, b) => a - b);
        const isRight = ({ id, arrivedAt, submittedAt, finishedAt, spans }: SimulatedFrame, i: number) =>
          id === i &&
          spans.length === memberSeconds.length &&
          spans.every(({ stage, start }, s) => {
            const before = spans[s - 1];
            const readyAt = before ? before.end + (hopSeconds[s - 1] ?? NaN) : submittedAt;
            return stage === s && start >= readyAt;
          }) &&
          arrivedAt <= submittedAt &&
          submittedAt - arrivedAt <= 1 / sourceFps + 1e-9 &&
          finishedAt === Math.max(spans.at(-1)?.end ?? NaN, frames[i - 1]?.finishedAt ?? 0) &&
          // Frame i needs that i − depth + 1 have left.
          submittedAt >= (outAt[i - depth] ?? 0);
        expect(frames).toHaveLength(input.frames);
        expect(frames.filter((frame, i) => !isRight(frame, i))).toEqual([]);
        // Announced = submitted + dropped; the last one announced was submitted.
        const before =
          sourceFps === Infinity ? frames.length - 1 : (frames.at(-1)?.arrivedAt ?? NaN) * sourceFps;
        expect(Math.round(before) + 1).toBe(frames.length + dropped);
      }),
    );
  });

  it('has no member at work on two frames at once', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { frames, utilisation } = simulate(input);
        const lastEnd = new Map<string, number>();
        const spans = frames.flatMap((frame) => frame.spans).sort((a, b) => a.start - b.start);
        const clashes = spans.filter(({ stage, member, start, end }) => {
          const key = `${stage}/${member}`;
          const isBusy = start < (lastEnd.get(key) ?? 0);
          lastEnd.set(key, end);
          return isBusy;
        });
        expect(clashes).toEqual([]);
        expect(Math.max(...utilisation.flat())).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        expect(simulate(input)).toEqual(simulate(input));
      }),
    );
  });
});

describe('against the closed forms', () => {
  const anyDepth = fc.integer({ min: 1, max: 9 });
  const anyRate = fc.oneof(fc.constant(Infinity), fc.double({ min: 0.5, max: 40, noNaN: true }));

  it('never exceeds the predicted throughput without jitter', () => {
    fc.assert(
      fc.property(costsWith(1, anyHop), anyDepth, anyRate, (costs, depth, sourceFps) => {
        const { throughputFps } = simulate({ costs, depth, sourceFps, frames: 300 });
        expect(throughputFps).toBeLessThanOrEqual(throughputOf(costs) * (1 + 1e-9));
      }),
    );
  });

  it('exceeds it in a replicated stage by no more than the frames in flight', () => {
    const costs = costsWith(2, anyHop).filter(({ memberSeconds }) => memberSeconds.length < 3);
    fc.assert(
      fc.property(costs, anyDepth, anyRate, (costs, depth, sourceFps) => {
        const { throughputFps } = simulate({ costs, depth, sourceFps, frames: 600 });
        expect(throughputFps).toBeLessThanOrEqual(throughputOf(costs) * (1 + depth / 400));
      }),
    );
  });

  it('reaches it within 1 % at saturation with the default credits', () => {
    fc.assert(
      fc.property(costsWith(1, smallHop), (costs) => {
        const { throughputFps } = simulate({ costs, frames: 300 });
        expect(throughputFps).toBeGreaterThan(0.99 * throughputOf(costs));
      }),
    );
  });

  it('obeys Little’s law: frames in flight = throughput · time in flight', () => {
    fc.assert(
      fc.property(costsWith(2, anyHop), anyDepth, anyJitter, (costs, depth, jitter) => {
        // So many that the last `depth`, which leave no successors, weigh next to nothing.
        const frames = 1800;
        const simulated = simulate({ costs, depth, jitter, frames });
        const inFlight = simulated.frames.map(
          ({ submittedAt, spans }) => (spans.at(-1)?.end ?? NaN) - submittedAt,
        );
        const until = simulated.frames.at(-1)?.finishedAt ?? NaN;
        // All credits are in use until the last `depth` frames.
        const meanDepth = (meanOf(inFlight) * frames) / until;
        expect(meanDepth).toBeLessThanOrEqual(depth * (1 + 1e-9));
        expect(meanDepth).toBeGreaterThan(depth * (1 - depth / 100));
      }),
    );
  });
});

describe('plans as the planner prices them', () => {
  const processors: readonly ProcessorId[] = ['webgpu', 'wasm:1', 'wasm:2'];
  const value = { name: 'v', dtype: 'float32' as const, shape: [1] };
  const table = fc.array(fc.array(seconds, { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 3 });
  const anyPlan = fc.constantFrom(...enumeratePlans(processors, 4));

  /** Priced with transfers free but the hop, and members beside others a quarter slower than alone. */
  function priced(plan: Plan, rows: readonly (readonly number[])[]) {
    const costs: CostTable = { model: 'measured', processors, seconds: rows };
    const besideCosts = { ...costs, seconds: rows.map((row) => row.map((t) => 1.25 * t)) };
    const hop = { latencySeconds: 1e-3, bytesPerSecond: Infinity };
    const prices = { units: rows[0]?.map(() => ({ input: value, output: value })) ?? [], costs };
    const transfers = { upload: FREE, download: FREE, hop };
    const predicted = predict(plan, { ...prices, besideCosts, transfers });
    const { memberSeconds: aloneSeconds } = predict(plan, { ...prices, transfers });
    return { predicted, aloneSeconds };
  }

  it('is a frame alone where the source is slow: the latency predicted', () => {
    fc.assert(
      fc.property(anyPlan, table, (plan, rows) => {
        const { predicted, aloneSeconds } = priced(plan, rows);
        const sourceFps = 0.9 / predicted.latencySeconds;
        const { frames, dropped } = simulate({
          costs: { ...predicted, aloneSeconds },
          frames: 24,
          sourceFps,
        });
        const latencies = frames.map(({ arrivedAt, finishedAt }) => finishedAt - arrivedAt);
        expect(dropped).toBe(0);
        // Of replicated stages the slowest member counts, which every deal of up to 12 has had a turn by then.
        expect(Math.max(...latencies)).toBeCloseTo(predicted.latencySeconds, 9);
        if (plan.kind === 'single' || plan.kind === 'pipeline')
          expect(Math.min(...latencies)).toBeCloseTo(predicted.latencySeconds, 9);
      }),
    );
  });

  it('reaches throughput and loaded latency as predicted where the source is saturated', () => {
    fc.assert(
      fc.property(anyPlan, table, (plan, rows) => {
        const { predicted } = priced(plan, rows);
        const depth = defaultDepth(plan.stages.map(membersOf));
        const { throughputFps, latencySeconds } = simulate({ costs: predicted, frames: 600 });
        const isReplicated = plan.kind === 'replicated' || plan.kind === 'hybrid';
        expect(throughputFps / predicted.throughputFps).toBeGreaterThan(isReplicated ? 0.98 : 0.99);
        expect(throughputFps / predicted.throughputFps).toBeLessThan(isReplicated ? 1.02 : 1 + 1e-9);
        const loaded = loadedLatencySeconds(predicted, Infinity, depth);
        if (!isReplicated) expect(latencySeconds.median / loaded).toBeCloseTo(1, 2);
      }),
    );
  });
});

describe('jitter', () => {
  it.each([0.1, 0.5, 1])('has mean 1 and coefficient of variation %f', (variation) => {
    const next = jitterFactors({ variation, seed: 5 });
    const factors = Array.from({ length: 50_000 }, next);
    const mean = meanOf(factors);
    const deviation = Math.sqrt(meanOf(factors.map((factor) => (factor - mean) ** 2)));
    expect(mean).toBeCloseTo(1, 1.5);
    expect(deviation / mean / variation).toBeCloseTo(1, 1);
    expect(Math.min(...factors)).toBeGreaterThan(0);
  });

  const balanced = { memberSeconds: [[1], [1], [1]], hopSeconds: [0, 0] };
  const fpsOf = (costs: StageCosts, variation: number, depth = defaultDepth(costs.memberSeconds)): number =>
    simulate({ costs, depth, frames: 5000, jitter: { variation, seed: 11 } }).throughputFps;

  it('lowers the throughput of a pipeline, the more the more there is; credits win some back', () => {
    const rates = [0, 0.1, 0.3, 0.6].map((variation) => fpsOf(balanced, variation));
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(rates[0]).toBeCloseTo(1, 9);
    expect(rates[3]).toBeLessThan(0.85);
    expect(fpsOf(balanced, 0.6, 12)).toBeGreaterThan(1.05 * (rates[3] ?? NaN));
  });

  it('leaves the throughput of a single processor, which always has a frame waiting', () => {
    expect(fpsOf({ memberSeconds: [[1]], hopSeconds: [] }, 0.5)).toBeCloseTo(1, 1.5);
  });

  it('never lets a pipeline pass the mean that its slowest stage had', () => {
    fc.assert(
      fc.property(costsWith(1, anyHop), anyJitter, (costs, jitter) => {
        const { frames } = simulate({ costs, frames: 200, jitter });
        const means = costs.memberSeconds.map((_, s) =>
          meanOf(frames.map(({ spans }) => (spans[s]?.end ?? NaN) - (spans[s]?.start ?? NaN))),
        );
        const secondsPerFrame = (frames.at(-1)?.finishedAt ?? NaN) / frames.length;
        expect(secondsPerFrame).toBeGreaterThanOrEqual(Math.max(...means) * (1 - 1e-9));
      }),
    );
  });
});
