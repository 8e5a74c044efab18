import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanAbsolutePercentageError, regret, spearman, spearmanOfKinds } from './prediction-error.ts';

describe('meanAbsolutePercentageError', () => {
  it('is the mean of |p − m| / m', () => {
    expect(meanAbsolutePercentageError([1.1, 1.5, 4], [1, 2, 4])).toBeCloseTo((0.1 + 0.25 + 0) / 3, 12);
  });
  it('leaves out what measured as nothing, and is null when that is all', () => {
    expect(meanAbsolutePercentageError([5, 3], [0, 2])).toBe(0.5);
    expect(meanAbsolutePercentageError([5], [0])).toBeNull();
    expect(meanAbsolutePercentageError([], [])).toBeNull();
  });
});

describe('spearman', () => {
  it.each([
    ['the same order', [1, 5, 9], [2, 3, 100], 1],
    ['the opposite order', [1, 5, 9], [3, 2, 1], -1],
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 − 6·4 / (5·24) = 0.8.
    ['two swaps of five', [1, 2, 3, 4, 5], [20, 10, 40, 30, 50], 0.8],
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    ['a tie', [1, 2, 2, 3], [1, 2, 3, 4], 4.5 / Math.sqrt(22.5)],
  ])('%s', (_, a, b, expected) => {
    expect(spearman(a, b)).toBeCloseTo(expected, 12);
  });
  it('is null where no order can be told', () => {
    expect(spearman([1], [1])).toBeNull();
    expect(spearman([1, 2], [1])).toBeNull();
    expect(spearman([3, 3, 3], [1, 2, 3])).toBeNull();
  });
  it('is symmetric, bounded and blind to monotone rescaling', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        const rho = spearman(a, b);
        if (rho === null) return;
        expect(Math.abs(rho)).toBeLessThanOrEqual(1 + 1e-12);
        expect(spearman(b, a)).toBeCloseTo(rho, 12);
        expect(
          spearman(
            a.map((x) => Math.exp(x / 4)),
            b,
          ),
        ).toBeCloseTo(rho, 12);
      }),
    );
  });
});

describe('spearmanOfKinds', () => {
  it('is 1 where every kind is there once, and less the more are of one kind', () => {
    expect(spearmanOfKinds(['a', 'b', 'c'], [3, 1, 2])).toBe(1);
    // Ranks 1, 2.5, 2.5, 4 against 1 … 4: √(1 − (2³ − 2) / (4³ − 4)).
    expect(spearmanOfKinds(['a', 'b', 'b', 'c'], [1, 2, 3, 4])).toBeCloseTo(Math.sqrt(0.9), 12);
    expect(spearmanOfKinds(['a', 'a', 'a', 'b'], [1, 2, 3, 4])).toBeCloseTo(Math.sqrt(0.6), 12);
  });
  it('goes by the mean rank where kinds overlap', () => {
    expect(spearmanOfKinds(['a', 'b', 'a', 'b'], [1, 2, 3, 4])).toBeCloseTo(Math.sqrt(0.2), 12);
    expect(spearmanOfKinds(['a', 'a'], [1, 2])).toBeNull();
  });
});

describe('regret', () => {
  it.each([
    [100, 100, 0],
    [75, 100, 0.25],
    [110, 100, 0],
    [0, 0, 0],
  ])('%d of %d fps: %d', (chosen, best, expected) => {
    expect(regret(chosen, best)).toBe(expected);
  });
});
