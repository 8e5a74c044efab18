/** @file Numbers as the page prints them: two or three significant digits, decimal prefixes, unit apart from the figure. */

/** Size as it will be read, so that 9.996 counts as ten and 999.6 kB as a megabyte. */
const sizeOf = (value: number): number => Math.abs(Number(value.toPrecision(3)));

/**
 * Without an exponent between 0.001 and a million: three significant digits, from 1 down at least two, whole numbers
 * from 100 up. Else two and an exponent, e.g. `1.8e-6`.
 */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = sizeOf(value);
  if (!Number.isFinite(size)) return '–';
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1).replace('e+', 'e');
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
}

export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

export const joined = ({ value, unit }: Quantity): string => `${value} ${unit}`;

function scaled(value: number, steps: readonly (readonly [size: number, unit: string])[]): Quantity {
  const step = steps.find(([size]) => sizeOf(value) >= size) ?? steps.at(-1);
  return step ? { value: figure(value / step[0]), unit: step[1] } : { value: figure(value), unit: '' };
}

export const byteQuantity = (bytes: number): Quantity =>
  scaled(bytes, [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ]);

/** Powers of two, as working sets are chosen: `256 KiB`, `1.5 MiB`. */
export function binaryBytes(value: number): string {
  const steps: readonly (readonly [size: number, unit: string])[] = [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ];
  const [size, unit] = steps.find(([each]) => value >= each) ?? [1, 'B'];
  const shown = value / size;
  return `${shown >= 1000 ? Math.round(shown) : Number(shown.toPrecision(3))} ${unit}`;
}

export const secondQuantity = (seconds: number): Quantity =>
  scaled(seconds, [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
    [1e-9, 'ns'],
  ]);

/** FLOP is a count; rates are written GFLOP/s. */
export const flopQuantity = (flop: number): Quantity =>
  scaled(flop, [
    [1e9, 'GFLOP'],
    [1e6, 'MFLOP'],
    [1e3, 'kFLOP'],
    [1, 'FLOP'],
  ]);

export const bytes = (value: number): string => joined(byteQuantity(value));
export const seconds = (value: number): string => joined(secondQuantity(value));
export const flops = (value: number): string => joined(flopQuantity(value));
export const percent = (fraction: number, digits = 0): string => `${(fraction * 100).toFixed(digits)} %`;

/** A signed deviation, `+4 %` or `−12 %`. */
export function deviation(fraction: number): string {
  const rounded = Math.round(fraction * 100);
  return `${rounded < 0 ? '−' : '+'}${Math.abs(rounded)} %`;
}
