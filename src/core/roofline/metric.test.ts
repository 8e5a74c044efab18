import { describe, expect, it } from 'vitest';
import { differenceBandwidth, gigaRates, measured, missing, type MetricIdentity } from './metric.ts';

const identity: MetricIdentity = {
  id: 'webgpu.copy',
  processor: 'webgpu',
  kind: 'bandwidth',
  type: 'copy',
  threads: 1,
};

describe('measured', () => {
  it('summarises and keeps every sample', () => {
    const metric = measured(identity, [5, 4, 6], { sizeBytes: 64, warnings: ['few-samples'] });
    expect(metric).toMatchObject({ status: 'ok', unit: 'GB/s', median: 5, mad: 1, n: 3, samples: [5, 4, 6] });
    expect(metric).toMatchObject({ sizeBytes: 64, warnings: ['few-samples'] });
    expect('low' in metric).toBe(false);
  });
  it.each([
    ['compute', 'fma.f32', 'GFLOP/s'],
    ['compute', 'intensity', 'GFLOP/s'],
    ['compute', 'dot.i8', 'GOP/s'],
    ['bandwidth', 'copy', 'GB/s'],
    ['latency', 'dispatch', 's'],
  ] as const)('%s of %s is in %s, measured or missing', (kind, type, unit) => {
    expect(measured({ ...identity, kind, type }, [1]).unit).toBe(unit);
    expect(missing({ ...identity, kind, type }, 'skipped', 'why').unit).toBe(unit);
  });
  it('keeps the identity and the details', () => {
    const point = { ...identity, operationalIntensity: 4, beside: 'wasm:2' } as const;
    const details = {
      sizeBytes: 64,
      shape: '4 chains',
      shapes: [{ shape: '4 chains', median: 7 }],
      timestamp: { median: 6, n: 2 },
      clock: 'performance.now',
      warnings: ['smaller-size'],
    } as const;
    expect(measured(point, [1, 2], details)).toMatchObject({ ...point, ...details });
    expect(missing(point, 'error', 'why', details)).toMatchObject({ ...point, ...details });
  });
  it('is by the slope clock and without warnings, unless said', () => {
    expect(measured(identity, [1])).toMatchObject({ clock: 'performance.now slope', warnings: [] });
    expect(missing(identity, 'error', 'why')).toMatchObject({ clock: 'performance.now slope', warnings: [] });
  });
  it('has the interval of the median from six samples on', () => {
    expect(measured(identity, [1, 2, 3, 4, 5, 6])).toMatchObject({ median: 3.5, low: 1, high: 6, n: 6 });
  });
  it('is an error, not a zero, without samples', () => {
    expect(measured(identity, [])).toMatchObject({ status: 'error', median: null, mad: null, n: 0 });
  });
});

describe('missing', () => {
  it('says why', () => {
    expect(missing(identity, 'unsupported', 'no WebGPU')).toMatchObject({
      status: 'unsupported',
      reason: 'no WebGPU',
      median: null,
      n: 0,
    });
  });
});

describe('rates', () => {
  it('turns seconds into decimal giga-units a second', () => {
    expect(gigaRates([0.5, 0.25], 1e9)).toEqual([2, 4]);
  });
  it('cancels the latency that small and large transfers share', () => {
    const small = { bytes: 4096, medianSeconds: 0.001 };
    const bytes = 4096 + 8e6;
    expect(differenceBandwidth(small, { bytes, seconds: [0.002, 0.003, 0.001, 0.0005] })).toEqual([8, 4]);
  });
});
