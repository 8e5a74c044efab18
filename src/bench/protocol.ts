/**
 * @file The one measuring protocol, over an abstract batch: warm up → calibrate → sample → warn. It knows no kernel,
 * no unit and no clock of its own; `runBatch(n)` runs n iterations and says how long they took.
 * Words: *batch* = n iterations timed together; *sample* = the slope (t(4n) − t(n)) / 3n, seconds an iteration. The
 * slope cancels what every batch pays once (submission, wake-up, a completion tick); METHOD §2.
 * It does not judge values: kernels verify what they computed.
 */
import type { MetricWarning } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import { median, medianAbsoluteDeviation, medianInterval95 } from '../core/stats.ts';

/** Runs `iterations` iterations and returns the seconds they took together. */
export type RunBatch = (iterations: number) => Promise<Result<number>>;

export interface ProtocolSettings {
  /** What the large batch takes beyond the small one. */
  readonly targetSeconds: number;
  readonly warmupSeconds: number;
  readonly minSamples: number;
  readonly maxSamples: number;
  /** Sampling goes on past `minSamples` only within this; twice this ends the metric with whatever it has. */
  readonly budgetSeconds: number;
}

/** METHOD §2: a quick sample takes 30–60 ms, n + 4n iterations together. */
export const QUICK: ProtocolSettings = {
  targetSeconds: 0.03,
  warmupSeconds: 0.03,
  minSamples: 5,
  maxSamples: 9,
  budgetSeconds: 0.45,
};

/** Just enough to choose between kernel shapes; never reported. */
export const PROBE: ProtocolSettings = {
  ...QUICK,
  targetSeconds: 0.02,
  minSamples: 2,
  maxSamples: 2,
  budgetSeconds: 0.1,
};

/** Time and waiting, injected so that tests need neither. Seconds. */
export interface ProtocolPorts {
  readonly now: () => number;
  readonly wait: (seconds: number) => Promise<void>;
}

export interface Measurement {
  /** Every slope sample, in the order taken. */
  readonly secondsPerIteration: readonly number[];
  /** n of the last sample; its batches ran n and 4n iterations. */
  readonly iterationsPerSample: number;
  /** Pairs whose large batch was not measurably slower than the small one; left out, and tried again. */
  readonly discarded: number;
  readonly warnings: readonly MetricWarning[];
}

const RATIO = 4;
/** Keeps a command buffer of n dispatches, and a mistaken calibration, within reason. */
const MAX_ITERATIONS = 1 << 18;
/** A fixed latency above this is a completion tick (Firefox: 100 ms), not a cost. */
const TICK_SECONDS = 0.02;
/** The step of an isolated page's clock: a smaller difference says nothing. */
const CLOCK_STEP_SECONDS = 5e-6;
/** Fractional part of the golden ratio: its multiples spread evenly over a tick, without randomness. */
const GOLDEN = 0.618_033_988_75;

/** Seconds of a batch of n and of one of 4n iterations. */
interface Pair {
  readonly small: number;
  readonly large: number;
}
const differenceOf = (pair: Pair): number => pair.large - pair.small;

/** n for the next pair, so that its difference comes near the target; grows 16-fold at most. */
function grow(n: number, difference: number, target: number): number {
  const factor = difference > 0 ? (1.1 * target) / difference : RATIO;
  return Math.min(MAX_ITERATIONS, Math.ceil(n * Math.min(16, Math.max(1.5, factor))));
}

/** What every phase needs: batches that honour the signal and, once a tick is known, start spread over it. */
interface Run {
  readonly batch: RunBatch;
  readonly pair: (n: number) => Promise<Result<Pair>>;
  readonly elapsed: () => number;
  /** Seconds of the completion tick found in calibration; 0 where there is none. */
  tickSeconds: number;
}

function startRun(runBatch: RunBatch, signal: AbortSignal, ports: ProtocolPorts): Run {
  const startedAt = ports.now();
  let batches = 0;
  const isAborted = (): boolean => signal.aborted;
  const batch: RunBatch = async (n) => {
    if (run.tickSeconds > 0) await ports.wait(((batches++ * GOLDEN) % 1) * run.tickSeconds);
    if (isAborted()) return err({ code: 'cancelled' });
    const seconds = await runBatch(n);
    // A batch that was cut short by the abort is not a failure of the kernel.
    return isAborted() ? err({ code: 'cancelled' }) : seconds;
  };
  const pair = async (n: number): Promise<Result<Pair>> => {
    const small = await batch(n);
    if (!small.ok) return small;
    const large = await batch(RATIO * n);
    return large.ok ? ok({ small: small.value, large: large.value }) : large;
  };
  const run: Run = { batch, pair, elapsed: () => ports.now() - startedAt, tickSeconds: 0 };
  return run;
}

