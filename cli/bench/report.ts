/** @file What a bench says: figures with n and interval, each held against its target. */
import { median, medianInterval95 } from '../../src/core/stats.ts';
import { figure } from '../../src/ui/number-format.ts';

/** One line of the acceptance list. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly target: { readonly least: number } | { readonly most: number } | null;
  /** How many samples, of what, and whatever a reader must know. */
  readonly note: string;
}

export const meets = ({ value, target }: Line): boolean =>
  target === null || ('least' in target ? value >= target.least : value <= target.most);

export function lineText(line: Line): string {
  const { name, value, target, note } = line;
  const goal = target === null ? '' : 'least' in target ? `≥ ${target.least}` : `≤ ${target.most}`;
  const mark = target === null ? '      ' : meets(line) ? 'meets ' : 'MISSES';
  return `  ${mark} ${name.padEnd(58)} ${figure(value).padStart(8)} ${goal.padEnd(8)} ${note}`;
}

/** `48.3 [47.9, 48.8] n 35`. */
export function spreadText(samples: readonly number[]): string {
  const interval = medianInterval95(samples);
  const range = interval ? ` [${figure(interval.low)}, ${figure(interval.high)}]` : '';
  return `${figure(median(samples) ?? NaN)}${range} n ${samples.length}`;
}

/** Median over median of two lists that were taken in turn. */
export const ratioOf = (above: readonly number[], below: readonly number[]): number =>
  (median(above) ?? NaN) / (median(below) ?? NaN);

/** Standard deviation over mean, of a sample. */
export function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) / mean;
}
