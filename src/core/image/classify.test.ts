import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmax, topClasses } from './classify.ts';

const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('softmax', () => {
  it('is e^x / Σ e^x', () => {
    const [a, b] = softmax([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 12);
    expect(b).toBeCloseTo(0.75, 12);
  });
  it('does not overflow', () => {
    expect(Array.from(softmax([1000, 1000, -1000]))).toEqual([0.5, 0.5, 0]);
  });
  it('sums to 1 and does not change when every logit moves alike', () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: -100, max: 100 }), (list, shift) => {
        const plain = softmax(list);
        expect(plain.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        softmax(list.map((x) => x + shift)).forEach((p, i) => expect(p).toBeCloseTo(plain[i] ?? NaN, 9));
      }),
    );
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
      fc.property(logits, (list) => {
        const [first] = topClasses(list, 1);
        expect(list[first?.index ?? -1]).toBeCloseTo(Math.max(...list), 12);
      }),
    );
  });
});
