import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricOf, profileOf } from '../../fixtures/profile.ts';
import type { DeviceProfile, Metric } from '../profile/profile.ts';
import { uniform } from '../random.ts';
import { bandwidthPoints, memoryLevels } from './levels.ts';
import { measured, missing } from './metric.ts';

const KIB = 1024;
/** Working sets from 16 KiB on, doubling. */
const sizeOf = (i: number): number => 16 * KIB * 2 ** i;

const copyOf = (sizeBytes: number, rate: number): Metric =>
  measured(
    { id: `wasm:1.copy@${sizeBytes}`, processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 },
    [rate],
    { sizeBytes },
  );
const sweep = (rates: readonly number[]): DeviceProfile => ({
  ...profileOf({}),
  metrics: rates.map((rate, i) => copyOf(sizeOf(i), rate)),
});
const levelsOf = (rates: readonly number[]) => memoryLevels(sweep(rates), 'wasm:1');

/** Four sizes each in two caches and in memory. */
const PLATEAUS = [100, 100, 100, 100, 50, 50, 50, 50, 10, 10, 10, 10];

describe('memoryLevels', () => {
  it('finds the plateaus, the fastest first, and calls the last one memory', () => {
    expect(levelsOf(PLATEAUS)).toEqual([
      { fromBytes: sizeOf(0), toBytes: sizeOf(3), bandwidthBytesPerSecond: 100e9, isMemory: false },
      { fromBytes: sizeOf(4), toBytes: sizeOf(7), bandwidthBytesPerSecond: 50e9, isMemory: false },
      { fromBytes: sizeOf(8), toBytes: sizeOf(11), bandwidthBytesPerSecond: 10e9, isMemory: true },
    ]);
  });
  it('finds them in any order of the metrics', () => {
    const profile = sweep(PLATEAUS);
    const reversed = { ...profile, metrics: profile.metrics.toReversed() };
    expect(memoryLevels(reversed, 'wasm:1')).toEqual(levelsOf(PLATEAUS));
  });
  it('finds them through noise of 5 %', () => {
    const next = uniform(7);
    for (let run = 0; run < 50; run++) {
      const levels = levelsOf(PLATEAUS.map((rate) => rate * (0.95 + 0.1 * next())));
      expect(levels.map(({ toBytes }) => toBytes)).toEqual([sizeOf(3), sizeOf(7), sizeOf(11)]);
      [100, 50, 10].forEach((rate, i) => {
        const share = (levels[i]?.bandwidthBytesPerSecond ?? NaN) / (rate * 1e9);
        expect(share).toBeGreaterThan(0.95);
        expect(share).toBeLessThan(1.05);
      });
    }
  });
  it.each([
    ['one size', [30]],
    ['sizes alike', [30, 30, 30, 30]],
    ['the largest a fifth slower than the others', [30, 30, 30, 24]],
  ])('is one level, memory, for %s', (_, rates) => {
    expect(levelsOf(rates)).toEqual([
      {
        fromBytes: sizeOf(0),
        toBytes: sizeOf(rates.length - 1),
        bandwidthBytesPerSecond: 30e9,
        isMemory: true,
      },
    ]);
  });
  it('is two where the largest is a third slower', () => {
    expect(levelsOf([30, 30, 30, 20])).toHaveLength(2);
  });
  it('takes a small set that is slower for the cost of its call', () => {
    expect(levelsOf([20, 60, 100, 100, 100])).toEqual([
      { fromBytes: sizeOf(0), toBytes: sizeOf(4), bandwidthBytesPerSecond: 100e9, isMemory: true },
    ]);
  });
  it('is empty where no size was measured', () => {
    expect(levelsOf([])).toEqual([]);
    expect(memoryLevels(sweep(PLATEAUS), 'webgpu')).toEqual([]);
  });
  it('puts every size in exactly one level, and has them faster and smaller first', () => {
    const rate = fc.double({ min: 0.1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 14 }), (rates) => {
        const levels = levelsOf(rates);
        rates.forEach((_, i) => {
          const within = levels.filter(
            ({ fromBytes, toBytes }) => fromBytes <= sizeOf(i) && sizeOf(i) <= toBytes,
          );
          expect(within).toHaveLength(1);
        });
        levels.forEach((level, i) => {
          const next = levels[i + 1];
          expect(level.isMemory).toBe(next === undefined);
          if (!next) return;
          expect(next.bandwidthBytesPerSecond).toBeLessThanOrEqual(level.bandwidthBytesPerSecond);
          expect(next.fromBytes).toBe(2 * level.toBytes);
        });
      }),
    );
  });
  it('is the same for a machine eight times as fast, but for its rates', () => {
    const rate = fc.double({ min: 0.1, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 10 }), (rates) => {
        const [slow, fast] = [levelsOf(rates), levelsOf(rates.map((each) => each * 8))];
        expect(fast.length).toBe(slow.length);
      }),
    );
  });
});

describe('bandwidthPoints', () => {
  it('are the sizes of one operation of one processor, alone, that were measured', () => {
    const identity = { processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 } as const;
    const profile: DeviceProfile = {
      ...profileOf({}),
      metrics: [
        measured({ ...identity, id: 'wasm:1.copy' }, [5], { sizeBytes: 2 ** 27 }),
        copyOf(4096, 50),
        metricOf('wasm:1.copy@8192', 40), // Of before sizes were kept.
        measured({ ...identity, id: 'wasm:1.copy&webgpu', beside: 'webgpu' }, [4], { sizeBytes: 2 ** 27 }),
        measured({ ...identity, id: 'wasm:1.read@4096', type: 'read' }, [60], { sizeBytes: 4096 }),
        measured({ ...identity, id: 'wasm:2.copy', processor: 'wasm:2' }, [9], { sizeBytes: 2 ** 27 }),
        missing({ ...identity, id: 'wasm:1.copy@16384' }, 'error', 'none', { sizeBytes: 16_384 }),
      ],
    };
    expect(bandwidthPoints(profile, 'wasm:1', 'copy')).toEqual([
      { bytes: 4096, rate: 50 },
      { bytes: 2 ** 27, rate: 5 },
    ]);
    expect(bandwidthPoints(profile, 'wasm:1', 'triad')).toEqual([]);
  });
});
