import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok, type Result } from '../core/result.ts';
import { median } from '../core/stats.ts';
import { warningsOf } from './judge.ts';
import {
  FULL,
  measure,
  POINT,
  PROBE,
  QUICK,
  type BatchTime,
  type Measurement,
  type ProtocolPorts,
  type ProtocolSettings,
} from './protocol.ts';

/** A clock that only moves when a batch runs or someone waits, and a page that is hidden as the scenario says. */
class FakePorts implements ProtocolPorts {
  seconds = 0;
  hidden = 0;
  readonly now = (): number => this.seconds;
  readonly wait = (seconds: number): Promise<void> => {
    this.seconds += seconds;
    return Promise.resolve();
  };
  readonly untilVisible = (): Promise<void> => Promise.resolve();
  readonly timesHidden = (): number => this.hidden;
}

interface Scenario {
  /** Seconds of work of the k-th batch of n iterations. */
  readonly work: (n: number, k: number) => number;
  /** The page is hidden during these batches. */
  readonly hides?: (k: number) => boolean;
  /** GPU timestamps of a batch, from its seconds of work. */
  readonly gpu?: (work: number) => number | null;
  readonly settings?: ProtocolSettings;
  readonly tickSeconds?: number;
  readonly signal?: AbortSignal;
  readonly earlier?: Measurement;
}

async function run(scenario: Scenario): Promise<{
  result: Result<Measurement>;
  batches: number[];
  ports: FakePorts;
}> {
  const ports = new FakePorts();
  const batches: number[] = [];
  const runBatch = (n: number): Promise<Result<BatchTime>> => {
    const startedAt = ports.seconds;
    const work = scenario.work(n, batches.length);
    const tick = scenario.tickSeconds ?? 0;
    const doneAt = startedAt + work;
    ports.seconds = tick > 0 ? Math.ceil(doneAt / tick - 1e-9) * tick : doneAt;
    if (scenario.hides?.(batches.length) === true) ports.hidden += 1;
    batches.push(n);
    return Promise.resolve(
      ok({ seconds: ports.seconds - startedAt, gpuSeconds: scenario.gpu?.(work) ?? null }),
    );
  };
  const signal = scenario.signal ?? new AbortController().signal;
  const { settings = QUICK, earlier = null } = scenario;
  return { result: await measure(runBatch, settings, signal, ports, earlier), batches, ports };
}

