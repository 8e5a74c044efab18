/**
 * @file From timing samples (seconds an iteration) to the metric that the profile keeps: rates in GFLOP/s and GB/s,
 * latencies in seconds, each with median, MAD, n and its warnings.
 */
import type { Metric, MetricKind, MetricUnit, MetricWarning, ProcessorId } from '../profile/profile.ts';
import { summarise } from '../stats.ts';

/** What a metric is, before it is measured. */
export interface MetricIdentity {
  readonly id: string;
  readonly processor: Metric['processor'];
  readonly kind: MetricKind;
  readonly type: string;
  readonly threads: number;
  readonly operationalIntensity?: number;
  readonly beside?: ProcessorId;
}

export interface MetricDetails {
  readonly warnings?: readonly MetricWarning[];
  readonly shape?: string;
  readonly sizeBytes?: number;
  readonly timestamp?: NonNullable<Metric['timestamp']>;
  readonly shapes?: NonNullable<Metric['shapes']>;
  readonly clock?: Metric['clock'];
}

const UNITS: Record<MetricKind, MetricUnit> = { compute: 'GFLOP/s', bandwidth: 'GB/s', latency: 's' };
/** Integer arithmetic is not floating point. */
const unitOf = ({ kind, type }: MetricIdentity): MetricUnit => (type === 'dot.i8' ? 'GOP/s' : UNITS[kind]);

/** Rate samples in units of 1e9 a second from seconds an iteration and the work (FLOP or bytes) of one iteration. */
export function gigaRates(secondsPerIteration: readonly number[], workPerIteration: number): number[] {
  return secondsPerIteration.map((seconds) => workPerIteration / seconds / 1e9);
}

/** A metric with status `ok`; samples are in the unit of its kind. Without samples it is an `error`. */
export function measured(
  identity: MetricIdentity,
  samples: readonly number[],
  details: MetricDetails = {},
): Metric {
  if (samples.length === 0)
    return missing(identity, 'error', 'no pair of batches gave a positive time', details);
  return {
    ...identity,
    ...details,
    unit: unitOf(identity),
    status: 'ok',
    ...summarise(samples),
    clock: details.clock ?? 'performance.now slope',
    warnings: details.warnings ?? [],
    samples,
  };
}

/** A metric that has no figure, with the reason why. */
export function missing(
  identity: MetricIdentity,
  status: 'unsupported' | 'skipped' | 'error',
  reason: string,
  details: MetricDetails = {},
): Metric {
  return {
    ...identity,
    ...details,
    unit: unitOf(identity),
    status,
    reason,
    median: null,
    mad: null,
    n: 0,
    clock: details.clock ?? 'performance.now slope',
    warnings: details.warnings ?? [],
    samples: [],
  };
}

/**
 * Bandwidth in GB/s from a large and a small transfer, which cancels what both pay: (large − small bytes) over
 * (large − small seconds), one sample a large transfer against the small ones' median. Samples where the large
 * transfer was not slower are left out.
 */
export function differenceBandwidth(
  small: { readonly bytes: number; readonly medianSeconds: number },
  large: { readonly bytes: number; readonly seconds: readonly number[] },
): number[] {
  const extraBytes = large.bytes - small.bytes;
  return large.seconds
    .filter((seconds) => seconds > small.medianSeconds)
    .map((seconds) => extraBytes / (seconds - small.medianSeconds) / 1e9);
}
