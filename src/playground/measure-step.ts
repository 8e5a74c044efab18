/**
 * @file What a step of a measurement is, and the parts all steps share. A step runs one kernel (or one kernel at two
 * sizes) on the workers of one processor and yields one or two metrics.
 */
import type { Metric, MetricKind, MetricWarning, ProcessorId } from '../core/profile/profile.ts';
import { gigaRates, measured, type MetricIdentity } from '../core/roofline/metric.ts';
import { ok, type Result } from '../core/result.ts';
import { median } from '../core/stats.ts';
import type { BenchRequest } from '../workers/bench.api.ts';
import type { BenchGroup, KernelMeasurement } from '../workers/bench.client.ts';

export interface MeasureStep {
  /** Plain words for the progress display. */
  readonly label: string;
  /** The workers it runs on. */
  readonly processor: ProcessorId;
  readonly metrics: readonly MetricIdentity[];
  readonly warnings: readonly MetricWarning[];
  /** Why this browser cannot run it, or null. */
  readonly unsupported: string | null;
  readonly run: (group: BenchGroup, signal: AbortSignal) => Promise<Result<readonly Metric[]>>;
}

/** What the steps of one processor have in common. */
export type SharedParts = Pick<MeasureStep, 'processor' | 'warnings' | 'unsupported'>;

/** Latency is that of the small transfer; METHOD §2: 4 KB … 16 MB. */
export const SMALL_BYTES = 4096;
/** Larger than any last-level cache we know of, source and target together twice that. */
export const COPY_BYTES = 64 * 2 ** 20;

export const identity = (
  processor: Metric['processor'],
  type: string,
  kind: MetricKind,
  threads: number,
  suffix = '',
): MetricIdentity => ({ id: `${processor}.${type}${suffix}`, processor, kind, type, threads });

/** Median seconds an iteration; infinite where no sample was valid. */
export const secondsOf = (measurement: KernelMeasurement): number =>
  median(measurement.secondsPerIteration) ?? Infinity;
export const detailsOf = ({
  warnings,
  shape,
}: KernelMeasurement): Pick<KernelMeasurement, 'warnings' | 'shape'> => ({
  warnings,
  shape,
});

/** A step of one kernel and one rate. */
export function rateStep(
  label: string,
  metric: MetricIdentity,
  request: BenchRequest,
  shared: SharedParts,
): MeasureStep {
  return {
    ...shared,
    label,
    metrics: [metric],
    run: async (group, signal) => {
      const found = await group.measure(request, 'quick', signal);
      if (!found.ok) return found;
      const { secondsPerIteration, flopPerIteration, bytesPerIteration } = found.value;
      if (metric.kind === 'compute')
        return ok([
          measured(metric, gigaRates(secondsPerIteration, flopPerIteration), detailsOf(found.value)),
        ]);
      const details = { ...detailsOf(found.value), sizeBytes: bytesPerIteration / 2 };
      return ok([measured(metric, gigaRates(secondsPerIteration, bytesPerIteration), details)]);
    },
  };
}
