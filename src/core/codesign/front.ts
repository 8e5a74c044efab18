/**
 * @file The Pareto front: the designs that no other beats in accuracy, throughput and latency together, exactly. One design
 * *beats* (dominates) another where it is at least as good in all three and better in one. No weights, no rounding, no
 * convexity: Kung, Luccio, Preparata, On Finding the Maxima of a Set of Vectors, JACM 22(4), 1975.
 */
import { processorsOf, type Plan } from '../planning/plan.ts';
import { ratesOf, type Design, type Rates } from './design.ts';

/** A plan and its rates; a `RankedPlan` is one. */
export interface Rated {
  readonly plan: Pick<Plan, 'stages'>;
  readonly predicted: Rates;
}

interface Step<T> extends Rates {
  readonly item: T;
  readonly processors: number;
}

/**
 * The items that no other beats in throughput and latency: by throughput ascending, and so by latency ascending. Of equal
 * ones that of the fewest processors. Rates must be numbers.
 */
export class Staircase<T> {
  private readonly steps: Step<T>[] = [];

  /** Whether the item is on the staircase now; those that it beats have left. */
  add(item: T, { throughputFps, latencySeconds }: Rates, processors: number): boolean {
    const { steps } = this;
    const place = this.firstFrom(throughputFps);
    // Of all that are as fast, the first has the least latency.
    const next = steps[place];
    const isEqual = next?.throughputFps === throughputFps && next.latencySeconds === latencySeconds;
    if (next && next.latencySeconds <= latencySeconds && !(isEqual && processors < next.processors))
      return false;
    let from = place;
    while ((steps[from - 1]?.latencySeconds ?? -Infinity) >= latencySeconds) from--;
    const to = next?.throughputFps === throughputFps ? place + 1 : place;
    steps.splice(from, to - from, { item, throughputFps, latencySeconds, processors });
    return true;
  }

  get items(): readonly T[] {
    return this.steps.map(({ item }) => item);
  }

  get rates(): readonly Rates[] {
    return this.steps;
  }

  /** Place of the first step that is at least as fast. */
  private firstFrom(throughputFps: number): number {
    let [low, high] = [0, this.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[middle]?.throughputFps ?? Infinity) < throughputFps) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const processorCount = ({ plan }: Pick<Rated, 'plan'>): number => processorsOf(plan).length;

/** Most accurate first, then fastest, then least latency, then fewest processors: none is beaten by a later one. */
function byMerit(a: Design, b: Design): number {
  const [x, y] = [ratesOf(a), ratesOf(b)];
  return (
    b.accuracy - a.accuracy ||
    y.throughputFps - x.throughputFps ||
    x.latencySeconds - y.latencySeconds ||
    processorCount(a) - processorCount(b)
  );
}

/**
 * The designs that no other beats in accuracy, throughput and latency by the best that is known (`ratesOf`); most accurate
 * first, then fastest. Of designs with equal figures that of the fewest processors, else the first. O(n log n) comparisons.
 */
export function frontOf<D extends Design>(designs: readonly D[]): readonly D[] {
  const stairs = new Staircase<D>();
  // Of equals the first stays, since that is the more accurate one, or the one of fewer processors.
  return designs.toSorted(byMerit).filter((design) => stairs.add(design, ratesOf(design), 0));
}

/**
 * Of the plans of one configuration, which all have its accuracy, those that no other beats in predicted throughput and
 * latency; slowest first. Of equal plans that of the fewest processors, else the first.
 */
export function localFront<P extends Rated>(plans: Iterable<P>): readonly P[] {
  const stairs = new Staircase<P>();
  for (const plan of plans) stairs.add(plan, plan.predicted, processorCount(plan));
  return stairs.items;
}

/**
 * Whether a design that ran is better than the front by more than the error of both: no design of the front that ran is as
 * accurate, and as fast and as prompt within `sigmas` standard errors of the ratio. False where it did not run; designs of
 * the front that did not run say nothing. Errors of a ratio add in quadrature.
 */
export function beats(
  { accuracy, measured }: Pick<Design, 'accuracy' | 'measured'>,
  front: readonly Design[],
  sigmas: number,
): boolean {
  if (!measured) return false;
  return !front.some((other) => {
    const theirs = other.measured;
    if (!theirs || other.accuracy < accuracy) return false;
    const allowed = (figure: 'throughput' | 'latency'): number =>
      1 + sigmas * Math.hypot(measured.errors[figure], theirs.errors[figure]);
    return (
      measured.throughputFps <= theirs.throughputFps * allowed('throughput') &&
      theirs.latencySeconds <= measured.latencySeconds * allowed('latency')
    );
  });
}
