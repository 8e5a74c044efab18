import { describe, expect, it } from 'vitest';
import { ok, type Result } from '../core/result.ts';
import { median } from '../core/stats.ts';
import { measure, QUICK, type Measurement, type ProtocolPorts, type ProtocolSettings } from './protocol.ts';

/** A clock that only moves when a batch runs or someone waits. */
class FakeClock implements ProtocolPorts {
  seconds = 0;
  readonly now = (): number => this.seconds;
  readonly wait = (seconds: number): Promise<void> => {
    this.seconds += seconds;
    return Promise.resolve();
  };
}

interface Scenario {
  /** Seconds of work of the k-th batch of n iterations. */
  readonly work: (n: number, k: number) => number;
  readonly settings?: ProtocolSettings;
  readonly tickSeconds?: number;
  readonly signal?: AbortSignal;
}

async function run(
  scenario: Scenario,
): Promise<{ result: Result<Measurement>; batches: number[]; clock: FakeClock }> {
  const clock = new FakeClock();
  const batches: number[] = [];
  const runBatch = (n: number): Promise<Result<number>> => {
    const startedAt = clock.seconds;
    const doneAt = startedAt + scenario.work(n, batches.length);
    const tick = scenario.tickSeconds ?? 0;
    clock.seconds = tick > 0 ? Math.ceil(doneAt / tick - 1e-9) * tick : doneAt;
    batches.push(n);
    return Promise.resolve(ok(clock.seconds - startedAt));
  };
  const signal = scenario.signal ?? new AbortController().signal;
  const result = await measure(runBatch, scenario.settings ?? QUICK, signal, clock);
  return { result, batches, clock };
}

async function measurementOf(scenario: Scenario): Promise<Measurement> {
  const { result } = await run(scenario);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const medianOf = (measurement: Measurement): number => median(measurement.secondsPerIteration) ?? NaN;
const PER_ITERATION = 50e-6;

describe('calibration', () => {
  it.each([1e-6, 50e-6, 1e-3])(
    'finds batches that differ by about the target at %d s an iteration',
    async (cost) => {
      const { iterationsPerSample } = await measurementOf({ work: (n) => n * cost });
      const difference = 3 * iterationsPerSample * cost;
      expect(difference).toBeGreaterThanOrEqual(0.75 * QUICK.targetSeconds);
      expect(difference).toBeLessThanOrEqual(2 * QUICK.targetSeconds);
    },
  );
  it('keeps n at 1 where one iteration is already long', async () => {
    expect((await measurementOf({ work: (n) => n * 0.05 })).iterationsPerSample).toBe(1);
  });
  it('grows n again when the code became faster after calibration', async () => {
    const slowUntil = 12;
    const found = await measurementOf({ work: (n, k) => n * (k < slowUntil ? 1e-3 : 1e-5) });
    expect(3 * found.iterationsPerSample * 1e-5).toBeGreaterThan(QUICK.targetSeconds / 4);
  });
});

describe('slope timing', () => {
  it('is exact for a batch without latency', async () => {
    expect(medianOf(await measurementOf({ work: (n) => n * PER_ITERATION }))).toBeCloseTo(PER_ITERATION, 12);
  });
  it.each([0.0005, 0.005, 0.015])('cancels a constant latency of %d s', async (latency) => {
    const found = await measurementOf({ work: (n) => latency + n * PER_ITERATION });
    expect(medianOf(found)).toBeCloseTo(PER_ITERATION, 12);
    expect(found.warnings).toEqual([]);
  });
  it('survives a clock that ticks every 100 ms, and says so', async () => {
    const found = await measurementOf({ work: (n) => 0.001 + n * PER_ITERATION, tickSeconds: 0.1 });
    expect(found.warnings).toContain('coarse-clock');
    expect(medianOf(found)).toBeGreaterThan(0.75 * PER_ITERATION);
    expect(medianOf(found)).toBeLessThan(1.25 * PER_ITERATION);
  });
});

describe('a busy machine', () => {
  it('is not mistaken for a ticking clock', async () => {
    const found = await measurementOf({ work: (n, k) => n * PER_ITERATION + (k % 7 === 6 ? 0.05 : 0) });
    expect(found.warnings).not.toContain('coarse-clock');
  });
});

describe('sampling', () => {
  it('stops as soon as the interval is within 3 %', async () => {
    expect((await measurementOf({ work: (n) => n * PER_ITERATION })).secondsPerIteration).toHaveLength(6);
  });
  it('goes on to the maximum where samples disagree, keeps all and flags them', async () => {
    const settings = { ...QUICK, budgetSeconds: 10 };
    const factor = (k: number): number => 1 + 0.4 * Math.floor((k % 6) / 2);
    const found = await measurementOf({ work: (n, k) => n * PER_ITERATION * factor(k), settings });
    expect(found.secondsPerIteration).toHaveLength(QUICK.maxSamples);
    expect(found.warnings).toContain('high-dispersion');
  });
  it('throws the first batches away', async () => {
    const found = await measurementOf({ work: (n, k) => (k === 0 ? 5 : n * PER_ITERATION) });
    expect(Math.max(...found.secondsPerIteration)).toBeCloseTo(PER_ITERATION, 12);
  });
  it('discards slopes that are not positive, counts them and tries again', async () => {
    const base = { work: (n: number): number => n * 0.01 };
    const { batches } = await run(base);
    const firstSample = batches.length - 12;
    // The small batch of the second sample hangs on something else for a second.
    const found = await measurementOf({ work: (n, k) => base.work(n) + (k === firstSample + 2 ? 1 : 0) });
    expect(found.discarded).toBe(1);
    expect(Math.min(...found.secondsPerIteration)).toBeGreaterThan(0);
  });
  it('flags a device that slows down', async () => {
    const settings = { ...QUICK, budgetSeconds: 10 };
    const found = await measurementOf({ work: (n, k) => n * PER_ITERATION * (1 + 0.03 * k), settings });
    expect(found.warnings).toContain('thermal');
  });
});

describe('budget', () => {
  it('ends a metric that is far too slow, with few samples', async () => {
    const { result, clock } = await run({ work: (n) => n * 0.5 });
    expect(result.ok && result.value.warnings).toContain('few-samples');
    expect(result.ok && result.value.secondsPerIteration.length).toBeGreaterThan(0);
    expect(clock.seconds).toBeLessThan(10);
  });
  it('ends where no pair is ever positive', async () => {
    const found = await measurementOf({ work: () => 0.001 });
    expect(found.secondsPerIteration).toEqual([]);
    expect(found.discarded).toBeGreaterThan(0);
    expect(found.warnings).toContain('few-samples');
  });
});

describe('cancelling', () => {
  it('runs no batch after the abort', async () => {
    const controller = new AbortController();
    const { result, batches } = await run({
      work: (n, k) => {
        if (k === 5) controller.abort();
        return n * PER_ITERATION;
      },
      signal: controller.signal,
    });
    expect(result).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(batches).toHaveLength(6);
  });
  it('passes a failing batch on', async () => {
    const error = { code: 'worker-failed', worker: 'bench', detail: 'crash' } as const;
    const failing = (): Promise<Result<number>> => Promise.resolve({ ok: false, error });
    const result = await measure(failing, QUICK, new AbortController().signal, new FakeClock());
    expect(result).toEqual({ ok: false, error });
  });
});
