import { describe, expect, it } from 'vitest';
import { allowed, choose, NO_WISH, type Wish } from '../../../core/codesign/constraints.ts';
import { designSpace } from '../../../fixtures/design-space.ts';
import { designOf, frontDesigns, shownAccuracy } from '../../design-text.ts';
import { drawnOf, relaxed, scaledBreak, scaledWish, wishText } from './codesign-view.ts';

const SPACE = designSpace();
const FRONT = frontDesigns(SPACE);

describe('drawnOf', () => {
  const { marks, x, y } = drawnOf(SPACE, NO_WISH, 'throughput');
  it('draws every design, the front among them, by the best that is known', () => {
    expect(marks).toHaveLength(SPACE.designs.length);
    expect(
      marks
        .filter(({ isFront }) => isFront)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(SPACE.front.toSorted());
    for (const { id, x: fps, predicted } of marks) {
      const design = designOf(SPACE, id);
      expect(fps).toBe((design?.measured ?? design?.predicted)?.throughputFps);
      expect(predicted?.x ?? null).toBe(design?.measured ? design.predicted.throughputFps : null);
    }
    expect([x.better, y.better, x.limit, y.limit]).toEqual(['more', 'more', null, null]);
  });
  it('says what runs the design', () => {
    const toneOf = (label: RegExp) =>
      new Set(marks.filter(({ reading }) => label.test(reading)).map(({ tone }) => tone));
    expect(toneOf(/; WASM × 2 alone/)).toEqual(new Set(['cpu']));
    expect(toneOf(/; WebGPU alone/)).toEqual(new Set(['gpu']));
    expect(toneOf(/→/)).toEqual(new Set(['both']));
  });
  it('has the wishes as limits, on the axes that show them', () => {
    const wish: Wish = { leastFps: 30, mostPointsLost: 2, mostLatencyMs: 40 };
    const across = drawnOf(SPACE, wish, 'throughput');
    expect(across.x.limit).toEqual({ value: 30, text: 'at least 30 frames/s' });
    expect(across.y.limit?.value).toBeCloseTo(55.12, 9);
    expect(across.y.limit?.text).toBe('at most 2 points');
    const late = drawnOf(SPACE, wish, 'latency');
    expect(late.x).toMatchObject({ better: 'less', limit: { value: 40, text: 'at most 40 ms' } });
    const kept = new Set(allowed(FRONT, wish).map(({ id }) => id));
    for (const mark of late.marks.filter(({ isFront }) => isFront))
      expect(mark.isOut).toBe(!kept.has(mark.id));
  });
  it('tells only what is kept where the accuracies are of training images', () => {
    const lite = designSpace('efficientnet-lite0', 0);
    const drawn = drawnOf(lite, { ...NO_WISH, mostPointsLost: 8.667 }, 'throughput');
    expect(Math.max(...drawn.marks.map((mark) => mark.y))).toBeCloseTo(100, 9);
    expect(drawn.y.title).toContain('kept');
    expect(drawn.y.limit?.value).toBeCloseTo(90, 9);
    expect(drawn.y.limit?.text).toBe('at most 10 points');
    expect(drawn.marks[0]?.label).toMatch(/^\d+ px · keeps \d+\.\d %$/);
  });
});

describe('relaxed', () => {
  it.each([
    ['leastFps', 31.04, 31],
    ['leastFps', 0.12345, 0.123],
    ['leastFps', 1234, 1230],
    ['mostLatencyMs', 31.04, 31.1],
    ['mostPointsLost', 8.634, 8.64],
    ['mostPointsLost', 2, 2],
    ['mostPointsLost', 0, 0],
  ] as const)('%s %d is let go to %d', (wish, kept, to) => {
    expect(relaxed({ wish, wished: 0, kept })).toBe(to);
  });
  it('lets a design through', () => {
    for (const { measured, predicted } of FRONT) {
      const kept = (measured ?? predicted).throughputFps;
      const wish = { ...NO_WISH, leastFps: relaxed({ wish: 'leastFps', wished: 999, kept }) };
      expect(choose(FRONT, wish, 'accuracy')).not.toBeNull();
    }
  });
});

describe('points on another scale', () => {
  it('are those of the chart', () => {
    const wish: Wish = { leastFps: 30, mostPointsLost: 10, mostLatencyMs: 40 };
    expect(scaledWish(wish, 0.5)).toEqual({ ...wish, mostPointsLost: 5 });
    expect(scaledWish(NO_WISH, 0.5)).toEqual(NO_WISH);
    expect(scaledBreak({ wish: 'mostPointsLost', wished: 2, kept: 3 }, 2)).toMatchObject({
      wished: 4,
      kept: 6,
    });
    expect(scaledBreak({ wish: 'leastFps', wished: 2, kept: 3 }, 2)).toMatchObject({ wished: 2, kept: 3 });
  });
  it('are named without what a fraction adds', () => {
    expect(wishText('mostPointsLost', 0.1 + 0.2)).toBe('at most 0.3 points below the best');
    expect(shownAccuracy(SPACE, 0.5712)).toBeCloseTo(57.12, 9);
  });
});