async function measurementOf(scenario: Scenario): Promise<Measurement> {
  const { result } = await run(scenario);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const medianOf = (measurement: Measurement): number => median(measurement.secondsPerIteration) ?? NaN;
const PER_ITERATION = 50e-6;
const steady = (n: number): number => n * PER_ITERATION;
const PATIENT = { ...QUICK, samples: 9, budgetSeconds: 10 };
/** Index of the first batch that is part of a sample, of `samples` samples. */
const firstSampleOf = (batches: readonly number[], samples: number): number => batches.length - 2 * samples;

describe('calibration', () => {
  it.each([
    ['QUICK', QUICK],
    ['FULL', FULL],
    ['POINT', POINT],
    ['PROBE', PROBE],
  ])('finds batches that differ by about the target, and takes the samples: %s', async (_, settings) => {
    for (const cost of [1e-6, 50e-6, 1e-3]) {
      const found = await measurementOf({ work: (n) => n * cost, settings });
      const difference = 3 * found.iterationsPerSample * cost;
      expect(difference).toBeGreaterThanOrEqual(0.75 * settings.targetSeconds);
      expect(difference).toBeLessThanOrEqual(2 * settings.targetSeconds);
      expect(found.secondsPerIteration).toHaveLength(settings.samples);
    }
  });
  it('keeps n at 1 where one iteration is already long', async () => {
    expect((await measurementOf({ work: (n) => n * 0.05 })).iterationsPerSample).toBe(1);
  });
  it('grows n again when the code became faster after calibration', async () => {
    const slowUntil = 12;
    const work = (n: number, k: number): number => n * (k < slowUntil ? 1e-3 : 1e-5);
    const found = await measurementOf({ work, settings: PATIENT });
    expect(3 * found.iterationsPerSample * 1e-5).toBeGreaterThan(QUICK.targetSeconds / 4);
  });
  it('never asks for more than 2^18 iterations, nor for one of nothing', async () => {
    const { batches } = await run({ work: (n) => n * 1e-12 });
    expect(Math.max(...batches)).toBe(4 * 2 ** 18);
  });
});

describe('slope timing', () => {
  it('is exact for any cost and any constant latency below a tick', async () => {
    const cost = fc.double({ min: 1e-7, max: 1e-2, noNaN: true });
    const latency = fc.double({ min: 0, max: 0.015, noNaN: true });
    await fc.assert(
      fc.asyncProperty(cost, latency, async (seconds, fixed) => {
        const found = await measurementOf({ work: (n) => fixed + n * seconds });
        for (const slope of found.secondsPerIteration) expect(slope / seconds).toBeCloseTo(1, 6);
        expect(found.tickSeconds).toBe(0);
        expect(found.discarded).toBe(0);
      }),
    );
  });
  it('takes the same slope of the GPU’s timestamps, where it has them', async () => {
    const { gpuSecondsPerIteration: slopes } = await measurementOf({
      work: (n) => 0.005 + steady(n),
      gpu: (work) => 0.8 * work,
    });
    expect(slopes).toHaveLength(QUICK.samples);
    for (const slope of slopes) expect(slope).toBeCloseTo(0.8 * PER_ITERATION, 12);
    expect((await measurementOf({ work: steady, gpu: () => null })).gpuSecondsPerIteration).toEqual([]);
    expect((await measurementOf({ work: steady, gpu: () => 0.001 })).gpuSecondsPerIteration).toEqual([]);
  });
  it('survives a clock that ticks every 100 ms, and says so', async () => {
    const found = await measurementOf({ work: (n) => 0.001 + steady(n), tickSeconds: 0.1 });
    expect(found.tickSeconds).toBeCloseTo(0.1, 9);
    expect(warningsOf(found)).toContain('coarse-clock');
    // The batches of a sample lie two ticks apart, give or take a quarter.
    expect(3 * found.iterationsPerSample * PER_ITERATION).toBeGreaterThanOrEqual(0.75 * 0.2);
    expect(medianOf(found)).toBeGreaterThan(0.75 * PER_ITERATION);
    expect(medianOf(found)).toBeLessThan(1.25 * PER_ITERATION);
  });
  it('does not take a busy machine for a ticking clock', async () => {
    const work = (n: number, k: number): number => steady(n) + (k % 7 === 6 ? 0.05 : 0);
    expect((await measurementOf({ work, settings: PATIENT })).tickSeconds).toBe(0);
  });
});

describe('sampling', () => {
  it('throws the first batches away', async () => {
    const found = await measurementOf({ work: (n, k) => (k === 0 ? 5 : steady(n)) });
    expect(Math.max(...found.secondsPerIteration)).toBeCloseTo(PER_ITERATION, 12);
  });
  it('keeps all samples in the order taken, however far apart', async () => {
    const { batches } = await run({ work: steady, settings: PATIENT });
    const first = firstSampleOf(batches, PATIENT.samples);
    // From the first sample on each pair is slower than the one before.
    const factor = (k: number): number => 1 + Math.max(0, Math.floor((k - first) / 2));
    const found = await measurementOf({ work: (n, k) => steady(n) * factor(k), settings: PATIENT });
    found.secondsPerIteration.forEach((slope, i) => expect(slope).toBeCloseTo((1 + i) * PER_ITERATION, 12));
    expect(found.secondsPerIteration).toHaveLength(PATIENT.samples);
    expect(warningsOf(found)).toEqual(['high-dispersion', 'thermal']);
  });
  it('discards pairs whose large batch was not slower, counts them and tries again', async () => {
    const settings = { ...QUICK, budgetSeconds: 10 };
    const slow = (n: number): number => n * 0.01;
    const first = firstSampleOf((await run({ work: slow, settings })).batches, settings.samples);
    // The small batch of the second sample hangs on something else for a second.
    const work = (n: number, k: number): number => slow(n) + (k === first + 2 ? 1 : 0);
    const found = await measurementOf({ work, settings });
    expect(found.discarded).toBe(1);
    expect(found.secondsPerIteration).toHaveLength(settings.samples);
    for (const slope of found.secondsPerIteration) expect(slope).toBeCloseTo(0.01, 9);
  });
  it('gives up after twice as many discarded pairs as samples', async () => {
    const found = await measurementOf({ work: () => 0.001, settings: PATIENT });
    expect(found).toMatchObject({ secondsPerIteration: [], discarded: 2 * PATIENT.samples });
    expect(warningsOf(found)).toEqual(['few-samples']);
  });
  it('a difference within a step of the clock is no sample', async () => {
    expect(await measurementOf({ work: (n) => n * 1e-12 })).toMatchObject({ secondsPerIteration: [] });
  });
});

describe('a further visit', () => {
  const settings = { ...QUICK, samples: 4 };
  it('wakes things up with one batch, and goes on where the last one stopped', async () => {
    const earlier = await measurementOf({ work: steady });
    const n = earlier.iterationsPerSample;
    const { result, batches } = await run({ work: (i) => 2 * steady(i), settings, earlier });
    expect(batches).toEqual([n, n, 4 * n, n, 4 * n, n, 4 * n, n, 4 * n]);
    const { secondsPerIteration } = result.ok ? result.value : earlier;
    expect(secondsPerIteration.slice(0, QUICK.samples)).toEqual(earlier.secondsPerIteration);
    expect(secondsPerIteration).toHaveLength(QUICK.samples + 4);
    for (const slope of secondsPerIteration.slice(QUICK.samples))
      expect(slope).toBeCloseTo(2 * PER_ITERATION, 12);
  });
  it('remembers the tick, what was hidden, what was discarded and the timestamps', async () => {
    const earlier: Measurement = {
      secondsPerIteration: [PER_ITERATION],
      gpuSecondsPerIteration: [1e-5],
      iterationsPerSample: 2048,
      discarded: 3,
      tickSeconds: 0.1,
      wasHidden: true,
    };
    const found = await measurementOf({ work: steady, gpu: (work) => work, earlier, tickSeconds: 0.1 });
    expect(found).toMatchObject({ tickSeconds: 0.1, wasHidden: true });
    expect(found.discarded).toBeGreaterThanOrEqual(3);
    expect(found.gpuSecondsPerIteration[0]).toBe(1e-5);
    // Two ticks, at least, lie between the batches of a sample.
    expect(3 * found.iterationsPerSample * PER_ITERATION).toBeGreaterThan(0.05);
  });
});

describe('budget', () => {
  it('ends a metric that is far too slow, with one sample', async () => {
    const { result, ports } = await run({ work: (n) => n * 0.5 });
    expect(result.ok && result.value.secondsPerIteration).toEqual([0.5]);
    expect(ports.seconds).toBeLessThan(10);
  });
  it('is not overdrawn by more than a sample', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-6, max: 1, noNaN: true }), async (cost) => {
        const { batches, ports } = await run({ work: (n) => n * cost, settings: PATIENT });
        const largest = Math.max(...batches) * cost;
        expect(ports.seconds).toBeLessThan(
          2 * PATIENT.budgetSeconds + 2 * PATIENT.warmupSeconds + 4 * largest,
        );
      }),
    );
  });
});
