/**
 * @file The knee in the measured: the roof that the points of an intensity sweep lie on, fitted to them alone, to be held
 * against the roof that the ceilings give.
 */
import type { DeviceProfile, ProcessorId } from '../profile/profile.ts';
import { median } from '../stats.ts';
import { attainablePerformance } from './roofline.ts';

export interface IntensityPoint {
  /** FLOP/byte. */
  readonly operationalIntensity: number;
  readonly flopPerSecond: number;
}

export interface FittedRoof {
  readonly peakFlopPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  /** FLOP/byte where both meet. */
  readonly knee: number;
  /** How far the highest point lies above the roof, as a share of it; negative where all lie below. */
  readonly excess: number;
}

/** The sweep of a processor, the lowest intensity first. */
export function intensityPoints(profile: DeviceProfile, processor: ProcessorId): readonly IntensityPoint[] {
  return profile.metrics
    .flatMap((metric) => {
      const { operationalIntensity, median: rate } = metric;
      const isPoint = metric.processor === processor && metric.type === 'intensity';
      return isPoint && operationalIntensity !== undefined && rate !== null
        ? [{ operationalIntensity, flopPerSecond: rate * 1e9 }]
        : [];
    })
    .sort((a, b) => a.operationalIntensity - b.operationalIntensity);
}

type Roof = Pick<FittedRoof, 'peakFlopPerSecond' | 'bandwidthBytesPerSecond'>;

/** Σ (ln P − ln roof)². */
function misfit(points: readonly IntensityPoint[], roof: Roof): number {
  return points.reduce((sum, { operationalIntensity, flopPerSecond }) => {
    const off = Math.log(flopPerSecond / attainablePerformance(roof, operationalIntensity));
    return sum + off * off;
  }, 0);
}

/**
 * min(π, β·I) through the points: of every way to call the left ones memory bound and the right ones compute bound, with
 * β and π the medians of theirs, the one that fits best. Null for fewer than two points on either side.
 */
export function fitRoof(points: readonly IntensityPoint[]): FittedRoof | null {
  let best: Roof | null = null;
  for (let split = 2; split <= points.length - 2; split++) {
    const slopes = points.slice(0, split).map((point) => point.flopPerSecond / point.operationalIntensity);
    const heights = points.slice(split).map(({ flopPerSecond }) => flopPerSecond);
    const roof: Roof = {
      bandwidthBytesPerSecond: median(slopes) ?? 0,
      peakFlopPerSecond: median(heights) ?? 0,
    };
    if (best === null || misfit(points, roof) < misfit(points, best)) best = roof;
  }
  if (best === null) return null;
  const roof = best;
  const ratios = points.map(
    ({ operationalIntensity, flopPerSecond }) =>
      flopPerSecond / attainablePerformance(roof, operationalIntensity),
  );
  return {
    ...roof,
    knee: roof.peakFlopPerSecond / roof.bandwidthBytesPerSecond,
    excess: Math.max(...ratios) - 1,
  };
}
