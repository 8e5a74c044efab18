import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nonNegativeLeastSquares } from './non-negative.ts';

const transposed = (rows: readonly (readonly number[])[]): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] ?? 0));
const residual = (
  columns: readonly (readonly number[])[],
  target: readonly number[],
  x: readonly number[],
): number =>
  target.reduce((sum, value, i) => {
    const at = columns.reduce((total, column, j) => total + (column[i] ?? 0) * (x[j] ?? 0), 0);
    return sum + (at - value) ** 2;
  }, 0);

describe('nonNegativeLeastSquares', () => {
  it.each([
    [
      'solves what has a solution',
      [
        [1, 0],
        [0, 2],
      ],
      [3, 4],
      [3, 2],
    ],
    [
      'leaves out what would be negative',
      [
        [1, 1],
        [0, 1],
      ],
      [2, 1],
      [1.5, 0],
    ],
    [
      'gives nothing to a column of zeros',
      [
        [1, 1],
        [0, 0],
      ],
      [1, 1],
      [1, 0],
    ],
    [
      'counts a column that is there twice once',
      [
        [1, 2],
        [1, 2],
      ],
      [1, 2],
      [1, 0],
    ],
    ['is nothing where all would be negative', [[1, 1]], [-1, -2], [0]],
    ['is nothing without columns', [], [1], []],
  ])('%s', (_, columns, target, expected) => {
    const found = nonNegativeLeastSquares(columns, target);
    expect(found).toHaveLength(expected.length);
    expected.forEach((value, j) => expect(found[j]).toBeCloseTo(value, 9));
  });

  const number = fc.double({ min: 0, max: 10, noNaN: true });
  const system = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 5, max: 12 })).chain(([n, m]) =>
    fc.record({
      rows: fc.array(fc.array(number, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
      target: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: m, maxLength: m }),
      other: fc.array(number, { minLength: n, maxLength: n }),
    }),
  );

  it('is never negative, and no other choice comes nearer', () => {
    fc.assert(
      fc.property(system, ({ rows, target, other }) => {
        const columns = transposed(rows);
        const x = nonNegativeLeastSquares(columns, target);
        expect(x.every((value) => value >= 0)).toBe(true);
        expect(residual(columns, target, x)).toBeLessThanOrEqual(residual(columns, target, other) + 1e-6);
        // Nor does a small step from it.
        x.forEach((value, j) => {
          for (const step of [1e-3, -1e-3])
            if (value + step >= 0)
              expect(residual(columns, target, x)).toBeLessThanOrEqual(
                residual(
                  columns,
                  target,
                  x.map((v, k) => (k === j ? v + step : v)),
                ) + 1e-6,
              );
        });
      }),
    );
  });
});
