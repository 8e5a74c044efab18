/** @file Two profiles side by side: the same metrics, and the ratio of the second to the first. */
import type { DeviceProfile, MetricUnit } from './profile.ts';

export interface ComparedMetric {
  readonly id: string;
  readonly unit: MetricUnit;
  readonly base: number | null;
  readonly other: number | null;
  /** How many times better the other is: more for rates, less for latencies. Null where either is missing. */
  readonly ratio: number | null;
}

/** Every metric that at least one of the two has measured, in the order of the first. */
export function compareProfiles(base: DeviceProfile, other: DeviceProfile): readonly ComparedMetric[] {
  const units = new Map([...base.metrics, ...other.metrics].map(({ id, unit }) => [id, unit]));
  const medianOf = (profile: DeviceProfile, id: string): number | null =>
    profile.metrics.find((metric) => metric.id === id && metric.status === 'ok')?.median ?? null;
  return [...units].flatMap(([id, unit]) => {
    const [a, b] = [medianOf(base, id), medianOf(other, id)];
    if (a === null && b === null) return [];
    const ratio = a === null || b === null || a === 0 || b === 0 ? null : unit === 's' ? a / b : b / a;
    return [{ id, unit, base: a, other: b, ratio }];
  });
}
