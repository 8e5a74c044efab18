import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topClasses } from './classify.ts';

const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });

/** Of all classes, in index order. */
const probabilitiesOf = (scores: readonly number[]): readonly number[] =>
  topClasses(scores, scores.length)
    .toSorted((a, b) => a.index - b.index)
    .map(({ probability }) => probability);

describe('probabilities', () => {
  it('of logits are e^x / Σ e^x', () => {
    const [a, b] = probabilitiesOf([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 12);
    expect(b).toBeCloseTo(0.75, 12);
  });
  it('do not overflow', () => {
    expect(probabilitiesOf([1000, 1000, -1000])).toEqual([0.5, 0.5, 0]);
  });
  it('sum to 1 and do not change when every logit moves alike', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 100, max: 200 }), (list, shift) => {
        const plain = probabilitiesOf(list.map((x) => x + 60));
        expect(plain.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        probabilitiesOf(list.map((x) => x + shift)).forEach((p, i) =>
          expect(p).toBeCloseTo(plain[i] ?? NaN, 9),
        );
      }),
    );
  });
  it('of a model that ends in a softmax are what it puts out', () => {
    expect(probabilitiesOf([0.25, 0.5, 0.25])).toEqual([0.25, 0.5, 0.25]);
  });
});

describe('topClasses', () => {
  it('gives the most probable first, equal ones in index order', () => {
    expect(topClasses([1, 3, 2, 3], 3).map(({ index }) => index)).toEqual([1, 3, 2]);
  });
  it('gives five, or as many as there are', () => {
    expect(topClasses(new Float32Array(9))).toHaveLength(5);
    expect(topClasses([1, 2])).toHaveLength(2);
  });
  it('orders as the logits do', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 6 }), (list, count) => {
        const sorted = Array.from(list, (value, index) => ({ value, index }))
          .sort((a, b) => b.value - a.value || a.index - b.index)
          .slice(0, count);
        expect(topClasses(list, count).map(({ index }) => index)).toEqual(sorted.map(({ index }) => index));
      }),
    );
  });
});
