import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineLabels } from './line-labels.ts';

describe('lineLabels', () => {
  it.each([
    ['one line: above it', [100], [90]],
    ['two lines far apart: above each', [100, 200], [90, 190]],
    ['two lines close together: above the upper, below the lower', [100, 110], [90, 127]],
    ['in any order', [110, 100], [127, 90]],
    ['three close together', [100, 105, 110], [90, 122, 139]],
    ['none', [], []],
  ])('%s', (_, lines, expected) => {
    expect(lineLabels(lines)).toEqual(expected);
  });

  it('keeps names apart, whatever the lines', () => {
    const lines = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(lines, (y) => {
        const names = lineLabels(y).toSorted((a, b) => a - b);
        names.slice(1).forEach((name, i) => expect(name - (names[i] ?? 0)).toBeGreaterThanOrEqual(17 - 1e-9));
      }),
    );
  });
});
