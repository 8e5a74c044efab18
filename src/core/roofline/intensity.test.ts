import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileOf } from '../../fixtures/profile.ts';
import type { DeviceProfile } from '../profile/profile.ts';
import { uniform } from '../random.ts';
import { fitRoof, intensityPoints, type FittedRoof, type IntensityPoint } from './intensity.ts';
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

const ratios = (fitted: FittedRoof | null, peak: number, bandwidth: number) => ({
  peak: (fitted?.peakFlopPerSecond ?? NaN) / peak,
  bandwidth: (fitted?.bandwidthBytesPerSecond ?? NaN) / bandwidth,
  knee: (fitted?.knee ?? NaN) / (peak / bandwidth),
});

/** A processor that does arithmetic and memory in turn: F/π + B/β. */
const inTurn = (peak: number, bandwidth: number): IntensityPoint[] =>
  INTENSITIES.map((operationalIntensity) => ({
    operationalIntensity,
    flopPerSecond: 1 / (1 / peak + 1 / (bandwidth * operationalIntensity)),
  }));

describe('fitRoof', () => {
  const beta = fc.double({ min: 1e8, max: 1e13, noNaN: true });
  const knee = fc.double({ min: 0.6, max: 60, noNaN: true });
  it('finds any roof that the points lie on, and that they overlap perfectly', () => {
    fc.assert(
      fc.property(beta, knee, (bandwidth, at) => {
        const fitted = fitRoof(onRoof(bandwidth * at, bandwidth));
        const found = ratios(fitted, bandwidth * at, bandwidth);
        for (const ratio of Object.values(found)) expect(ratio).toBeCloseTo(1, 6);
        expect(fitted?.overlap).toBe(Infinity);
        expect(fitted?.excess).toBeCloseTo(0, 6);
      }),
    );
  });
  it('finds any roof of a processor that does one after the other, though no point comes near its corner', () => {
    fc.assert(
      fc.property(beta, knee, (bandwidth, at) => {
        const fitted = fitRoof(inTurn(bandwidth * at, bandwidth));
        const found = ratios(fitted, bandwidth * at, bandwidth);
        for (const ratio of Object.values(found)) expect(ratio).toBeCloseTo(1, 3);
        expect(fitted?.overlap).toBe(1);
        expect(fitted?.excess).toBeLessThan(0);
      }),
    );
  });
  it('finds it through noise of 5 %', () => {
    const next = uniform(11);
    for (let run = 0; run < 100; run++) {
      const points = onRoof(100e9, 10e9, () => 0.95 + 0.1 * next());
      const { knee: ratio } = ratios(fitRoof(points), 100e9, 10e9);
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
    }
  });
  it.each([0, 4, 9])('is not bent by point %i that went wrong', (at) => {
    const fitted = fitRoof(onRoof(100e9, 10e9, (i) => (i === at ? 0.6 : 1)));
    for (const ratio of Object.values(ratios(fitted, 100e9, 10e9))) {
      expect(ratio).toBeGreaterThan(0.97);
      expect(ratio).toBeLessThan(1.03);
    }
  });
  it('lies on its points, not among them', () => {
    const next = uniform(12);
    for (let run = 0; run < 100; run++) {
      const fitted = fitRoof(onRoof(100e9, 10e9, () => 0.85 + 0.3 * next()));
      expect(fitted?.excess).toBeLessThan(0.05);
      expect(fitted?.excess).toBeGreaterThan(-0.05);
    }
  });
  it('says how far a point lies above where many others do not reach it', () => {
    const many = Array.from({ length: 20 }, (_, i): IntensityPoint => ({
      operationalIntensity: 20 + i,
      flopPerSecond: i === 7 ? 120e9 : 100e9,
    }));
    const fitted = fitRoof([...onRoof(100e9, 10e9), ...many]);
    expect(fitted?.excess).toBeGreaterThan(0.17);
    expect(fitted?.excess).toBeLessThan(0.21);
  });
  it.each([0, 1, 2, 3])('is null for %i points', (count) => {
    expect(fitRoof(onRoof(100e9, 10e9).slice(0, count))).toBeNull();
  });
  it('is found from two points on either side', () => {
    const points = onRoof(100e9, 10e9).filter((_, i) => i === 0 || i === 1 || i >= 8);
    expect(ratios(fitRoof(points), 100e9, 10e9).knee).toBeCloseTo(1, 6);
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
