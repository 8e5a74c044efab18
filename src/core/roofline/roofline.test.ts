import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceProfile, Metric } from '../profile/profile.ts';
import { measured, missing, type MetricIdentity } from './metric.ts';
import { attainablePerformance, ridgePoint, rooflineBeside, rooflineOf, shareBeside } from './roofline.ts';

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

describe('with another processor at work', () => {
  const alone = [
    compute('wasm:1.fma.simd', 40),
    compute('wasm:1.fma.relaxed', 50),
    bandwidth('wasm:1.copy', 12),
    compute('webgpu.fma.f32', 200),
    bandwidth('webgpu.copy', 20),
  ];
  const found = profile(
    ...alone,
    compute('wasm:1.fma.relaxed&webgpu', 40),
    bandwidth('wasm:1.copy&webgpu', 3),
    compute('webgpu.fma.f32&wasm:1', 100),
    bandwidth('webgpu.copy&wasm:1', 20),
    compute('wasm:1.fma.relaxed&wasm:1', 45),
  );

  it('the Roofline has the ceilings that were measured beside it', () => {
    expect(rooflineBeside(found, 'wasm:1', 'webgpu')).toEqual({
      processor: 'wasm:1',
      peakFlopPerSecond: 40e9,
      bandwidthBytesPerSecond: 3e9,
      metricIds: ['wasm:1.fma.relaxed&webgpu', 'wasm:1.copy&webgpu'],
    });
    expect(rooflineBeside(found, 'webgpu', 'wasm:1')).toMatchObject({ peakFlopPerSecond: 100e9 });
  });
  it('the Roofline alone stays what it was', () => {
    expect(rooflineOf(found, 'wasm:1')).toEqual(rooflineOf(profile(...alone), 'wasm:1'));
  });
  it('the share is what is left of each ceiling', () => {
    expect(shareBeside(found, 'wasm:1', 'webgpu')).toEqual({ compute: 0.8, bandwidth: 0.25 });
    expect(shareBeside(found, 'webgpu', 'wasm:1')).toEqual({ compute: 0.5, bandwidth: 1 });
  });
  it('the share is of the same kernel, not of the fastest', () => {
    const plain = profile(
      ...alone,
      compute('wasm:1.fma.simd&webgpu', 20),
      bandwidth('wasm:1.copy&webgpu', 6),
    );
    expect(shareBeside(plain, 'wasm:1', 'webgpu')).toEqual({ compute: 0.5, bandwidth: 0.5 });
  });
  it('both are null where a ceiling beside is missing, or that alone', () => {
    // Only one of the two was measured beside wasm:1, and nothing beside wasm:2.
    for (const other of ['wasm:1', 'wasm:2'] as const) {
      expect(rooflineBeside(found, 'wasm:1', other)).toBeNull();
      expect(shareBeside(found, 'wasm:1', other)).toBeNull();
    }
    const withoutAlone = profile(...found.metrics.filter(({ id }) => id !== 'wasm:1.copy'));
    expect(rooflineBeside(withoutAlone, 'wasm:1', 'webgpu')).not.toBeNull();
    expect(shareBeside(withoutAlone, 'wasm:1', 'webgpu')).toBeNull();
    expect(shareBeside(profile(...alone), 'wasm:1', 'webgpu')).toBeNull();
  });
});
