/** @file Two devices in one sentence: their best peaks, and the ratio. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { figure } from '../../number-format.ts';

interface Peak {
  /** GFLOP/s; 0 where none was measured. */
  readonly value: number;
  /** Only a software adapter was measured: the figure is the CPU's under another name. */
  readonly isSoftware: boolean;
}

/** 32-bit arithmetic by itself: neither shorter numbers nor a kernel that does more than arithmetic. */
const PEAKS: readonly string[] = ['fma.f32', 'fma.scalar', 'fma.simd', 'fma.relaxed'];

/** The best peak of a profile, a software GPU's only where there is no other. */
function bestPeak({ metrics }: DeviceProfile): Peak {
  const peaks = metrics.flatMap(({ type, beside, median, warnings }) =>
    PEAKS.includes(type) && beside === undefined && median !== null
      ? [{ value: median, isSoftware: warnings.includes('fallback-adapter') }]
      : [],
  );
  const real = peaks.filter(({ isSoftware }) => !isSoftware);
  const [best] = (real.length > 0 ? real : peaks).toSorted((a, b) => b.value - a.value);
  return best ?? { value: 0, isSoftware: false };
}

const peakText = ({ value, isSoftware }: Peak): string =>
  `${figure(value)} GFLOP/s${isSoftware ? ' (software GPU)' : ''}`;

/** `baseName` names the first device: `this device`, or the name of an imported one where this was not measured. */
export function compareFinding(
  base: DeviceProfile,
  other: DeviceProfile | null,
  baseName = 'this device',
): string {
  const mine = bestPeak(base);
  if (!other) {
    const peak = mine.value === 0 ? '’s peak was not measured' : ` peaks at ${peakText(mine)}`;
    const subject = baseName === 'this device' ? 'This device' : baseName;
    return `${subject}${peak}. Open another’s profile to compare.`;
  }
  const theirs = bestPeak(other);
  if (mine.value === 0 || theirs.value === 0)
    return `${other.name} and ${baseName} have no peak in common to compare.`;
  const [factor, word] =
    theirs.value >= mine.value ? [theirs.value / mine.value, 'higher'] : [mine.value / theirs.value, 'lower'];
  if (factor < 1.05) return `${other.name} and ${baseName} peak alike, at ${peakText(mine)}.`;
  const [a, b] =
    mine.isSoftware || theirs.isSoftware
      ? [peakText(theirs), peakText(mine)]
      : [figure(theirs.value), peakText(mine)];
  return `${other.name} peaks ${figure(factor)} × ${word} than ${baseName}: ${a} against ${b}.`;
}
