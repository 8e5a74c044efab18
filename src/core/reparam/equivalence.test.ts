import { describe, expect, it } from 'vitest';
import { differenceOf, worseOf } from './equivalence.ts';

describe('differenceOf', () => {
  it('relates the largest difference to the largest reference value', () => {
    expect(differenceOf([1, -4, 0], [1.5, -4, 0.25])).toEqual({
      maxAbsDifference: 0.5,
      maxRelDifference: 0.125,
    });
  });
  it('finds a single wrong last element', () => {
    const reference = new Float32Array(1000).fill(2);
    const other = reference.slice();
    other[999] = 3;
    expect(differenceOf(reference, other).maxRelDifference).toBe(0.5);
  });
  it('is nothing for equal outputs, even all zero', () => {
    expect(differenceOf([0, 0], [0, 0])).toEqual({ maxAbsDifference: 0, maxRelDifference: 0 });
  });
  it.each([
    ['NaN in the reference', [NaN], [1]],
    ['NaN in the other', [1], [NaN]],
    ['another length', [1, 2], [1]],
    ['an infinite value', [1], [Infinity]],
    ['something where nothing should be', [0], [1e-9]],
  ])('is infinite for %s', (_, a, b) => {
    expect(differenceOf(a, b).maxRelDifference).toBe(Infinity);
  });
  it('the worse of two takes each figure on its own', () => {
    const [a, b] = [differenceOf([10], [11]), differenceOf([1], [1.5])];
    expect(worseOf(a, b)).toEqual({ maxAbsDifference: 1, maxRelDifference: 0.5 });
  });
});
