import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceProfile, Metric } from '../profile/profile.ts';
import { measured, missing, type MetricIdentity } from './metric.ts';
import { attainablePerformance, ridgePoint, rooflineOf } from './roofline.ts';

const identity = (id: string, kind: 'compute' | 'bandwidth'): MetricIdentity => ({
  id,
  processor: 'wasm:1',
  kind,
  type: id.split('.').slice(1).join('.'),
  threads: 1,
});
const compute = (id: string, gflops: number): Metric => measured(identity(id, 'compute'), [gflops]);
const bandwidth = (id: string, gbs: number): Metric => measured(identity(id, 'bandwidth'), [gbs]);
const profile = (...metrics: Metric[]): DeviceProfile => ({
  format: 'ridgepoint-profile',
  version: 1,
  name: 'test',
  date: '2026-11-24T00:00:00Z',
  environment: { browser: 'Chrome 156', adapter: null, cores: 2, crossOriginIsolated: true },
  metrics,
});
const roof = { peakFlopPerSecond: 50e9, bandwidthBytesPerSecond: 10e9 };

describe('attainablePerformance', () => {
  it('is β·I below the ridge and π above it', () => {
    expect(attainablePerformance(roof, 0)).toBe(0);
    expect(attainablePerformance(roof, 1)).toBe(10e9);
    expect(attainablePerformance(roof, 5)).toBe(50e9);
    expect(attainablePerformance(roof, 100)).toBe(50e9);
  });
  it('meets π exactly at the ridge point', () => {
    expect(ridgePoint(roof)).toBe(5);
    expect(attainablePerformance(roof, ridgePoint(roof))).toBe(roof.peakFlopPerSecond);
  });
  it('never falls as intensity grows and never passes either roof', () => {
    const intensity = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(intensity, intensity, (a, b) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        expect(attainablePerformance(roof, low)).toBeLessThanOrEqual(attainablePerformance(roof, high));
        expect(attainablePerformance(roof, high)).toBeLessThanOrEqual(roof.peakFlopPerSecond);
      }),
    );
  });
});

describe('rooflineOf', () => {
  it('reads the WebGPU ceilings', () => {
    const found = rooflineOf(profile(compute('webgpu.fma.f32', 70), bandwidth('webgpu.copy', 5)), 'webgpu');
    expect(found).toEqual({
      processor: 'webgpu',
      peakFlopPerSecond: 70e9,
      bandwidthBytesPerSecond: 5e9,
      metricIds: ['webgpu.fma.f32', 'webgpu.copy'],
    });
  });
  it('prefers relaxed SIMD and falls back to plain SIMD', () => {
    const copy = bandwidth('wasm:2.copy', 12);
    const both = profile(compute('wasm:2.fma.simd', 40), compute('wasm:2.fma.relaxed', 50), copy);
    expect(rooflineOf(both, 'wasm:2')?.metricIds[0]).toBe('wasm:2.fma.relaxed');
    const refused = missing(identity('wasm:2.fma.relaxed', 'compute'), 'unsupported', 'does not validate');
    const plain = profile(refused, compute('wasm:2.fma.simd', 40), copy);
    expect(rooflineOf(plain, 'wasm:2')).toMatchObject({ peakFlopPerSecond: 40e9 });
  });
  it('is null where a ceiling is missing', () => {
    expect(rooflineOf(profile(), 'webgpu')).toBeNull();
    expect(rooflineOf(profile(compute('webgpu.fma.f32', 70)), 'webgpu')).toBeNull();
    expect(rooflineOf(profile(bandwidth('wasm:1.copy', 12)), 'wasm:1')).toBeNull();
  });
});
