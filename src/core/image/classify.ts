/** @file From logits to what a person reads: softmax and the most probable classes. */
export interface Prediction {
  readonly index: number;
  readonly probability: number;
}

/** Softmax, shifted by the maximum so that no exponential overflows. Sums to 1. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = values.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

/** The `count` most probable classes, best first; equal ones in index order. */
export function topClasses(logits: ArrayLike<number>, count = 5): readonly Prediction[] {
  return Array.from(softmax(logits), (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, count);
}
