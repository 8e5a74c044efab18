import { describe, expect, it } from 'vitest';
import { metricOf } from '../../fixtures/profile.ts';
import { metricName, metricQuantity, metricText, metricWithSpread, spreadOf } from './metric-name.ts';

describe('metricName', () => {
  it.each([
    ['wasm:2', 'copy', 'bandwidth', 'WASM × 2: memory copy'],
    ['wasm:1', 'fma.scalar', 'compute', 'WASM: scalar arithmetic'],
    ['wasm:1', 'fma.simd', 'compute', 'WASM: SIMD arithmetic'],
    ['wasm:1', 'fma.relaxed', 'compute', 'WASM: SIMD arithmetic, fused'],
    ['webgpu', 'fma.f32', 'compute', 'WebGPU: fp32 arithmetic'],
    ['webgpu', 'fma.f16', 'compute', 'WebGPU: fp16 arithmetic'],
    ['webgpu', 'dot.i8', 'compute', 'WebGPU: int8 dot products'],
    ['webgpu', 'matmul', 'compute', 'WebGPU: matrix product'],
    ['webgpu', 'dispatch', 'latency', 'WebGPU: dispatch'],
    ['webgpu', 'first-use', 'latency', 'WebGPU: first use of a kernel'],
    // Transfers are measured twice, so the kind tells them apart.
    ['webgpu', 'upload', 'latency', 'WebGPU: upload latency'],
    ['webgpu', 'download', 'bandwidth', 'WebGPU: download bandwidth'],
    ['worker', 'hop', 'latency', 'Workers: hop latency'],
    ['worker', 'hop.shared', 'bandwidth', 'Workers: shared-memory hop bandwidth'],
    // A profile of a later version may hold what we do not know yet.
    ['webgpu', 'fma.f8', 'compute', 'WebGPU: fma.f8'],
  ] as const)('%s %s %s: %s', (processor, type, kind, name) => {
    expect(metricName({ processor, type, kind })).toBe(name);
  });
  it('says where a point of a sweep lies; a ceiling has a size too, but no point', () => {
    const copy = { processor: 'wasm:1', type: 'copy', kind: 'bandwidth', sizeBytes: 262_144 } as const;
    expect(metricName({ ...copy, id: 'wasm:1.copy@262144' })).toBe('WASM: copy in 256 KiB');
    expect(metricName({ ...copy, id: 'wasm:1.copy' })).toBe('WASM: memory copy');
    const upload = { processor: 'webgpu', type: 'upload', kind: 'latency', sizeBytes: 65_536 } as const;
    expect(metricName({ ...upload, id: 'webgpu.upload@65536' })).toBe('WebGPU: upload of 64 KiB');
    const sweep = { processor: 'wasm:1', type: 'intensity', kind: 'compute' } as const;
    expect(metricName({ ...sweep, operationalIntensity: 0.25 })).toBe('WASM: arithmetic at 0.25 FLOP/byte');
  });
  it('says what worked meanwhile', () => {
    const copy = { processor: 'wasm:1', type: 'copy', kind: 'bandwidth' } as const;
    expect(metricName({ ...copy, beside: 'webgpu' })).toBe('WASM: memory copy while WebGPU works');
    expect(metricName({ ...copy, beside: 'wasm:1' })).toBe('WASM: memory copy while another WASM works');
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

describe('spread', () => {
  it('is half the interval where there is one, else the MAD, else nothing', () => {
    expect(spreadOf({ n: 6, mad: 3, low: 90, high: 110 })).toEqual({ half: 10, isInterval: true });
    expect(spreadOf({ n: 3, mad: 3 })).toEqual({ half: 3, isInterval: false });
    expect(spreadOf({ n: 1, mad: 0 })).toBeNull();
    expect(spreadOf({ n: 0, mad: null })).toBeNull();
  });
  it('stands behind the figure as a share of it', () => {
    const copy = { ...metricOf('webgpu.copy', 50), median: 50, n: 9, low: 49, high: 51 };
    expect(metricWithSpread(copy)).toBe('50.0 GB/s ± 2 %, n 9');
    expect(metricWithSpread({ ...metricOf('webgpu.copy', 50), median: 50 })).toBe('50.0 GB/s, n 1');
  });
});
