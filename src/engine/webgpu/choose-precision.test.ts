import { describe, expect, it } from 'vitest';
import { precisionOf, type PrecisionTrial } from './choose-precision.ts';

const GOOD: PrecisionTrial = {
  refusal: null,
  difference: 2e-3,
  isSameTop: true,
  seconds: { fp32: 0.004, fp16: 0.0025 },
  gain: 1.6,
};

describe('precisionOf', () => {
  it('takes fp16 where it is faster and computes the same', () => {
    expect(precisionOf(GOOD)).toBe('fp16');
  });
  it.each<[string, Partial<PrecisionTrial>]>([
    ['it does not run', { refusal: 'no' }],
    ['its outputs differ', { difference: 0.011 }],
    ['its outputs are no numbers', { difference: NaN }],
    ['another output is the largest', { isSameTop: false }],
    ['it gains next to nothing', { gain: 1.05 }],
    ['it is slower', { gain: 0.9 }],
    ['its gain is unknown', { gain: NaN }],
  ])('stays with fp32 where %s', (_, change) => {
    expect(precisionOf({ ...GOOD, ...change })).toBe('fp32');
  });
});
