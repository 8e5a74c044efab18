/**
 * @file Summaries of repeated measurements. Medians and order statistics only: timing samples are skewed and have
 * outliers, so nothing here assumes a distribution.
 * Words: MAD = median absolute deviation; n = number of samples.
 */

/** What the summary of a metric holds; `low` and `high` are absent where n is too small for a 95 % interval. */
export interface Summary {
  readonly median: number | null;
  readonly mad: number | null;
  readonly n: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const ascending = (samples: readonly number[]): number[] => [...samples].sort((a, b) => a - b);

/** Middle value, or the mean of the two middle ones; same unit as the samples; null where there are none. */
export function median(samples: readonly number[]): number | null {
  const sorted = ascending(samples);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/**
 * A quarter of the samples are less: what work takes that little disturbs, where disturbances only ever add time and come in
 * spells – a core that another tenant of the machine shares. Same unit as the samples; null where there are none.
 */
export function lowerQuartile(samples: readonly number[]): number | null {
  const sorted = ascending(samples);
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? null;
}

/** Runs are as fast as the lower quartile of them up to this factor, and some ticks of an isolated page's clock, in seconds. */
const [FAST, TICKS] = [1.05, 1e-5];

/**
 * Of runs that consist of the same parts, seconds of each, the mean of each part over the fast runs; empty where there are none.
 * Runs that something disturbed do not count, as in `lowerQuartile`; but a part that takes less than a tick of the clock is
 * seen as 0 in one run and as a tick in another: only the mean over all that were not disturbed tells what it takes.
 */
export function meansOfFastRuns(runs: readonly (readonly number[])[]): readonly number[] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const totals = runs.map(sum);
  const most = FAST * (lowerQuartile(totals) ?? 0) + TICKS;
  const fast = runs.filter((_, i) => (totals[i] ?? 0) <= most);
  return (fast[0] ?? []).map((_, part) => sum(fast.map((run) => run[part] ?? 0)) / fast.length);
}

/** Median of |sample − median|; same unit as the samples; not scaled to a standard deviation; null where there are none. */
export function medianAbsoluteDeviation(samples: readonly number[]): number | null {
  const middle = median(samples);
  return middle === null ? null : median(samples.map((sample) => Math.abs(sample - middle)));
}

/** MAD of normal samples over their standard deviation. */
export const MAD_OF_NORMAL = 0.6745;

/** By which one sample typically differs from the median, as a fraction of it: a robust coefficient of variation; 0 where there are none. */
export function relativeSpread(samples: readonly number[]): number {
  const middle = median(samples) ?? 0;
  return middle > 0 ? (medianAbsoluteDeviation(samples) ?? 0) / MAD_OF_NORMAL / middle : 0;
}

/**
 * Distribution-free interval that holds the true median with at least 95 % confidence: the k-th smallest and k-th
 * largest sample, with the largest k for which P(Binomial(n, 1/2) < k) ≤ 2.5 %. Null below n = 6, where even the
 * whole range covers less than 95 %. Source: David and Nagaraja, Order Statistics, 3rd ed., §7.1.
 */
export function medianInterval95(samples: readonly number[]): Interval | null {
  const n = samples.length;
  // ln P(Binomial(n, 1/2) = i), kept as a logarithm so that large n does not underflow.
  let logProbability = -n * Math.LN2;
  let tail = 0;
  let k = 0;
  for (let i = 0; i < n; i++) {
    tail += Math.exp(logProbability);
    if (tail > 0.025) break;
    k = i + 1;
    logProbability += Math.log((n - i) / (i + 1));
  }
  const sorted = ascending(samples);
  const low = sorted[k - 1];
  const high = sorted[n - k];
  return low === undefined || high === undefined ? null : { low, high };
}

/** Median, MAD, n and, where n allows, the 95 % interval of the median. */
export function summarise(samples: readonly number[]): Summary {
  return {
    median: median(samples),
    mad: medianAbsoluteDeviation(samples),
    n: samples.length,
    ...medianInterval95(samples),
  };
}
