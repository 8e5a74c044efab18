/**
 * @file The one measuring protocol, over an abstract batch: warm up → calibrate → sample → warn. It knows no kernel,
 * no unit and no clock of its own; `runBatch(n)` runs n iterations and says how long they took.
 * Words: *batch* = n iterations timed together; *sample* = the slope (t(4n) − t(n)) / 3n, seconds an iteration. The
 * slope cancels what every batch pays once (submission, wake-up, a completion tick); METHOD §2. A *visit* = a few
 * samples in a row; a metric is visited several times with other metrics between, so that its samples span the slow
 * drift of a machine as well as its fast noise.
 * It does not judge values: kernels verify what they computed.
 */
import { err, ok, type Result } from '../core/result.ts';

/** How long a batch took. */
export interface BatchTime {
  /** By the realm's monotonic clock, from submission until it was known to be done. */
  readonly seconds: number;
  /** By the GPU's own timestamps, around the work alone; null where there are none. */
  readonly gpuSeconds: number | null;
}

/** Runs `iterations` iterations and says how long they took together. */
export type RunBatch = (iterations: number) => Promise<Result<BatchTime>>;

export interface ProtocolSettings {
  /** What the large batch takes beyond the small one. */
  readonly targetSeconds: number;
  /** Before the first visit; a later one only runs one batch to wake things up. */
  readonly warmupSeconds: number;
  /** Samples a visit. */
  readonly samples: number;
  /** Calibration ends after this, and so does sampling, the first sample apart. */
  readonly budgetSeconds: number;
}

/** METHOD §2: short visits, many rounds: a virtual machine changes more between visits than within one. */
export const QUICK: ProtocolSettings = {
  targetSeconds: 0.014,
  warmupSeconds: 0.02,
  samples: 2,
  budgetSeconds: 0.3,
};

/** n + 4n iterations take 70–100 ms: a hundred figures share 45 s. */
export const FULL: ProtocolSettings = {
  targetSeconds: 0.04,
  warmupSeconds: 0.02,
  samples: 3,
  budgetSeconds: 0.25,
};

/** One point of a sweep, visited once. */
export const POINT: ProtocolSettings = {
  targetSeconds: 0.008,
  warmupSeconds: 0.01,
  samples: 5,
  budgetSeconds: 0.15,
};

/** Just enough to choose between kernel shapes. */
export const PROBE: ProtocolSettings = {
  targetSeconds: 0.015,
  warmupSeconds: 0.005,
  samples: 2,
  budgetSeconds: 0.12,
};

/** Time, waiting and the page's visibility, injected so that tests need none of them. Seconds. */
export interface ProtocolPorts {
  readonly now: () => number;
  readonly wait: (seconds: number) => Promise<void>;
  /** Resolves once the page can be seen. */
  readonly untilVisible: () => Promise<void>;
  /** How often the page was hidden so far: a batch with a change in between is repeated. */
  readonly timesHidden: () => number;
}

export interface Measurement {
  /** Every slope sample, in the order taken. */
  readonly secondsPerIteration: readonly number[];
  /** The same slopes by the GPU's timestamps; empty where there are none. */
  readonly gpuSecondsPerIteration: readonly number[];
  /** n of the last sample; its batches ran n and 4n iterations. */
  readonly iterationsPerSample: number;
  /** Pairs whose large batch was not measurably slower than the small one; left out, and tried again. */
  readonly discarded: number;
  /** Seconds of the completion tick; 0 where none showed. */
  readonly tickSeconds: number;
  /** A batch was repeated because the page was hidden. */
  readonly wasHidden: boolean;
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
  readonly small: BatchTime;
  readonly large: BatchTime;
}
const differenceOf = ({ small, large }: Pair): number => large.seconds - small.seconds;
const gpuDifferenceOf = ({ small, large }: Pair): number | null =>
  small.gpuSeconds === null || large.gpuSeconds === null ? null : large.gpuSeconds - small.gpuSeconds;

/** n for the next pair, so that its difference comes near the target; grows 16-fold at most. */
function grow(n: number, difference: number, target: number): number {
  const factor = difference > 0 ? (1.1 * target) / difference : RATIO;
  return Math.min(MAX_ITERATIONS, Math.ceil(n * Math.min(16, Math.max(1.5, factor))));
}

/** A visit: batches that honour the signal and the page's visibility and, once a tick is known, start spread over it. */
class Visit {
  tickSeconds: number;
  wasHidden = false;
  private batches = 0;
  private startedAt: number;
  private readonly runBatch: RunBatch;
  private readonly settings: ProtocolSettings;
  private readonly signal: AbortSignal;
  private readonly ports: ProtocolPorts;

  constructor(
    runBatch: RunBatch,
    settings: ProtocolSettings,
    signal: AbortSignal,
    ports: ProtocolPorts,
    tickSeconds: number,
  ) {
    this.runBatch = runBatch;
    this.settings = settings;
    this.signal = signal;
    this.ports = ports;
    this.tickSeconds = tickSeconds;
    this.startedAt = ports.now();
  }

  /** A phase begins, with a budget of its own. */
  begin(): void {
    this.startedAt = this.ports.now();
  }

  get elapsed(): number {
    return this.ports.now() - this.startedAt;
  }

  /** Seconds the difference of a pair should have: the target, and at least two ticks where there is one. */
  get target(): number {
    return Math.max(this.settings.targetSeconds, 2 * this.tickSeconds);
  }

