/** @file What to think of a measurement: whether more samples are worth their time, and what makes its figure doubtful. */
import type { MetricWarning } from '../core/profile/profile.ts';
import { median, medianAbsoluteDeviation, medianInterval95 } from '../core/stats.ts';
import type { Measurement } from './protocol.ts';

/** METHOD §2. */
const MIN_SAMPLES = 5;
const WIDE_SHARE = 0.1;

/** Enough samples (≥ 6, the fewest that have an interval), and the 95 % interval of the median within ±3 % of it. */
export function isSettled({ secondsPerIteration }: Measurement): boolean {
  const interval = medianInterval95(secondsPerIteration);
  const middle = median(secondsPerIteration);
  if (interval === null || middle === null) return false;
  return interval.low >= 0.97 * middle && interval.high <= 1.03 * middle;
}

/** What makes the samples doubtful. */
export function warningsOf(measurement: Measurement): readonly MetricWarning[] {
  const { secondsPerIteration: samples, gpuSecondsPerIteration, tickSeconds, wasHidden } = measurement;
  const warnings: MetricWarning[] = [];
  const middle = median(samples);
  const deviation = medianAbsoluteDeviation(samples);
  if (middle !== null && deviation !== null && deviation > WIDE_SHARE * middle)
    warnings.push('high-dispersion');
  const third = Math.floor(samples.length / 3);
  const first = median(samples.slice(0, third));
  const last = median(samples.slice(samples.length - third));
  // Times, not rates: a rate 10 % lower is a time 1/0.9 as long.
  if (third >= 2 && first !== null && last !== null && last > first / 0.9) warnings.push('thermal');
  if (tickSeconds > 0) warnings.push('coarse-clock');
  if (samples.length < MIN_SAMPLES) warnings.push('few-samples');
  if (wasHidden) warnings.push('tab-hidden');
  const gpu = median(gpuSecondsPerIteration);
  if (gpu !== null && middle !== null && Math.abs(gpu - middle) > WIDE_SHARE * middle)
    warnings.push('clocks-disagree');
  return warnings;
}
