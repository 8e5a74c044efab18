/** @file What two minutes of work say: the drift as a sentence and as a line. Pure. */
import { median } from '../../../core/stats.ts';
import type { Sustained } from '../../../playground/state.ts';
import { ownerName } from '../../components/metric-name.ts';
import { figure, percent } from '../../number-format.ts';

/** Seconds at either end that are held against each other. */
const END_SECONDS = 10;
/** From when on there is something to say. */
const LEAST_SECONDS = 2 * END_SECONDS;

type Samples = Sustained['samples'];

const medianOf = (samples: Samples): number => median(samples.map(({ value }) => value)) ?? NaN;

/** Median of the first ten seconds; NaN without any. */
export const firstRate = (samples: Samples): number =>
  medianOf(samples.filter(({ at }) => at <= END_SECONDS));

/** `After 2 minutes WASM runs at 97 % of its first ten seconds.`; while it runs, of as far as it is. */
export function sustainedFinding({ processor, samples }: Sustained): string | null {
  const end = samples.at(-1)?.at ?? 0;
  if (end < LEAST_SECONDS) return null;
  const last = medianOf(samples.filter(({ at }) => at > end - END_SECONDS));
  const share = last / firstRate(samples);
  return Number.isFinite(share)
    ? `After ${duration(end)} ${ownerName(processor)} runs at ${percent(share)} of its first ten seconds (${figure(last)} GFLOP/s).`
    : null;
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return Math.abs(seconds - minutes * 60) < 3 && minutes > 0
    ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
    : `${Math.round(seconds)} seconds`;
}

export interface DriftLine {
  /** `x,y` pairs for a polyline, px. */
  readonly points: string;
  /** Where the first ten seconds lie. */
  readonly firstY: number;
  /** Rates at the upper and the lower edge. */
  readonly top: number;
  readonly bottom: number;
}

/** At least this share of the first rate is shown above and below. */
const MARGIN_SHARE = 0.1;

/** In a box of `width` × `height` px that holds `seconds`; null before the first sample. */
export function driftLine(
  samples: Samples,
  seconds: number,
  width: number,
  height: number,
): DriftLine | null {
  const first = firstRate(samples);
  if (!Number.isFinite(first)) return null;
  const values = samples.map(({ value }) => value);
  const top = Math.max(first * (1 + MARGIN_SHARE), ...values);
  const bottom = Math.min(first * (1 - MARGIN_SHARE), ...values);
  const y = (value: number): number => ((top - value) / (top - bottom)) * height;
  return {
    points: samples
      .map(({ at, value }) => `${((at / seconds) * width).toFixed(1)},${y(value).toFixed(1)}`)
      .join(' '),
    firstY: y(first),
    top,
    bottom,
  };
}
