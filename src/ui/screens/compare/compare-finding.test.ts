import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../core/profile/profile.ts';
import { missing } from '../../../core/roofline/metric.ts';
import { DEVICE, metricOf, profileOf } from '../../../fixtures/profile.ts';
import { compareFinding } from './compare-finding.ts';

const peaks = (...gflops: readonly number[]) =>
  profileOf(Object.fromEntries(gflops.map((value, i) => [`wasm:${i + 1}.fma.simd`, value])), 'Phone');
const NONE = profileOf({ 'wasm:1.copy': 500 }, 'Phone');

describe('compareFinding', () => {
  it('alone gives the best peak of this device, of all its processors', () => {
    expect(compareFinding(DEVICE, null)).toBe(
      'This device peaks at 100 GFLOP/s. Open another’s profile to compare.',
    );
  });
  it('gives the ratio of the two, the larger over the smaller', () => {
    expect(compareFinding(DEVICE, peaks(50, 250))).toBe(
      'Phone peaks 2.50 × higher than this device: 250 against 100 GFLOP/s.',
    );
    expect(compareFinding(DEVICE, peaks(40, 25))).toBe(
      'Phone peaks 2.50 × lower than this device: 40.0 against 100 GFLOP/s.',
    );
  });
  it.each([100, 104, 96])('calls %i alike', (peak) => {
    expect(compareFinding(DEVICE, peaks(peak))).toBe('Phone and this device peak alike, at 100 GFLOP/s.');
  });
  it('compares no bandwidth with a peak, and nothing that was not measured', () => {
    const fma = { id: 'wasm:1.fma.simd', processor: 'wasm:1', kind: 'compute', type: 'fma.simd' } as const;
    const failed = { ...NONE, metrics: [...NONE.metrics, missing({ ...fma, threads: 1 }, 'error', 'wrong')] };
    for (const other of [NONE, failed]) {
      expect(compareFinding(DEVICE, other)).toBe('Phone and this device have no peak in common to compare.');
      expect(compareFinding(other, DEVICE)).toContain('no peak in common');
    }
  });
  it('compares no integers, no shorter floats and no other kernel', () => {
    const types = ['dot.i8', 'fma.f16', 'matmul', 'intensity'];
    const more = types.map((type): Metric => ({
      ...metricOf(`webgpu.${type}`, 9000),
      kind: 'compute',
      type,
    }));
    const other = { ...peaks(50), metrics: [...peaks(50).metrics, ...more] };
    expect(compareFinding(DEVICE, other)).toBe(
      'Phone peaks 2.00 × lower than this device: 50.0 against 100 GFLOP/s.',
    );
  });
  it('takes a software GPU for one only where nothing else was measured, and calls it one', () => {
    const software = {
      ...metricOf('webgpu.fma.f32', 900),
      warnings: ['fallback-adapter'],
    } as const satisfies Metric;
    const beside = { ...peaks(50), metrics: [...peaks(50).metrics, software] };
    expect(compareFinding(DEVICE, beside)).toBe(
      'Phone peaks 2.00 × lower than this device: 50.0 against 100 GFLOP/s.',
    );
    const only = { ...peaks(), metrics: [software] };
    expect(compareFinding(DEVICE, only)).toBe(
      'Phone peaks 9.00 × higher than this device: 900 GFLOP/s (software GPU) against 100 GFLOP/s.',
    );
    expect(compareFinding(only, null)).toContain('peaks at 900 GFLOP/s (software GPU).');
  });
  it('names the first device where it is not this one', () => {
    expect(compareFinding(DEVICE, peaks(50), 'Desk')).toBe(
      'Phone peaks 2.00 × lower than Desk: 50.0 against 100 GFLOP/s.',
    );
    expect(compareFinding(DEVICE, null, 'Desk')).toBe(
      'Desk peaks at 100 GFLOP/s. Open another’s profile to compare.',
    );
  });
  it('claims no peak of 0 where none was measured', () => {
    expect(compareFinding(NONE, null)).toBe(
      'This device’s peak was not measured. Open another’s profile to compare.',
    );
  });
});
