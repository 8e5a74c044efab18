import { describe, expect, it } from 'vitest';
import { metricName, metricQuantity, metricText } from './metric-name.ts';

describe('metricName', () => {
  it.each([
    ['wasm:2', 'copy', 'bandwidth', 'WASM × 2: memory copy'],
    ['wasm:1', 'fma.simd', 'compute', 'WASM: SIMD arithmetic'],
    ['wasm:1', 'fma.relaxed', 'compute', 'WASM: SIMD arithmetic, fused'],
    ['webgpu', 'fma.f32', 'compute', 'WebGPU: fp32 arithmetic'],
    // Transfers are measured twice, so the kind tells them apart.
    ['webgpu', 'upload', 'latency', 'WebGPU: upload latency'],
    ['webgpu', 'download', 'bandwidth', 'WebGPU: download bandwidth'],
    ['worker', 'hop', 'latency', 'Workers: hop latency'],
    // A profile of a later version may hold what we do not know yet.
    ['webgpu', 'fma.f16', 'compute', 'WebGPU: fma.f16'],
  ] as const)('%s %s %s: %s', (processor, type, kind, name) => {
    expect(metricName({ processor, type, kind })).toBe(name);
  });
});

describe('a metric with its unit', () => {
  it('keeps rates in their unit', () => {
    expect(metricText(57.13, 'GFLOP/s')).toBe('57.1 GFLOP/s');
    expect(metricQuantity(1234, 'GB/s')).toEqual({ value: '1,234', unit: 'GB/s' });
  });
  it('gives latencies the prefix that suits them', () => {
    expect(metricText(7.4e-5, 's')).toBe('74.0 µs');
    expect(metricText(0.0021, 's')).toBe('2.10 ms');
  });
});
