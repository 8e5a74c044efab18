/**
 * @file The Roofline of one processor: peak performance π and memory bandwidth β, read from a measured profile.
 * It bounds performance from above, so time from below; nothing here predicts a time.
 * Source: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009. Units: FLOP/s, bytes/s, FLOP/byte.
 */
import { measuredMetric, type DeviceProfile, type ProcessorId } from '../profile/profile.ts';

export interface Roofline {
  readonly processor: ProcessorId;
  readonly peakFlopPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  /** The metrics the two ceilings came from, compute first. */
  readonly metricIds: readonly [compute: string, bandwidth: string];
}

type Roof = Pick<Roofline, 'peakFlopPerSecond' | 'bandwidthBytesPerSecond'>;

/** min(π, β·I) in FLOP/s for an operational intensity I ≥ 0 in FLOP/byte. */
export function attainablePerformance(roof: Roof, operationalIntensity: number): number {
  return Math.min(roof.peakFlopPerSecond, roof.bandwidthBytesPerSecond * operationalIntensity);
}

/** I* = π/β in FLOP/byte: below it a kernel is limited by memory, above it by compute. */
export function ridgePoint(roof: Roof): number {
  return roof.peakFlopPerSecond / roof.bandwidthBytesPerSecond;
}

/** Metric ids that may be the compute ceiling. */
function computeMetricIds(processor: ProcessorId): readonly string[] {
  return processor === 'webgpu' ? ['webgpu.fma.f32'] : [`${processor}.fma.relaxed`, `${processor}.fma.simd`];
}

/** The Roofline of a processor: the highest ceilings that were reached; null where compute or bandwidth was not measured. */
export function rooflineOf(profile: DeviceProfile, processor: ProcessorId): Roofline | null {
  const [compute] = computeMetricIds(processor)
    .flatMap((id) => measuredMetric(profile, id) ?? [])
    .sort((a, b) => b.median - a.median);
  const copy = measuredMetric(profile, `${processor}.copy`);
  if (!compute || !copy || compute.median <= 0 || copy.median <= 0) return null;
  return {
    processor,
    peakFlopPerSecond: compute.median * 1e9,
    bandwidthBytesPerSecond: copy.median * 1e9,
    metricIds: [compute.id, copy.id],
  };
}
