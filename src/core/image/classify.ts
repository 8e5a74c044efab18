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

/** True of what a model that ends in a softmax puts out: shares that sum to 1. */
function areProbabilities(values: Float64Array): boolean {
  const sum = values.reduce((a, b) => a + b, 0);
  return Math.abs(sum - 1) < 1e-3 && values.every((value) => value >= 0 && value <= 1);
}

/** The `count` most probable classes of logits or probabilities, best first; equal ones in index order. */
export function topClasses(scores: ArrayLike<number>, count = 5): readonly Prediction[] {
  const values = Float64Array.from(scores);
  return Array.from(areProbabilities(values) ? values : softmax(values), (probability, index) => ({
    index,
    probability,
  }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, count);
}
