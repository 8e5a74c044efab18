import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frontPlane,
  nearestMark,
  staircase,
  walkOf,
  type FrontAxis,
  type FrontDrawn,
  type FrontMark,
} from './front-plane.ts';

const FPS: FrontAxis = { title: 'frames/s', better: 'more', limit: null };
const MS: FrontAxis = { title: 'ms', better: 'less', limit: null };
const TOP1: FrontAxis = { title: 'top-1, %', better: 'more', limit: null };

const mark = (id: string, x: number, y: number, more: Partial<FrontMark> = {}): FrontMark => ({
  ...{ id, x, y, label: id, reading: '', predicted: null, isFront: true, isOut: false, tone: 'cpu' },
  ...more,
});

const MARKS = [mark('a', 10, 57), mark('b', 20, 52), mark('c', 15, 50), mark('d', 80, 31)];

describe('frontPlane', () => {
  const drawn: FrontDrawn = { marks: MARKS, x: FPS, y: TOP1 };
  it('puts more to the right and up, inside its margins', () => {
    const plane = frontPlane(drawn, 800, 400);
    expect(plane.x(20)).toBeGreaterThan(plane.x(10));
    expect(plane.y(57)).toBeLessThan(plane.y(31));
    expect(plane.x(10)).toBeGreaterThan(plane.left);
    expect(plane.x(80)).toBeLessThan(plane.right);
  });
  it('makes room for a limit, and for where a mark of the front was predicted', () => {
    const wished = frontPlane({ ...drawn, x: { ...FPS, limit: { value: 200, text: '' } } }, 800, 400);
    expect(wished.xAxis.max).toBeGreaterThanOrEqual(200);
    const measured = (isFront: boolean): FrontMark =>
      mark('e', 30, 40, { predicted: { x: 300, y: 40 }, isFront });
    expect(
      frontPlane({ ...drawn, marks: [...MARKS, measured(true)] }, 800, 400).xAxis.max,
    ).toBeGreaterThanOrEqual(300);
    expect(frontPlane({ ...drawn, marks: [...MARKS, measured(false)] }, 800, 400).xAxis.max).toBeLessThan(
      100,
    );
  });
});

describe('staircase', () => {
  it('goes down from the most accurate, past what is beaten in the two figures shown', () => {
    expect(staircase({ marks: MARKS, x: FPS, y: TOP1 })).toEqual([
      { id: 'a', at: { x: 10, y: 57 }, fromX: null, toY: 52, isMeasured: false },
      { id: 'b', at: { x: 20, y: 52 }, fromX: 10, toY: 31, isMeasured: false },
      { id: 'd', at: { x: 80, y: 31 }, fromX: 20, toY: null, isMeasured: false },
    ]);
  });
  it('knows axes on which less is better', () => {
    const ids = (marks: readonly FrontMark[], x: FrontAxis, y: FrontAxis) =>
      staircase({ marks, x, y }).map(({ id }) => id);
    const late = [mark('slow', 90, 57), mark('beaten', 95, 55), mark('quick', 12, 31)];
    expect(ids(late, MS, TOP1)).toEqual(['slow', 'quick']);
    expect(ids([mark('prompt', 20, 30), mark('many', 35, 55)], FPS, MS)).toEqual(['prompt', 'many']);
  });
  it('leaves out what is not of the front, and says what ran', () => {
    const marks = [mark('a', 10, 57, { predicted: { x: 11, y: 57 } }), mark('f', 99, 99, { isFront: false })];
    expect(staircase({ marks, x: FPS, y: TOP1 })).toMatchObject([{ id: 'a', isMeasured: true }]);
  });

  const any = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 12,
  });
  it('keeps exactly what no other beats', () => {
    fc.assert(
      fc.property(any, (list) => {
        const marks = list.map(([x, y], i) => mark(String(i), x, y));
        const kept = new Set(staircase({ marks, x: FPS, y: TOP1 }).map(({ at }) => `${at.x},${at.y}`));
        const best = marks.filter(
          (a) => !marks.some((b) => b.x >= a.x && b.y >= a.y && (b.x > a.x || b.y > a.y)),
        );
        expect(kept).toEqual(new Set(best.map(({ x, y }) => `${x},${y}`)));
      }),
    );
  });
});

describe('walkOf', () => {
  it('goes from left to right along the front', () => {
    const marks = [...MARKS, mark('f', 12, 20, { isFront: false })];
    expect(walkOf(marks).map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd']);
  });
});

describe('nearestMark', () => {
  const plane = { x: (value: number) => value, y: (value: number) => value };
  const marks = [mark('front', 100, 100), mark('faint', 110, 100, { isFront: false })];
  it.each([
    [101, 'front'],
    [107, 'front'],
    [109, 'faint'],
    [134, null],
  ])('at %d px it is %s', (x, id) => {
    expect(nearestMark(marks, plane, { x, y: 100 }, 30)?.id ?? null).toBe(id);
  });
});
