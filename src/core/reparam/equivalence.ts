/**
 * @file How far two outputs are apart. The relative figure is taken over the whole output, `max|a−b| / max|a|`: element by
 * element it would only tell how close to zero the smallest logit happens to be.
 */
export interface Difference {
  readonly maxAbsDifference: number;
  readonly maxRelDifference: number;
}

/** Largest difference between a reference output and another of the same length; NaN anywhere gives Infinity. */
export function differenceOf(reference: ArrayLike<number>, other: ArrayLike<number>): Difference {
  if (reference.length !== other.length) return { maxAbsDifference: Infinity, maxRelDifference: Infinity };
  let largest = 0;
  let apart = 0;
  for (let i = 0; i < reference.length; i++) {
    const a = reference[i] ?? NaN;
    const difference = Math.abs(a - (other[i] ?? NaN));
    if (Number.isNaN(difference)) return { maxAbsDifference: Infinity, maxRelDifference: Infinity };
    apart = Math.max(apart, difference);
    largest = Math.max(largest, Math.abs(a));
  }
  return { maxAbsDifference: apart, maxRelDifference: apart === 0 ? 0 : apart / largest };
}

/** The worse of two differences, for a maximum over several inputs. */
export function worseOf(a: Difference, b: Difference): Difference {
  return {
    maxAbsDifference: Math.max(a.maxAbsDifference, b.maxAbsDifference),
    maxRelDifference: Math.max(a.maxRelDifference, b.maxRelDifference),
  };
}
