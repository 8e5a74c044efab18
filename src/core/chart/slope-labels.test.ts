import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slopeLabels, type Slope } from './slope-labels.ts';

/** A line at 45 degrees from (0, y) on, `length` px to the right and up. */
const slope = (y: number, length = 200, textWidth = 60): Slope => ({
  x1: 0,
  y1: y,
  x2: length,
  y2: y - length,
  textWidth,
});

describe('slopeLabels', () => {
  it('starts near the left end, above the line, at its angle', () => {
    const [label] = slopeLabels([slope(300)]);
    expect(label?.angle).toBeCloseTo(-45, 9);
    // 6 px along the line, 4 px to its upper left.
    expect(label?.x).toBeCloseTo((6 - 4) / Math.SQRT2, 9);
    expect(label?.y).toBeCloseTo(300 - (6 + 4) / Math.SQRT2, 9);
  });
  it('goes below where another line is just above, and gives up where there is no room', () => {
    const [lower, upper] = slopeLabels([slope(300), slope(290)]);
    expect(lower && lower.x - lower.y).toBeGreaterThan(-300);
    expect(upper).not.toBeNull();
    expect(slopeLabels([slope(300, 40)])).toEqual([null]);
    expect(slopeLabels([])).toEqual([]);
  });
  it('never lets two names touch', () => {
    const starts = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(starts, (ys) => {
        const labels = slopeLabels(ys.map((y) => slope(y))).flatMap((label) => label ?? []);
        // Along the line and across it, at 45 degrees.
        const turned = labels.map(({ x, y }) => [(x - y) / Math.SQRT2, (-x - y) / Math.SQRT2] as const);
        turned.forEach(([s, d], i) => {
          for (const [otherS, otherD] of turned.slice(i + 1)) {
            expect(Math.abs(s - otherS) >= 59.9 || Math.abs(d - otherD) >= 10.9).toBe(true);
          }
        });
      }),
    );
  });
});
