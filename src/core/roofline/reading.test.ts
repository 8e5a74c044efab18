import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLayer } from './reading.ts';
import type { Roofline } from './roofline.ts';

/** 100 GFLOP/s and 10 GB/s: the ridge is at 10 FLOP/byte. */
const ROOF: Roofline = {
  processor: 'wasm:1',
  peakFlopPerSecond: 100e9,
  bandwidthBytesPerSecond: 10e9,
  metricIds: ['wasm:1.fma.simd', 'wasm:1.copy'],
};

describe('readLayer', () => {
  it('left of the ridge: memory sets the limit, in proportion to the intensity', () => {
    expect(readLayer({ flop: 2e9, bytes: 1e9 }, ROOF, 0.5)).toEqual({
      operationalIntensity: 2,
      limit: 'memory',
      attainable: 20e9,
      shareOfPeak: 0.2,
      achieved: 4e9,
    });
  });
  it('right of the ridge: the peak', () => {
    expect(readLayer({ flop: 5e9, bytes: 1e8 }, ROOF, 0.1)).toEqual({
      operationalIntensity: 50,
      limit: 'compute',
      attainable: 100e9,
      shareOfPeak: 1,
      achieved: 50e9,
    });
  });
  it('on the ridge both roofs are met, and it counts as compute', () => {
    expect(readLayer({ flop: 10, bytes: 1 }, ROOF, null)).toMatchObject({ limit: 'compute', shareOfPeak: 1 });
  });
  it.each([null, 0])('measured in %s s: no achieved performance', (seconds) => {
    expect(readLayer({ flop: 10, bytes: 1 }, ROOF, seconds).achieved).toBeNull();
  });
  it('of no arithmetic, or of nothing at all, is 0 and finite', () => {
    const idle = { operationalIntensity: 0, limit: 'memory', attainable: 0, shareOfPeak: 0 };
    expect(readLayer({ flop: 0, bytes: 8 }, ROOF, 1)).toEqual({ ...idle, achieved: 0 });
    expect(readLayer({ flop: 0, bytes: 0 }, ROOF, null)).toEqual({ ...idle, achieved: null });
  });
  it('calls a layer limited by memory exactly left of the ridge, and gives the others the whole peak', () => {
    const positive = fc.double({ min: 1e-3, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (flop, bytes) => {
        const { limit, shareOfPeak } = readLayer({ flop, bytes }, ROOF, null);
        expect(shareOfPeak).toBeGreaterThan(0);
        expect(shareOfPeak).toBeLessThanOrEqual(1);
        if (limit === 'compute') expect(shareOfPeak).toBe(1);
        expect(limit === 'memory').toBe(flop / bytes < 10);
      }),
    );
  });
});
