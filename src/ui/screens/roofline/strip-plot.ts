/** @file The samples of a metric in time, as geometry: one dot a sample, the median as a line, its interval as a band. Pure. */
import type { Metric } from '../../../core/profile/profile.ts';

export interface StripPlot {
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  readonly medianY: number;
  /** Null where n is too small for an interval. */
  readonly band: { readonly y: number; readonly height: number } | null;
  /** Values at the upper and the lower edge. */
  readonly top: number;
  readonly bottom: number;
}

/** Px between the edges and the outermost samples, and the least part of the median that the height stands for. */
const PADDING = 10;
const LEAST_SHARE = 0.04;

/** In a box of `width` × `height` px, time to the right; null where there is no sample. */
export function stripPlot(
  { samples, median, low, high }: Pick<Metric, 'samples' | 'median' | 'low' | 'high'>,
  width: number,
  height: number,
): StripPlot | null {
  if (median === null || samples.length === 0) return null;
  const values = [...samples, ...(low === undefined ? [] : [low]), ...(high === undefined ? [] : [high])];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Samples that hardly differ shall not look as if they did.
  const span = Math.max(most - least, Math.abs(median) * LEAST_SHARE, Number.MIN_VALUE);
  const middle = (least + most) / 2;
  const [bottom, top] = [middle - span / 2, middle + span / 2];
  const y = (value: number): number => PADDING + ((top - value) / (top - bottom)) * (height - 2 * PADDING);
  const step = (width - 2 * PADDING) / samples.length;
  return {
    dots: samples.map((value, i) => ({ x: PADDING + (i + 0.5) * step, y: y(value) })),
    medianY: y(median),
    band: low === undefined || high === undefined ? null : { y: y(high), height: y(low) - y(high) },
    top,
    bottom,
  };
}
