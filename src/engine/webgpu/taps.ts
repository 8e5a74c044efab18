/**
 * @file The taps of core/image/resampler.ts, as its `tapsOf` makes them.
 */
export interface Taps {
  /** First input sample of each output sample. */
  readonly first: readonly number[];
  /** Where each output sample's weights begin, and where the last one's end. */
  readonly offset: readonly number[];
  /** Summing to 1 an output sample. */
  readonly weights: readonly number[];
}

/** Triangle-filter taps that bring `size` of `length` samples, from `start` on, to `to`. */
export function tapsOf(start: number, size: number, length: number, to: number): Taps {
  const scale = size / to;
  const support = Math.max(scale, 1);
  const first: number[] = [];
  const offset = [0];
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(length, Math.floor(centre + support + 0.5));
    const seen = Array.from({ length: end - begin }, (_, k) =>
      Math.max(0, 1 - Math.abs((begin + k + 0.5 - centre) / support)),
    );
    const sum = seen.reduce((total, weight) => total + weight, 0);
    first.push(begin);
    weights.push(...seen.map((weight) => weight / sum));
    offset.push(weights.length);
  }
  return { first, offset, weights };
}
