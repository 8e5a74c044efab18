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
  return roofOf(profile, processor, '');
}

/** The same while `other` does the same work as hard as it can; null where that was not measured. */
export function rooflineBeside(
  profile: DeviceProfile,
  processor: ProcessorId,
  other: ProcessorId,
): Roofline | null {
  return roofOf(profile, processor, `&${other}`);
}

/** What is left of both ceilings while `other` works, 0…1 but for noise; null where that was not measured. */
export function shareBeside(
  profile: DeviceProfile,
  processor: ProcessorId,
  other: ProcessorId,
): { readonly compute: number; readonly bandwidth: number } | null {
  const beside = rooflineBeside(profile, processor, other);
  const [computeId, bandwidthId] = beside?.metricIds ?? [];
  // Of the same kernels, whichever of several gave the roof.
  const alone = (id = ''): number => measuredMetric(profile, id.slice(0, id.indexOf('&')))?.median ?? NaN;
  const compute = (beside?.peakFlopPerSecond ?? NaN) / 1e9 / alone(computeId);
  const bandwidth = (beside?.bandwidthBytesPerSecond ?? NaN) / 1e9 / alone(bandwidthId);
  return Number.isFinite(compute) && Number.isFinite(bandwidth) ? { compute, bandwidth } : null;
}

function roofOf(profile: DeviceProfile, processor: ProcessorId, beside: string): Roofline | null {
  const [compute] = computeMetricIds(processor)
    .flatMap((id) => measuredMetric(profile, `${id}${beside}`) ?? [])
    .sort((a, b) => b.median - a.median);
  const copy = measuredMetric(profile, `${processor}.copy${beside}`);
  if (!compute || !copy || compute.median <= 0 || copy.median <= 0) return null;
  return {
    processor,
    peakFlopPerSecond: compute.median * 1e9,
    bandwidthBytesPerSecond: copy.median * 1e9,
    metricIds: [compute.id, copy.id],
  };
}