/** Batches that are thrown away: first use compiles, tiers up and touches memory. */
async function warmUp(run: Run, settings: ProtocolSettings): Promise<Result<null>> {
  for (let n = 1; n === 1 || run.elapsed() < settings.warmupSeconds; n = Math.min(2 * n, MAX_ITERATIONS)) {
    const batch = await run.batch(n);
    if (!batch.ok) return batch;
  }
  return ok(null);
}

/** Seconds the difference of a pair should have: the target, and at least two ticks where there is one. */
const targetOf = (run: Run, settings: ProtocolSettings): number =>
  Math.max(settings.targetSeconds, 2 * run.tickSeconds);

/** A pair that took the same time for n and 4n, and long: nothing but a tick shows. */
const looksTicked = (pair: Pair): boolean =>
  pair.small > TICK_SECONDS && differenceOf(pair) < 0.1 * pair.small;

/** The n whose pair differs by the target, give or take a quarter, or what the budget allowed to find. */
async function calibrate(run: Run, settings: ProtocolSettings): Promise<Result<number>> {
  for (let n = 1; ;) {
    const pair = await run.pair(n);
    if (!pair.ok) return pair;
    if (run.tickSeconds === 0 && looksTicked(pair.value)) {
      // Once may be a hiccup of the machine; twice is how this clock works.
      const again = await run.pair(n);
      if (!again.ok) return again;
      if (looksTicked(again.value)) run.tickSeconds = Math.min(pair.value.small, again.value.small);
    }
    const difference = differenceOf(pair.value);
    const target = targetOf(run, settings);
    if (difference >= 0.75 * target || n >= MAX_ITERATIONS) return ok(n);
    if (run.elapsed() > budgetOf(run, settings)) return ok(n);
    n = grow(n, difference, target);
  }
}

/** A tick makes each sample several times longer, so the budget grows with it. */
const budgetOf = (run: Run, settings: ProtocolSettings): number =>
  settings.budgetSeconds * (run.tickSeconds > 0 ? 4 : 1);

/** The 95 % interval of the median lies within ±3 % of it. */
function isSettled(samples: readonly number[]): boolean {
  const interval = medianInterval95(samples);
  const middle = median(samples);
  if (interval === null || middle === null) return false;
  return interval.low >= 0.97 * middle && interval.high <= 1.03 * middle;
}

/** Whether another pair is worth its time. */
function wantsMore(
  run: Run,
  settings: ProtocolSettings,
  samples: readonly number[],
  discarded: number,
): boolean {
  const enough = samples.length >= settings.minSamples;
  if (samples.length >= settings.maxSamples || discarded >= 2 * settings.maxSamples) return false;
  if (enough && isSettled(samples)) return false;
  const budget = budgetOf(run, settings);
  return run.elapsed() < (enough ? budget : 2 * budget) || samples.length + discarded === 0;
}

function warningsOf(samples: readonly number[], run: Run, settings: ProtocolSettings): MetricWarning[] {
  const warnings: MetricWarning[] = [];
  const middle = median(samples);
  const deviation = medianAbsoluteDeviation(samples);
  if (middle !== null && deviation !== null && deviation > 0.1 * middle) warnings.push('high-dispersion');
  const third = Math.floor(samples.length / 3);
  const first = median(samples.slice(0, third));
  const last = median(samples.slice(samples.length - third));
  // Times, not rates: a rate 10 % lower is a time 1/0.9 as long.
  if (third >= 2 && first !== null && last !== null && last > first / 0.9) warnings.push('thermal');
  if (run.tickSeconds > 0) warnings.push('coarse-clock');
  if (samples.length < settings.minSamples) warnings.push('few-samples');
  return warnings;
}

/**
 * Measures one kernel: seconds an iteration, ≥ `minSamples` of them unless twice the budget runs out first (then
 * `few-samples`, possibly none). Errors: `cancelled`, checked before and after every batch, and whatever `runBatch`
 * returns.
 */
export async function measure(
  runBatch: RunBatch,
  settings: ProtocolSettings,
  signal: AbortSignal,
  ports: ProtocolPorts,
): Promise<Result<Measurement>> {
  const run = startRun(runBatch, signal, ports);
  const warm = await warmUp(run, settings);
  if (!warm.ok) return warm;
  const calibrated = await calibrate(run, settings);
  if (!calibrated.ok) return calibrated;
  let n = calibrated.value;
  let discarded = 0;
  const samples: number[] = [];
  while (wantsMore(run, settings, samples, discarded)) {
    const pair = await run.pair(n);
    if (!pair.ok) return pair;
    const difference = differenceOf(pair.value);
    if (difference > CLOCK_STEP_SECONDS) samples.push(difference / ((RATIO - 1) * n));
    else discarded++;
    // A hiccup during calibration, or code that became faster since, leaves pairs that are too short to trust.
    const target = targetOf(run, settings);
    if (difference < target / 4) n = grow(n, difference, target);
  }
  return ok({
    secondsPerIteration: samples,
    iterationsPerSample: n,
    discarded,
    warnings: warningsOf(samples, run, settings),
  });
}
