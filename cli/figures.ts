/** @file Figures of the command line; digits and units are those of the page (src/ui/number-format). */
import { figure } from '../src/ui/number-format.ts';

const SECONDS = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
] as const;

/** Median ± MAD in the unit given, or for seconds in the one that fits the median. */
export function spread(median: number, mad: number, unit: string): string {
  const [scale, name] =
    unit === 's' ? (SECONDS.find(([size]) => median >= size) ?? [1e-9, 'ns']) : ([1, unit] as const);
  return `${figure(median / scale)} ± ${figure(mad / scale)} ${name}`;
}

export const ratio = (value: number): string => `${figure(value)} ×`;

/** A difference of outputs: powers of ten matter, digits do not. */
export const differenceText = (value: number): string => (value === 0 ? '0' : value.toExponential(1));
