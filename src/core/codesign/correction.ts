/**
 * @file What running a few designs teaches about the prices of all: per shape of a plan, seconds that ran are `a + b ×` seconds
 * predicted, a, b ≥ 0. `a` is what a frame costs besides computing (hand-overs between workers, the page), `b` what
 * processors slow each other down, and caches that layers measured one by one do not share.
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

interface Line {
  /** Seconds. */
  readonly fixed: number;
  readonly factor: number;
}

const SAME: Line = { fixed: 0, factor: 1 };

/** The line of least squares of relative errors; one design alone gives a factor. */
function lineThrough(points: readonly { readonly predicted: number; readonly measured: number }[]): Line {
  if (points.length === 0) return SAME;
  const factors = points.map(({ predicted, measured }) => predicted / measured);
  const fixes = points.map(({ measured }) => 1 / measured);
  const [factor = 1, fixed = 0] = nonNegativeLeastSquares(
    points.length > 1 ? [factors, fixes] : [factors],
    points.map(() => 1),
  );
  return { fixed, factor };
}

const frameSeconds = ({ throughputFps }: Rates): number => 1 / throughputFps;
const latency = ({ latencySeconds }: Rates): number => latencySeconds;

export class Correction {
  private readonly lines = new Map<string, { readonly frame: Line; readonly latency: Line }>();

  /** Of a shape that did not run, predictions stay as they are. */
  constructor(ran: readonly RanDesign[]) {
    for (const shape of new Set(ran.map(({ plan }) => shapeOf(plan)))) {
      const alike = ran.filter(({ plan }) => shapeOf(plan) === shape);
      const line = (of: (rates: Rates) => number): Line =>
        lineThrough(
          alike.map(({ predicted, measured }) => ({ predicted: of(predicted), measured: of(measured) })),
        );
      this.lines.set(shape, { frame: line(frameSeconds), latency: line(latency) });
    }
  }

  apply(plan: Pick<Plan, 'stages'>, predicted: Rates): Rates {
    const { frame, latency: late } = this.lines.get(shapeOf(plan)) ?? { frame: SAME, latency: SAME };
    return {
      throughputFps: 1 / (frame.fixed + frame.factor * frameSeconds(predicted)),
      latencySeconds: late.fixed + late.factor * latency(predicted),
    };
  }
}
