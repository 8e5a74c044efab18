/**
 * @file The knee in the measured: the roof that the points of an intensity sweep bend under, fitted to them alone, to be
 * held against the roof that the ceilings give. A processor that overlaps arithmetic with memory perfectly follows
 * min(π, β·I); one that does one after the other takes F/π + B/β and stays well below the corner. Both are
 * `P = (π^−p + (β·I)^−p)^(−1/p)`, with overlap p from 1 (none) to ∞ (perfect): π and β are its asymptotes.
 */
import type { DeviceProfile, ProcessorId } from '../profile/profile.ts';
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
  /** 1: arithmetic and memory in turn; Infinity: perfectly at once. */
  readonly overlap: number;
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

const OVERLAPS = [1, 1.25, 1.5, 2, 3, 4, 6, 10, 20, Infinity];
const TURNS = 40;
/** Deviations smaller than this, in natural logarithms, count as their squares: medians of samples scatter as much. */
const SCATTER = 0.02;
/**
 * A roof lies on its points, not among them: a point above it costs as much as nine below. The 0.9 quantile, as frontiers
 * are fitted: Koenker and Bassett, Regression Quantiles, Econometrica 46 (1978).
 */
const QUANTILE = 0.9;
const ABOVE = QUANTILE / (1 - QUANTILE);
const costOf = (off: number): number => (off > 0 ? ABOVE * off : -off);

/** ln π and ln β. */
interface Asymptotes {
  readonly peak: number;
  readonly bandwidth: number;
}

/** ln P at ln I, and how much of it hangs on ln π (0…1; the rest on ln β). */
function modelAt(x: number, { peak, bandwidth }: Asymptotes, overlap: number): readonly [number, number] {
  const slope = bandwidth + x;
  if (overlap === Infinity) return peak < slope ? [peak, 1] : [slope, 0];
  // (π^−p + (βI)^−p)^(−1/p), taken out of the smaller of the two so that nothing overflows.
  const low = Math.min(peak, slope);
  const [a, b] = [Math.exp(-overlap * (peak - low)), Math.exp(-overlap * (slope - low))];
  return [low - Math.log(a + b) / overlap, a / (a + b)];
}

/** Least cost by reweighted Gauss–Newton steps: a point that went wrong, and lies low, does not bend the roof. */
function fitWith(points: readonly (readonly [x: number, y: number])[], overlap: number): Asymptotes {
  let roof: Asymptotes = {
    peak: Math.max(...points.map(([, y]) => y)),
    bandwidth: Math.max(...points.map(([x, y]) => y - x)),
  };
  for (let turn = 0; turn < TURNS; turn++) {
    let [pp, pb, bb, rp, rb] = [1e-9, 0, 1e-9, 0, 0];
    for (const [x, y] of points) {
      const [value, onPeak] = modelAt(x, roof, overlap);
      const off = y - value;
      const weight = (off > 0 ? ABOVE : 1) / Math.max(SCATTER, Math.abs(off));
      pp += weight * onPeak * onPeak;
      pb += weight * onPeak * (1 - onPeak);
      bb += weight * (1 - onPeak) * (1 - onPeak);
      rp += weight * onPeak * off;
      rb += weight * (1 - onPeak) * off;
    }
    const determinant = pp * bb - pb * pb;
    if (!(determinant > 0)) break;
    roof = {
      peak: roof.peak + (bb * rp - pb * rb) / determinant,
      bandwidth: roof.bandwidth + (pp * rb - pb * rp) / determinant,
    };
  }
  return roof;
}

/**
 * π, β and the overlap that the points show. Null for fewer than four points: two asymptotes and the bend between them
 * need as many.
 */
export function fitRoof(points: readonly IntensityPoint[]): FittedRoof | null {
  if (points.length < 4) return null;
  const logs = points.map(
    ({ operationalIntensity, flopPerSecond }) =>
      [Math.log(operationalIntensity), Math.log(flopPerSecond)] as const,
  );
  const fits = OVERLAPS.map((overlap) => {
    const roof = fitWith(logs, overlap);
    const misfit = logs.reduce((sum, [x, y]) => sum + costOf(y - modelAt(x, roof, overlap)[0]), 0);
    return { overlap, roof, misfit };
  });
  const { overlap, roof } = fits.reduce((a, b) => (b.misfit < a.misfit ? b : a));
  const found = {
    peakFlopPerSecond: Math.exp(roof.peak),
    bandwidthBytesPerSecond: Math.exp(roof.bandwidth),
  };
  const ratios = points.map(
    (point) => point.flopPerSecond / attainablePerformance(found, point.operationalIntensity),
  );
  return {
    ...found,
    knee: found.peakFlopPerSecond / found.bandwidthBytesPerSecond,
    overlap,
    excess: Math.max(...ratios) - 1,
  };
}
