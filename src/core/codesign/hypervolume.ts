/**
 * @file Hypervolume: how much of all accuracies, throughputs and promptnesses a set of designs reaches, one figure to hold two
 * fronts against each other by. It never falls when a design is added, and is largest for the whole front alone.
 * Zitzler, Thiele, Multiobjective Evolutionary Algorithms, IEEE Trans. Evol. Comp. 3(4), 1999; by a sweep as Beume et al., On
 * the Complexity of Computing the Hypervolume Indicator, IEEE Trans. Evol. Comp. 13(5), 2009.
 */
import { ratesOf, type Design, type Rates } from './design.ts';
import { Staircase } from './front.ts';

export interface Point extends Rates {
  readonly accuracy: number;
}

/** The worst there can be. */
export const NOTHING: Point = { accuracy: 0, throughputFps: 0, latencySeconds: Infinity };

const pointOf = (design: Design): Point => ({ accuracy: design.accuracy, ...ratesOf(design) });

/** `hypervolume` of designs by the best that is known of them. */
export const hypervolumeOf = (designs: readonly Design[], reference: Point = NOTHING): number =>
  hypervolume(designs.map(pointOf), reference);

/**
 * The worst of each figure among designs (their nadir): a stricter reference than nothing at all, since what all of them
 * have does not count. Designs that are worst at something count nothing either. At least one design.
 */
export const referenceOf = (designs: readonly Design[]): Point =>
  designs.map(pointOf).reduce((worst, point) => ({
    accuracy: Math.min(worst.accuracy, point.accuracy),
    throughputFps: Math.min(worst.throughputFps, point.throughputFps),
    latencySeconds: Math.max(worst.latencySeconds, point.latencySeconds),
  }));

/**
 * Volume of the union of the boxes from `reference` to each point, in accuracy · throughput (frames/s) · promptness
 * (1 / latency, 1/s). A point that does not pass the reference in all three has none. Latency is taken as its inverse so
 * that nothing at all can be the reference: a worst latency would have to be chosen, and the figure with it. Only ratios say
 * anything: those are the same in all units. Exact but for rounding; O(n²), for some thousands of points.
 */
export function hypervolume(points: readonly Point[], reference: Point = NOTHING): number {
  const sorted = points
    .filter(({ accuracy }) => accuracy > reference.accuracy)
    .toSorted((a, b) => b.accuracy - a.accuracy);
  const stairs = new Staircase<Point>();
  let volume = 0;
  sorted.forEach((point, i) => {
    if (point.throughputFps > reference.throughputFps && point.latencySeconds < reference.latencySeconds)
      stairs.add(point, point, 0);
    // Down to the next accuracy all that was met so far is reached.
    const below = sorted[i + 1]?.accuracy ?? reference.accuracy;
    if (point.accuracy > below) volume += areaOf(stairs.rates, reference) * (point.accuracy - below);
  });
  return volume;
}

/** Of the boxes of steps, slowest first. */
function areaOf(steps: readonly Rates[], reference: Rates): number {
  let [area, from] = [0, reference.throughputFps];
  for (const { throughputFps, latencySeconds } of steps) {
    area += (throughputFps - from) * (1 / latencySeconds - 1 / reference.latencySeconds);
    from = throughputFps;
  }
  return area;
}
