import { describe, expect, it } from 'vitest';
import { driftLine, firstRate, sustainedFinding } from './sustained-view.ts';

/** 50 GFLOP/s for ten seconds, then 45; a sample every half second. */
const samples = (seconds: number) =>
  Array.from({ length: seconds * 2 }, (_, i) => ({ at: (i + 1) / 2, value: i < 20 ? 50 : 45 }));
const run = (seconds: number) =>
  ({ processor: 'wasm:1', unit: 'GFLOP/s', samples: samples(seconds) }) as const;

describe('sustainedFinding', () => {
  it('holds the last ten seconds against the first', () => {
    expect(sustainedFinding(run(120))).toBe(
      'After 2 minutes WASM runs at 90 % of its first ten seconds (45.0 GFLOP/s).',
    );
    expect(sustainedFinding(run(45))).toMatch(/^After 45 seconds WASM runs at 90 %/);
    expect(sustainedFinding(run(60))).toMatch(/^After 1 minute WASM /);
  });
  it('says nothing too soon', () => {
    expect(sustainedFinding(run(15))).toBeNull();
    expect(sustainedFinding(run(0))).toBeNull();
  });
});

describe('driftLine', () => {
  it('shows at least ten percent around the first seconds', () => {
    expect(firstRate(samples(20))).toBe(50);
    expect(driftLine(samples(1), 120, 240, 100)).toEqual({
      points: '1.0,50.0 2.0,50.0',
      firstY: expect.closeTo(50, 9) as number,
      top: expect.closeTo(55, 9) as number,
      bottom: 45,
    });
  });
  it('and all of the samples', () => {
    const line = driftLine([...samples(10), { at: 60, value: 20 }], 120, 240, 100);
    expect([line?.bottom, line?.points.split(' ').at(-1)]).toEqual([20, '120.0,100.0']);
  });
  it('is nothing before the first sample', () => {
    expect(driftLine([], 120, 240, 100)).toBeNull();
  });
});
