/**
 * @file What running some designs teaches about the prices of all: per shape of a plan, seconds that ran are `a + b ×` seconds
 * predicted, a, b ≥ 0. `a` is what a frame costs besides computing (hand-overs between workers, the page), `b` what
 * processors slow each other down, and caches that layers measured one by one do not share. What is left over the line is
 * taken from designs of about the same size.
 */
import { membersOf, type Plan } from '../planning/plan.ts';
import { nonNegativeLeastSquares } from '../cost/non-negative.ts';
import type { Rates } from './design.ts';

/** Processors of a plan without where it is cut: `wasm:1 + wasm:1 → wasm:2`. */
export const shapeOf = ({ stages }: Pick<Plan, 'stages'>): string =>
  stages
    .map((stage) =>
      membersOf(stage)
        .map(({ processor }) => processor)
        .join(' + '),
    )
    .join(' → ');

export interface RanDesign {
  readonly plan: Plan;
  readonly predicted: Rates;
  readonly measured: Rates;
}

interface Point {
  readonly predicted: number;
  readonly measured: number;
}

/** Seconds predicted → seconds corrected. */
type Correct = (seconds: number) => number;

/** Points count in full where predictions are alike, e^-½ of it where they are a third apart. */
const REACH = Math.log(4 / 3);
/** Of what points say beyond the line, one alone is believed to 2/3: runs err. */
const DOUBT = 0.5;

/** Relative errors below this count by their square, larger ones by their size (Huber 1964): runs have slow spells. */
const SMALL_ERROR = 0.05;
/** Turns of the fit; it is where it goes to within a few. */
const TURNS = 10;

/** The robust line of relative errors, by reweighted least squares; one point alone gives a factor. */
function lineThrough(points: readonly Point[]): Correct {
  let weights = points.map(() => 1);
  let line: Correct = (seconds) => seconds;
  for (let turn = 0; turn < TURNS; turn++) {
    const weighted = (of: (point: Point) => number): readonly number[] =>
      points.map((point, i) => Math.sqrt(weights[i] ?? 1) * of(point));
    const factors = weighted(({ predicted, measured }) => predicted / measured);
    const fixes = weighted(({ measured }) => 1 / measured);
    const [factor = 1, fixed = 0] = nonNegativeLeastSquares(
      points.length > 1 ? [factors, fixes] : [factors],
      weighted(() => 1),
    );
    line = (seconds) => fixed + factor * seconds;
    weights = points.map(({ predicted, measured }) => {
      const error = Math.abs((fixed + factor * predicted) / measured - 1);
      return SMALL_ERROR / Math.max(error, SMALL_ERROR);
    });
  }
  return line;
}

/**
 * The line, and what is left over it by points of about the same size: a mean weighted by likeness (Nadaraya 1964, Watson
 * 1964), in logarithms. Networks of a family that are alike in size err alike: by the caches they fit in, by their share of
 * small layers.
 */
function curveThrough(points: readonly Point[]): Correct {
  if (points.length === 0) return (seconds) => seconds;
  const line = lineThrough(points);
  const left = points.map(({ predicted, measured }) => ({
    size: Math.log(predicted),
    ratio: Math.log(measured / line(predicted)),
  }));
  return (seconds) => {
    const weights = left.map(({ size }) => Math.exp(-0.5 * ((Math.log(seconds) - size) / REACH) ** 2));
    const sum = left.reduce((total, { ratio }, i) => total + (weights[i] ?? 0) * ratio, 0);
    const weight = weights.reduce((total, each) => total + each, DOUBT);
    return line(seconds) * Math.exp(sum / weight);
  };
}

const frameSeconds = ({ throughputFps }: Rates): number => 1 / throughputFps;

interface Curves {
  readonly frame: Correct;
  readonly latency: Correct;
}

function curvesThrough(ran: readonly RanDesign[]): Curves {
  const curve = (of: (rates: Rates) => number): Correct =>
    curveThrough(
      ran.map(({ predicted, measured }) => ({ predicted: of(predicted), measured: of(measured) })),
    );
  return { frame: curve(frameSeconds), latency: curve(({ latencySeconds }) => latencySeconds) };
}

export class Correction {
  private readonly curves = new Map<string, Curves>();
  private readonly ofAny: Curves;

  constructor(ran: readonly RanDesign[]) {
    for (const shape of new Set(ran.map(({ plan }) => shapeOf(plan))))
      this.curves.set(shape, curvesThrough(ran.filter(({ plan }) => shapeOf(plan) === shape)));
    this.ofAny = curvesThrough(ran);
  }

  /** A shape that did not run goes by all that did: as predicted it would look better than any that ran. */
  apply(plan: Pick<Plan, 'stages'>, predicted: Rates): Rates {
    const { frame, latency } = this.curves.get(shapeOf(plan)) ?? this.ofAny;
    return {
      throughputFps: 1 / frame(frameSeconds(predicted)),
      latencySeconds: latency(predicted.latencySeconds),
    };
  }
}
