/** @file What a profile says beyond its ceilings, in sentences: processors that work at once, and the knee of a sweep. Pure. */
import type { DeviceProfile, ProcessorId } from '../../../core/profile/profile.ts';
import { fitRoof, intensityPoints } from '../../../core/roofline/intensity.ts';
import { ridgePoint, rooflineOf, shareBeside } from '../../../core/roofline/roofline.ts';
import { ownerName } from '../../components/metric-name.ts';
import { figure, percent } from '../../number-format.ts';
import { processorsOf } from './ceiling-rows.ts';

/** Every pair that was measured at once, as `processor other`. */
function pairsOf({ metrics }: DeviceProfile): readonly (readonly [ProcessorId, ProcessorId])[] {
  const pairs = new Map<string, readonly [ProcessorId, ProcessorId]>();
  for (const { processor, beside } of metrics) {
    if (beside !== undefined && processor !== 'worker')
      pairs.set(`${processor} ${beside}`, [processor, beside]);
  }
  return [...pairs.values()];
}

const shareText = (share: number): string =>
  share > 0.98 && share < 1.1 ? 'all' : share >= 1.1 ? `${percent(share)} (noise)` : percent(share);

/** What each processor keeps of its ceilings while another one works; empty where that was not measured. */
export function togetherSentences(profile: DeviceProfile): readonly string[] {
  return pairsOf(profile).flatMap(([processor, other]) => {
    const share = shareBeside(profile, processor, other);
    if (!share) return [];
    const beside = other === processor ? `another ${ownerName(other)} worker` : ownerName(other);
    return `${ownerName(processor)} keeps ${shareText(share.compute)} of its arithmetic and ${shareText(share.bandwidth)} of its bandwidth while ${beside} works.`;
  });
}

/** Within this factor a knee and a ridge are called the same. */
const AGREES = 1.3;

/** Where the sweep of each processor bends, against the ridge of its ceilings; empty without sweeps. */
export function kneeSentences(profile: DeviceProfile): readonly string[] {
  return processorsOf(profile).flatMap((processor) => {
    const roof = rooflineOf(profile, processor);
    const fit = fitRoof(intensityPoints(profile, processor));
    if (!roof || !fit) return [];
    const ridge = ridgePoint(roof);
    const apart = Math.max(fit.knee / ridge, ridge / fit.knee);
    const peak = percent(fit.peakFlopPerSecond / roof.peakFlopPerSecond);
    const bandwidth = percent(fit.bandwidthBytesPerSecond / roof.bandwidthBytesPerSecond);
    const verdict = apart <= AGREES ? 'They agree' : `They are ${apart.toFixed(1)} × apart`;
    return `${ownerName(processor)} bends at ${figure(fit.knee)} FLOP/byte; its ceilings put the ridge at ${figure(ridge)}. ${verdict}: the sweep reaches ${peak} of the arithmetic and ${bandwidth} of the bandwidth.`;
  });
}

/** `Full profile, 43 s, 26 Nov 2026, 09:14`. */
export function profileNote({ effort, seconds, date }: DeviceProfile): string {
  const kind = effort === undefined ? 'Profile' : effort === 'full' ? 'Full profile' : 'Quick profile';
  const took = seconds === undefined ? '' : `, ${Math.round(seconds)} s`;
  const when = new Date(date).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${kind}${took}, ${when}`;
}
