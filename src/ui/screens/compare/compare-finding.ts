/** @file Two devices in one sentence: their best peaks, and the ratio. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { figure } from '../../number-format.ts';

const bestPeak = ({ metrics }: DeviceProfile): number =>
  Math.max(
    0,
    ...metrics.flatMap(({ kind, median }) => (kind === 'compute' && median !== null ? [median] : [])),
  );

export function compareFinding(base: DeviceProfile, other: DeviceProfile | null): string {
  const mine = bestPeak(base);
  if (!other) {
    const peak = mine === 0 ? '’s peak was not measured' : ` peaks at ${figure(mine)} GFLOP/s`;
    return `This device${peak}. Open another’s profile to compare.`;
  }
  const theirs = bestPeak(other);
  if (mine === 0 || theirs === 0) return `${other.name} and this device have no peak in common to compare.`;
  const [factor, word] = theirs >= mine ? [theirs / mine, 'higher'] : [mine / theirs, 'lower'];
  if (factor < 1.05) return `${other.name} and this device peak alike, at ${figure(mine)} GFLOP/s.`;
  return `${other.name} peaks ${figure(factor)} × ${word} than this device: ${figure(theirs)} against ${figure(mine)} GFLOP/s.`;
}
