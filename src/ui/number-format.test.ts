import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binaryBytes,
  byteQuantity,
  bytes,
  deviation,
  figure,
  flopQuantity,
  flops,
  percent,
  secondQuantity,
  seconds,
} from './number-format.ts';

describe('figure', () => {
  it.each([
    [0, '0'],
    [0.00123, '0.0012'],
    [0.0149, '0.015'],
    [0.0123, '0.012'],
    [0.123, '0.12'],
    [1, '1.00'],
    [57.13, '57.1'],
    [123.4, '123'],
    [1234.5, '1,235'],
    [999_499, '999,499'],
    [1_834_000, '1.8e6'],
    [0.00000184, '1.8e-6'],
    [-57.13, '-57.1'],
    [Infinity, '–'],
    [-Infinity, '–'],
    [NaN, '–'],
  ])('%d is %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
  it('rounds before it counts digits', () => {
    expect(figure(9.996)).toBe('10.0');
    expect(figure(99.96)).toBe('100');
    expect(figure(0.09996)).toBe('0.10');
    expect(figure(0.0009996)).toBe('0.0010');
    expect(figure(999_999.6)).toBe('1.0e6');
  });
  it('is never off by more than five percent, and grows with its value', () => {
    const read = (value: number): number => Number(figure(value).replaceAll(',', ''));
    const any = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.abs(read(a) - a)).toBeLessThanOrEqual(0.05 * a * (1 + 1e-9));
        if (a <= b) expect(read(a)).toBeLessThanOrEqual(read(b));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('quantities', () => {
  it.each([
    [bytes, 0, '0 B'],
    [bytes, 538_878, '539 kB'],
    [bytes, 9_599_883, '9.60 MB'],
    [bytes, 2.5e9, '2.50 GB'],
    [seconds, 2, '2.00 s'],
    [seconds, 0.0615, '61.5 ms'],
    [seconds, 7.4e-5, '74.0 µs'],
    [seconds, 5e-9, '5.00 ns'],
    [flops, 12, '12.0 FLOP'],
    [flops, 770_000_000, '770 MFLOP'],
    [flops, 4.1e9, '4.10 GFLOP'],
  ] as const)('%o of %d is %s', (format, value, text) => {
    expect(format(value)).toBe(text);
  });
  it.each([
    [512, '512 B'],
    [8064, '7.88 KiB'],
    [262_144, '256 KiB'],
    [1_572_864, '1.5 MiB'],
    [2 ** 30, '1 GiB'],
    [1023 * 1024, '1023 KiB'],
  ])('in powers of two %d is %s', (value, text) => {
    expect(binaryBytes(value)).toBe(text);
  });
  it('take the next prefix where rounding reaches it', () => {
    expect(bytes(999_600)).toBe('1.00 MB');
    expect(bytes(999_400)).toBe('999 kB');
    expect(seconds(0.9996)).toBe('1.00 s');
  });
  it('keep figure and unit apart, and a sign where there is one', () => {
    expect(byteQuantity(1500)).toEqual({ value: '1.50', unit: 'kB' });
    expect(secondQuantity(-0.25)).toEqual({ value: '-250', unit: 'ms' });
    expect(flopQuantity(0)).toEqual({ value: '0', unit: 'FLOP' });
  });
  it('beyond the prefixes stay in the last one', () => {
    expect(bytes(3e15)).toBe('3.0e6 GB');
    expect(seconds(2e-13)).toBe('2.0e-4 ns');
  });
});

describe('shares', () => {
  it.each([
    [0.123, 0, '12 %'],
    [0.942, 1, '94.2 %'],
    [1, 0, '100 %'],
  ])('%d with %i digits: %s', (fraction, digits, text) => {
    expect(percent(fraction, digits)).toBe(text);
  });
  it.each([
    [0.04, '+4 %'],
    [-0.12, '−12 %'],
    [0, '+0 %'],
    [-0.004, '+0 %'],
    [1.5, '+150 %'],
  ])('a deviation of %d: %s', (fraction, text) => {
    expect(deviation(fraction)).toBe(text);
  });
});