  /** A tick makes each sample several times longer, so the budget grows with it. */
  get isOverBudget(): boolean {
    return this.elapsed > this.settings.budgetSeconds * (this.tickSeconds > 0 ? 4 : 1);
  }

  async batch(n: number): Promise<Result<BatchTime>> {
    const { ports } = this;
    if (this.tickSeconds > 0) await ports.wait(((this.batches++ * GOLDEN) % 1) * this.tickSeconds);
    for (;;) {
      if (!this.isAborted()) await ports.untilVisible();
      if (this.isAborted()) return err({ code: 'cancelled' });
      const before = ports.timesHidden();
      const time = await this.runBatch(n);
      // A batch that was cut short by the abort is not a failure of the kernel.
      if (this.isAborted()) return err({ code: 'cancelled' });
      if (!time.ok || ports.timesHidden() === before) return time;
      this.wasHidden = true;
    }
  }

  async pair(n: number): Promise<Result<Pair>> {
    const small = await this.batch(n);
    if (!small.ok) return small;
    const large = await this.batch(RATIO * n);
    return large.ok ? ok({ small: small.value, large: large.value }) : large;
  }

  private isAborted(): boolean {
    return this.signal.aborted;
  }
}

/** Batches that are thrown away: first use compiles, tiers up and touches memory. */
async function warmUp(visit: Visit, seconds: number): Promise<Result<null>> {
  for (let n = 1; n === 1 || visit.elapsed < seconds; n = Math.min(2 * n, MAX_ITERATIONS)) {
    const batch = await visit.batch(n);
    if (!batch.ok) return batch;
  }
  return ok(null);
}

/** A pair that took the same time for n and 4n, and long: nothing but a tick shows. */
const looksTicked = (pair: Pair): boolean =>
  pair.small.seconds > TICK_SECONDS && differenceOf(pair) < 0.1 * pair.small.seconds;

/** The n whose pair differs by the target, give or take a quarter, or what the budget allowed to find. */
async function calibrate(visit: Visit): Promise<Result<number>> {
  for (let n = 1; ;) {
    const pair = await visit.pair(n);
    if (!pair.ok) return pair;
    if (visit.tickSeconds === 0 && looksTicked(pair.value)) {
      // Once may be a hiccup of the machine; twice is how this clock works.
      const again = await visit.pair(n);
      if (!again.ok) return again;
      if (looksTicked(again.value))
        visit.tickSeconds = Math.min(pair.value.small.seconds, again.value.small.seconds);
    }
    const difference = differenceOf(pair.value);
    if (difference >= 0.75 * visit.target || n >= MAX_ITERATIONS || visit.isOverBudget) return ok(n);
    n = grow(n, difference, visit.target);
  }
}

/** Before sampling: n, found by calibration at the first visit. */
async function prepare(
  visit: Visit,
  settings: ProtocolSettings,
  earlier: Measurement | null,
): Promise<Result<number>> {
  if (earlier === null) {
    const warm = await warmUp(visit, settings.warmupSeconds);
    return warm.ok ? calibrate(visit) : warm;
  }
  const woken = await visit.batch(earlier.iterationsPerSample);
  return woken.ok ? ok(earlier.iterationsPerSample) : woken;
}

/**
 * Measures one kernel, or goes on measuring it: `settings.samples` more samples than `earlier` has, fewer where the
 * budget ends first. Errors: `cancelled`, checked before and after every batch, and whatever `runBatch` returns.
 */
export async function measure(
  runBatch: RunBatch,
  settings: ProtocolSettings,
  signal: AbortSignal,
  ports: ProtocolPorts,
  earlier: Measurement | null = null,
): Promise<Result<Measurement>> {
  const visit = new Visit(runBatch, settings, signal, ports, earlier?.tickSeconds ?? 0);
  const prepared = await prepare(visit, settings, earlier);
  if (!prepared.ok) return prepared;
  visit.begin();
  let n = prepared.value;
  let discarded = 0;
  const samples: number[] = [];
  const gpuSamples: number[] = [];
  const wantsMore = (): boolean =>
    samples.length < settings.samples &&
    discarded < 2 * settings.samples &&
    (samples.length + discarded === 0 || !visit.isOverBudget);
  while (wantsMore()) {
    const pair = await visit.pair(n);
    if (!pair.ok) return pair;
    const difference = differenceOf(pair.value);
    const gpuDifference = gpuDifferenceOf(pair.value);
    if (difference > CLOCK_STEP_SECONDS) {
      samples.push(difference / ((RATIO - 1) * n));
      if (gpuDifference !== null && gpuDifference > 0) gpuSamples.push(gpuDifference / ((RATIO - 1) * n));
    } else discarded++;
    // A hiccup during calibration, or code that became faster since, leaves pairs that are too short to trust.
    if (difference < visit.target / 4) n = grow(n, difference, visit.target);
  }
  return ok({
    secondsPerIteration: [...(earlier?.secondsPerIteration ?? []), ...samples],
    gpuSecondsPerIteration: [...(earlier?.gpuSecondsPerIteration ?? []), ...gpuSamples],
    iterationsPerSample: n,
    discarded: (earlier?.discarded ?? 0) + discarded,
    tickSeconds: visit.tickSeconds,
    wasHidden: visit.wasHidden || earlier?.wasHidden === true,
  });
}
