import { describe, expect, it } from 'vitest';
import { randomTensor, uniform } from './random.ts';

describe('uniform', () => {
  it('is mulberry32: its published first values for seed 0', () => {
    const next = uniform(0);
    expect([next(), next(), next()].map((value) => Math.round(value * 2 ** 32))).toEqual([
      1144304738, 1416247, 958946056,
    ]);
  });
  it('repeats for a seed and differs between seeds', () => {
    const [a, b, c] = [uniform(7), uniform(7), uniform(8)];
    const first = Array.from({ length: 50 }, a);
    expect(Array.from({ length: 50 }, b)).toEqual(first);
    expect(Array.from({ length: 50 }, c)).not.toEqual(first);
  });
  it('fills [0, 1) evenly', () => {
    const next = uniform(3);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const value = next();
      expect(value >= 0 && value < 1).toBe(true);
      const bin = Math.floor(value * 10);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('randomTensor', () => {
  it('is in [−1, 1), with both signs', () => {
    const tensor = randomTensor(1000, 1);
    expect(tensor.every((value) => value >= -1 && value < 1)).toBe(true);
    expect(tensor.some((value) => value < -0.5) && tensor.some((value) => value > 0.5)).toBe(true);
  });
});
