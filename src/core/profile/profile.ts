/**
 * @file The device profile: what one measurement of a device found. This is the JSON that `ridgepoint roofline --json`
 * writes, that the page exports and imports, and that the cost models read. Fields may be added, never renamed.
 * Units: GFLOP/s and GB/s are decimal (1e9), latencies are seconds.
 */
import type { Feature, KernelClass } from '../cost/features.ts';

/** `webgpu`, or `wasm:T`: one WASM worker group of T threads. */
export type ProcessorId = 'webgpu' | `wasm:${number}`;

export type MetricKind = 'compute' | 'bandwidth' | 'latency';
/** `GOP/s` counts integer operations: a multiply is one, an add is one. */
export type MetricUnit = 'GFLOP/s' | 'GOP/s' | 'GB/s' | 's';
/** How a sample was timed: `slope` = difference of two batch sizes, which cancels fixed latency and clock ticks. */
export type MetricClock = 'performance.now slope' | 'performance.now';

/** What makes a figure doubtful; `core/warnings.ts` has the words and what can be done. */
export type MetricWarning =
  | 'high-dispersion'
  | 'thermal'
  | 'coarse-clock'
  | 'few-samples'
  | 'fallback-adapter'
  | 'not-isolated'
  | 'tab-hidden'
  | 'device-lost'
  | 'smaller-size'
  | 'clocks-disagree';

export interface Metric {
  /**
   * `processor.type`; then `@` and the working set or the operational intensity where there is one metric for each, and
   * `&` and the processor that was kept busy meanwhile. For instance `wasm:1.fma.relaxed`, `webgpu.copy@262144`,
   * `wasm:1.copy&webgpu`.
   */
  readonly id: string;
  readonly processor: ProcessorId | 'worker';
  readonly kind: MetricKind;
  /** What was exercised: `fma.f32`, `fma.relaxed`, `copy`, `read`, `intensity`, `dispatch`, `upload`, `hop`, … */
  readonly type: string;
  readonly threads: number;
  /** Of a transfer: its bytes. Of a memory kernel: all its arrays together, of all threads – the working set. */
  readonly sizeBytes?: number;
  /** FLOP/byte of one point of the intensity sweep. */
  readonly operationalIntensity?: number;
  /** The processor that did the same work meanwhile, as hard as it could. */
  readonly beside?: ProcessorId;
  /** The same figure by the GPU's own timestamps, where it has them: a check of the wall clock. */
  readonly timestamp?: { readonly median: number; readonly n: number };
  /** The kernel shapes that were tried before one was kept, in the unit of the metric. */
  readonly shapes?: readonly { readonly shape: string; readonly median: number }[];
  readonly unit: MetricUnit;
  readonly status: 'ok' | 'unsupported' | 'skipped' | 'error';
  /** Why `status` is not `ok`. */
  readonly reason?: string;
  /** Median, median absolute deviation and count of `samples`; null, null, 0 where there are none. */
  readonly median: number | null;
  readonly mad: number | null;
  readonly n: number;
  /** Distribution-free 95 % interval of the median, where n allows one. */
  readonly low?: number;
  readonly high?: number;
  readonly clock: MetricClock;
  readonly warnings: readonly MetricWarning[];
  readonly samples: readonly number[];
  /** The kernel shape that was kept, for instance `4 chains × 32, workgroup 256`. */
  readonly shape?: string;
}

export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly isFallbackAdapter: boolean;
}

export interface Environment {
  /** Name and major version, for instance `Chrome 156`; never the whole user agent. */
  readonly browser: string;
  readonly adapter: AdapterFacts | null;
  readonly cores: number;
  readonly crossOriginIsolated: boolean;
}

export interface DeviceProfile {
  readonly format: 'ridgepoint-profile';
  readonly version: 1;
  readonly name: string;
  /** ISO 8601. */
  readonly date: string;
  readonly environment: Environment;
  /** How much time it took its figures; absent in profiles of before. */
  readonly effort?: Effort;
  /** Seconds from the click to the profile, without the time that the page was hidden. */
  readonly seconds?: number;
  readonly metrics: readonly Metric[];
  /** What layers take in the engine on this device, one entry a processor; absent where that was not measured. */
  readonly calibration?: readonly Calibration[];
}

/** A fitted cost model of one processor: `core/cost/calibration.ts` makes and reads it (METHOD §3). */
export interface Calibration {
  readonly processor: ProcessorId;
  /** Seconds of a run of the network that tells the pace (`paceModel`), at which all of this holds. */
  readonly paceSeconds: number;
  /** What every run of a model takes besides its layers, transfers left out. */
  readonly runSeconds: number;
  /** Seconds that calibrating took. */
  readonly seconds: number;
  /** Classes of kernels that could be calibrated, each once. */
  readonly classes: readonly ClassCalibration[];
}

export interface ClassCalibration {
  readonly kernel: KernelClass;
  /** Seconds for one of each feature of a layer (`core/cost/features.ts`), ≥ 0; what is not named costs nothing. */
  readonly secondsPer: Readonly<Partial<Record<Feature, number>>>;
  /** Typical error of one layer's time, as a fraction: mean over layers that were left out of the fit in turn. */
  readonly relativeError: number;
  /** FLOP of the largest layer that was seen: beyond a few times that it is a guess. */
  readonly largestFlop: number;
  /** How many layers it was fitted on. */
  readonly n: number;
}

/** `quick` ≤ 10 s: the ceilings. `full` ≤ 45 s: also sizes, intensities and kernel shapes. */
export type Effort = 'quick' | 'full';

/** Threads of a processor: 1 for `webgpu`. */
export function threadsOf(processor: ProcessorId): number {
  return processor === 'webgpu' ? 1 : Number(processor.slice('wasm:'.length));
}

/** Reads `webgpu` or `wasm:T` with 1 ≤ T ≤ 64; null for anything else. */
export function parseProcessorId(text: string): ProcessorId | null {
  if (text === 'webgpu') return text;
  const threads = /^wasm:([1-9]\d?)$/.exec(text)?.[1];
  return threads !== undefined && Number(threads) <= 64 ? `wasm:${Number(threads)}` : null;
}

/** The metric with this id if it was measured, else null. */
export function measuredMetric(profile: DeviceProfile, id: string): (Metric & { median: number }) | null {
  const found = profile.metrics.find((metric) => metric.id === id && metric.status === 'ok');
  return found?.median === null || found === undefined ? null : { ...found, median: found.median };
}
