/** @file Points, boxes and SVG paths for the edges of a diagram: bends are round. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Largest radius of a bend, px. */
const RADIUS = 10;
/** How far an edge between columns runs below its source and above its target, px. */
const LEAD = 14;

const at = ({ x, y }: Point): string => `${Math.round(10 * x) / 10} ${Math.round(10 * y) / 10}`;

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(RADIUS, length / 2) / length;
  return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
}

/** Through all points in straight lines, with round corners. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  const steps = others.map((corner, i) => {
    const [before, after] = [points[i], others[i + 1]];
    return before && after
      ? `L ${at(towards(corner, before))} Q ${at(corner)} ${at(towards(corner, after))}`
      : `L ${at(corner)}`;
  });
  return [`M ${at(first)}`, ...steps].join(' ');
}

/** From the foot of one column, up the gutter, to the top of the next. */
export function wrapPath(source: Box, target: Box, gutter: number): string {
  const [from, to] = [source.x + source.width / 2, target.x + target.width / 2];
  const bottom = source.y + source.height;
  const middle = target.x - gutter / 2;
  return pathOf([
    { x: from, y: bottom },
    { x: from, y: bottom + LEAD },
    { x: middle, y: bottom + LEAD },
    { x: middle, y: target.y - LEAD },
    { x: to, y: target.y - LEAD },
    { x: to, y: target.y },
  ]);
}
