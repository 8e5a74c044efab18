/** @file Where the names of parallel slanted lines go: along the line, from its left end on, clear of each other. */

export interface Slope {
  /** Px, y downwards; `x1` is the left end, and all slopes of a chart have one angle. */
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Px that its name takes. */
  readonly textWidth: number;
}

export interface SlopeLabel {
  /** Start of the baseline, px. */
  readonly x: number;
  readonly y: number;
  /** Degrees, clockwise as SVG turns. */
  readonly angle: number;
}

/** Px from the end of the line, between two tries, between line and text, and the height of a name. */
const [START, STEP, RISE, HEIGHT] = [6, 8, 4, 15];

interface Band {
  readonly from: number;
  readonly to: number;
  /** Px to the upper left of the origin. */
  readonly low: number;
  readonly high: number;
}

const overlap = (a: Band, b: Band): boolean =>
  a.from < b.to && b.from < a.to && a.low < b.high && b.low < a.high;

/**
 * One place a slope, the first ones served first: above the line or else below, as far left as no other line and no name
 * before is touched. Null where there is no such place.
 */
export function slopeLabels(slopes: readonly Slope[]): readonly (SlopeLabel | null)[] {
  const [first] = slopes;
  if (!first) return [];
  const [dx, dy] = [first.x2 - first.x1, first.y2 - first.y1];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const along = (x: number, y: number): number => x * ux + y * uy;
  const across = (x: number, y: number): number => x * uy - y * ux;
  const lines = slopes.map(({ x1, y1, x2, y2 }): Band => {
    const at = across(x1, y1);
    return { from: along(x1, y1), to: along(x2, y2), low: at - 1, high: at + 1 };
  });
  const taken: Band[] = [];
  return slopes.map((slope, i) => {
    const line = lines[i];
    const band =
      line && placeOf(line, slope.textWidth, [...lines.filter((other) => other !== line), ...taken]);
    if (!band) return null;
    taken.push(band);
    const [s, d] = [band.from, band.low];
    return { x: s * ux + d * uy, y: s * uy - d * ux, angle: (Math.atan2(uy, ux) * 180) / Math.PI };
  });
}

function placeOf(line: Band, width: number, others: readonly Band[]): Band | null {
  const middle = (line.low + line.high) / 2;
  for (let from = line.from + START; from + width <= line.to; from += STEP) {
    for (const low of [middle + RISE, middle - HEIGHT + 1]) {
      const band: Band = { from, to: from + width, low, high: low + HEIGHT - RISE };
      if (!others.some((other) => overlap(band, other))) return band;
    }
  }
  return null;
}
