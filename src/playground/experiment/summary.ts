/**
 * @file From samples of interleaved rounds to figures. Sample `r` of every row is of round `r`, so a gain is the median of the
 * rounds' ratios: what slows the machine for seconds slows both rows of a round.
 */
import { median, medianInterval95 } from '../../core/stats.ts';

/** `low` … `high` holds the true median with at least 95 % confidence; both null below six samples. */
export interface Estimate {
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** Distribution-free; in the unit of the samples. Throws without samples. */
export function estimateOf(samples: readonly number[]): Estimate {
  const middle = median(samples);
  if (middle === null) throw new RangeError('an estimate needs samples');
  const interval = medianInterval95(samples);
  return { median: middle, low: interval?.low ?? null, high: interval?.high ?? null, n: samples.length };
}

/** `of` as a multiple of `over`, round by round; both have a sample a round. Throws where they have not. */
export function pairedRatio(of: readonly number[], over: readonly number[]): Estimate {
  if (of.length !== over.length) throw new RangeError('paired samples differ in number');
  return estimateOf(of.map((sample, round) => sample / (over[round] ?? NaN)));
}

/**
 * Frames/s of a run, from the ms between its results. Members that share frames finish in turns of `turnFrames` (two at once, then
 * none for a while): only whole turns count. 0 where not one is whole.
 */
export function framesPerSecond(intervalsMs: readonly number[], turnFrames: number): number {
  const whole = Math.floor(intervalsMs.length / turnFrames) * turnFrames;
  const ms = intervalsMs.slice(0, whole).reduce((sum, interval) => sum + interval, 0);
  return ms > 0 ? (1000 * whole) / ms : 0;
}
