import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../fixtures/profile.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { uniform } from '../random.ts';
import { fitRoof, intensityPoints, type IntensityPoint } from './intensity.ts';
import { measured, missing, type MetricIdentity } from './metric.ts';
import { attainablePerformance } from './roofline.ts';

/** 1/4 … 128 FLOP/byte, as they are measured. */
const INTENSITIES = Array.from({ length: 10 }, (_, i) => 2 ** (i - 2));

const onRoof = (peak: number, bandwidth: number, factor: (i: number) => number = () => 1): IntensityPoint[] =>
  INTENSITIES.map((operationalIntensity, i) => ({
    operationalIntensity,
    flopPerSecond:
      factor(i) *
      attainablePerformance(
        { peakFlopPerSecond: peak, bandwidthBytesPerSecond: bandwidth },
        operationalIntensity,
      ),
  }));

describe('fitRoof', () => {
  it('finds the roof of points that lie on it', () => {
    expect(fitRoof(onRoof(100e9, 10e9))).toEqual({
      peakFlopPerSecond: 100e9,
      bandwidthBytesPerSecond: 10e9,
      knee: 10,
      excess: 0,
    });
  });
  it('finds any roof with two points on either side of its knee', () => {
    const bandwidth = fc.double({ min: 1e8, max: 1e13, noNaN: true });
    const knee = fc.double({ min: 0.5, max: 64, noNaN: true });
    fc.assert(
      fc.property(bandwidth, knee, (beta, at) => {
        const fitted = fitRoof(onRoof(beta * at, beta));
        expect((fitted?.bandwidthBytesPerSecond ?? NaN) / beta).toBeCloseTo(1, 9);
        expect((fitted?.peakFlopPerSecond ?? NaN) / (beta * at)).toBeCloseTo(1, 9);
        expect((fitted?.knee ?? NaN) / at).toBeCloseTo(1, 9);
        expect(fitted?.excess).toBeCloseTo(0, 9);
      }),
    );
  });
  it('finds it through noise of 5 %', () => {
    const next = uniform(11);
    for (let run = 0; run < 100; run++) {
      const fitted = fitRoof(onRoof(100e9, 10e9, () => 0.95 + 0.1 * next()));
      expect((fitted?.knee ?? NaN) / 10).toBeGreaterThan(0.85);
      expect((fitted?.knee ?? NaN) / 10).toBeLessThan(1.15);
      expect(Math.abs(fitted?.excess ?? NaN)).toBeLessThan(0.11);
    }
  });
  it('is not led astray by points that fall short at the knee', () => {
    // Real kernels round the corner off: 8 FLOP/byte reaches two thirds of the roof.
    const fitted = fitRoof(onRoof(100e9, 10e9, (i) => (INTENSITIES[i] === 8 ? 2 / 3 : 1)));
    expect(fitted).toMatchObject({ peakFlopPerSecond: 100e9, bandwidthBytesPerSecond: 10e9, knee: 10 });
  });
  it('says how far a point lies above', () => {
    const fitted = fitRoof(onRoof(100e9, 10e9, (i) => (i === 9 ? 1.2 : 1)));
    expect(fitted?.peakFlopPerSecond).toBe(100e9);
    expect(fitted?.excess).toBeCloseTo(0.2, 12);
  });
  it.each([0, 1, 2, 3])('is null for %i points', (count) => {
    expect(fitRoof(onRoof(100e9, 10e9).slice(0, count))).toBeNull();
  });
  it('is found from two points on either side', () => {
    const points = onRoof(100e9, 10e9).filter((_, i) => i === 0 || i === 1 || i >= 8);
    expect(fitRoof(points)).toMatchObject({ knee: 10 });
  });
});

describe('intensityPoints', () => {
  const identity = (processor: 'webgpu' | 'wasm:1', operationalIntensity: number): MetricIdentity => ({
    id: `${processor}.intensity@${operationalIntensity}`,
    processor,
    kind: 'compute',
    type: 'intensity',
    threads: 1,
    operationalIntensity,
  });
  const profile: DeviceProfile = {
    ...profileOf({ 'webgpu.fma.f32': 70, 'webgpu.intensity': 9 }),
    metrics: [
      ...profileOf({ 'webgpu.fma.f32': 70, 'webgpu.intensity': 9 }).metrics,
      measured(identity('webgpu', 4), [40]),
      measured(identity('webgpu', 0.25), [2]),
      measured(identity('wasm:1', 1), [3]),
      missing(identity('webgpu', 8), 'error', 'lost'),
    ],
  };
  it('are the measured ones of a processor, the lowest intensity first, in FLOP/s', () => {
    expect(intensityPoints(profile, 'webgpu')).toEqual([
      { operationalIntensity: 0.25, flopPerSecond: 2e9 },
      { operationalIntensity: 4, flopPerSecond: 40e9 },
    ]);
    expect(intensityPoints(profile, 'wasm:1')).toEqual([{ operationalIntensity: 1, flopPerSecond: 3e9 }]);
    expect(intensityPoints(profile, 'wasm:2')).toEqual([]);
  });
});
