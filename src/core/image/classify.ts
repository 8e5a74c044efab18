/** @file From logits to what a person reads: softmax and the most probable classes. */
export interface Prediction {
  readonly index: number;
  readonly probability: number;
}

/** True of what a model that ends in a softmax puts out: shares that sum to 1. */
function areProbabilities(values: ArrayLike<number>): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!(value >= 0 && value <= 1)) return false;
    sum += value;
  }
  return Math.abs(sum - 1) < 1e-3;
}

/** The indices of the `count` largest, largest first; equal ones in index order. */
function largest(values: ArrayLike<number>, count: number): readonly number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (best.length === count && !(value > (values[best[count - 1] ?? 0] ?? NaN))) continue;
    const before = best.findIndex((other) => value > (values[other] ?? NaN));
    if (before >= 0) best.splice(before, 0, i);
    else if (best.length < count) best.push(i);
    if (best.length > count) best.pop();
  }
  return best;
}

/**
 * The `count` most probable classes of logits or probabilities, best first; equal ones in index order. Softmax is shifted by the
 * maximum so that no exponential overflows. Once a frame: nothing is allocated but what it returns.
 */
export function topClasses(scores: ArrayLike<number>, count = 5): readonly Prediction[] {
  const best = largest(scores, count);
  const at = (index: number): number => scores[index] ?? NaN;
  if (areProbabilities(scores)) return best.map((index) => ({ index, probability: at(index) }));
  const max = at(best[0] ?? 0);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp(at(i) - max);
  return best.map((index) => ({ index, probability: Math.exp(at(index) - max) / sum }));
}
