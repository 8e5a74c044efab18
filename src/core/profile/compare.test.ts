import { describe, expect, it } from 'vitest';
import { profileOf } from '../../fixtures/profile.ts';
import { adapterFactsOf } from './adapter.ts';
import { compareProfiles } from './compare.ts';

describe('compareProfiles', () => {
  const rows = compareProfiles(
    profileOf({ 'wasm:1.copy': 5, 'webgpu.upload.latency': 2e-4, 'wasm:1.fma.simd': 8 }),
    profileOf({ 'wasm:1.copy': 10, 'webgpu.upload.latency': 1e-4, 'webgpu.copy': 50 }),
  );
  const row = (id: string) => rows.find((each) => each.id === id);

  it('says how many times better the other is, for rates and for latencies', () => {
    expect(row('wasm:1.copy')).toEqual({ id: 'wasm:1.copy', unit: 'GB/s', base: 5, other: 10, ratio: 2 });
    expect(row('webgpu.upload.latency')?.ratio).toBe(2);
  });
  it('lists what only one of them has, without a ratio', () => {
    expect(row('wasm:1.fma.simd')).toMatchObject({ base: 8, other: null, ratio: null });
    expect(row('webgpu.copy')).toMatchObject({ base: null, other: 50, ratio: null });
  });
  it('keeps the order of the first, then what the second adds', () => {
    expect(rows.map(({ id }) => id)).toEqual([
      'wasm:1.copy',
      'webgpu.upload.latency',
      'wasm:1.fma.simd',
      'webgpu.copy',
    ]);
  });
  it('leaves out what neither has measured, and gives no ratio to zero', () => {
    const failed = profileOf({ 'wasm:1.copy': 5 });
    const none = {
      ...failed,
      metrics: failed.metrics.map((metric) => ({ ...metric, status: 'error' as const })),
    };
    expect(compareProfiles(none, none)).toEqual([]);
    const zero = profileOf({ 'webgpu.upload.latency': 0 });
    expect(compareProfiles(zero, zero)[0]?.ratio).toBeNull();
  });
});

describe('adapterFactsOf', () => {
  const info = { vendor: 'google', architecture: 'swiftshader' };
  it.each([
    ['in info', { info: { ...info, isFallbackAdapter: true } }, true],
    ['where older browsers have it', { info, isFallbackAdapter: true }, true],
    ['nowhere', { info }, false],
    ['denied', { info: { ...info, isFallbackAdapter: false }, isFallbackAdapter: false }, false],
  ])('reads the fallback flag %s', (_, adapter, isFallbackAdapter) => {
    expect(adapterFactsOf(adapter)).toEqual({ ...info, isFallbackAdapter });
  });
});
