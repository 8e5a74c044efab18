/**
 * @file What the front chart draws, and where: designs over two of their three figures, the staircase of those that no other
 * beats in both, and the region that a wish rules out. Pure geometry.
 */
import { roundAxis, type RoundAxis } from '../../core/chart/round-axis.ts';
import type { Readable } from './roofline-plane.ts';
import type { Tone } from './tone.ts';

export interface At {
  readonly x: number;
  readonly y: number;
}

/** A design, by the best that is known of it. */
export interface FrontMark extends Readable, At {
  /** Where it was predicted, once it ran; null before. */
  readonly predicted: At | null;
  /** Whether no other design beats it in accuracy, throughput and latency together. */
  readonly isFront: boolean;
  /** Whether it fails a wish. */
  readonly isOut: boolean;
  /** `both`: it needs the GPU and WASM. */
  readonly tone: Tone | 'both';
}

/** One direction of the chart. */
export interface FrontAxis {
  readonly title: string;
  readonly better: 'more' | 'less';
  /** What a wish asks for at least or, where less is better, at most. */
  readonly limit: { readonly value: number; readonly text: string } | null;
}

export interface FrontDrawn {
  readonly marks: readonly FrontMark[];
  readonly x: FrontAxis;
  readonly y: FrontAxis;
}

export interface FrontPlane {
  /** Values to px. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly xAxis: RoundAxis;
  readonly yAxis: RoundAxis;
}

const MARGIN = { left: 46, right: 26, top: 44, bottom: 42 };
/** Px below which there is room for fewer ticks. */
const NARROW = 500;

/** Both domains hold every mark, every prediction of a mark of the front, and every limit. */
export function frontPlane({ marks, x, y }: FrontDrawn, width: number, height: number): FrontPlane {
  const points = marks.flatMap((mark) => [mark, ...(mark.predicted && mark.isFront ? [mark.predicted] : [])]);
  const values = (axis: 'x' | 'y', { limit }: FrontAxis): readonly number[] => [
    ...points.map((point) => point[axis]),
    ...(limit ? [limit.value] : []),
  ];
  const xAxis = roundAxis(values('x', x), width < NARROW ? 6 : 9);
  const yAxis = roundAxis(values('y', y), height < 320 ? 6 : 8);
  const { left, top } = MARGIN;
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  return {
    x: (value) => left + xAxis.position(value) * (right - left),
    y: (value) => bottom - yAxis.position(value) * (bottom - top),
    ...{ left, right, top, bottom, xAxis, yAxis },
  };
}

/** One step of the staircase: along y = `at.y` to the mark, then down to the next; null where the chart's edge is meant. */
export interface StairStep {
  readonly id: string;
  readonly at: At;
  readonly fromX: number | null;
  readonly toY: number | null;
  readonly isMeasured: boolean;
}

/** The marks of the front that no other beats in the two figures shown, the best y first. */
export function staircase({ marks, x, y }: FrontDrawn): readonly StairStep[] {
  const [signX, signY] = [x, y].map(({ better }) => (better === 'more' ? 1 : -1));
  const byHeight = marks
    .filter(({ isFront }) => isFront)
    .toSorted((a, b) => (signY ?? 1) * (b.y - a.y) || (signX ?? 1) * (b.x - a.x));
  const kept: FrontMark[] = [];
  for (const mark of byHeight) {
    const last = kept.at(-1);
    if (!last || (signX ?? 1) * (mark.x - last.x) > 0) kept.push(mark);
  }
  return kept.map((mark, i) => ({
    id: mark.id,
    at: { x: mark.x, y: mark.y },
    fromX: kept[i - 1]?.x ?? null,
    toY: kept[i + 1]?.y ?? null,
    isMeasured: mark.predicted !== null,
  }));
}

/** The front from left to right, as the keyboard walks it. */
export const walkOf = (marks: readonly FrontMark[]): readonly FrontMark[] =>
  marks.filter(({ isFront }) => isFront).toSorted((a, b) => a.x - b.x || a.y - b.y);

/** The mark nearest to a pointer at (px), one of the front before others as far away; null where none is within `reach` px. */
export function nearestMark(
  marks: readonly FrontMark[],
  plane: Pick<FrontPlane, 'x' | 'y'>,
  pointer: At,
  reach: number,
): FrontMark | null {
  let [nearest, least]: [FrontMark | null, number] = [null, reach];
  for (const mark of marks) {
    // What is faint and lies between two of the front is hard to hit, and seldom meant.
    const handicap = mark.isFront ? 0 : 6;
    const distance = Math.hypot(plane.x(mark.x) - pointer.x, plane.y(mark.y) - pointer.y) + handicap;
    if (distance < least) [nearest, least] = [mark, distance];
  }
  return nearest;
}
