import { describe, expect, it } from 'vitest';
import type { RacedPlan } from '../race-plans.ts';
import { anchorsOf, betterOfRaces, type PricedMember } from './price-designs.ts';

describe('anchorsOf', () => {
  const member = (multiplyAdds: number): PricedMember =>
    ({ member: { configuration: { multiplyAdds } } }) as unknown as PricedMember;
  const worksOf = (works: readonly number[]): readonly number[] =>
    anchorsOf(works.map(member)).map((each) => each.member.configuration.multiplyAdds);

  it('is the least work, then the most, then those evenly between', () => {
    expect(worksOf([5, 1, 9, 3, 7, 2, 8, 4, 6])).toEqual([1, 9, 3, 5, 7]);
  });
  it('is each once where there are few', () => {
    expect(worksOf([2, 1])).toEqual([1, 2]);
    expect(worksOf([4])).toEqual([4]);
  });
});

describe('betterOfRaces', () => {
  const ran = (cut: number, fps: number, latencyMs: number): RacedPlan =>
    ({
      plan: {
        kind: 'pipeline',
        stages: [
          { processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: cut },
          { processor: 'wasm:1', processorIndex: 1, fromUnit: cut + 1, toUnit: 9 },
        ],
      },
      measured: { throughputFps: fps, latencyMs, n: 10 },
    }) as unknown as RacedPlan;
  const figures = (entries: readonly RacedPlan[]): readonly (readonly number[])[] =>
    entries.map(({ measured: { throughputFps, latencyMs, n } }) => [throughputFps, latencyMs, n]);

  it('keeps of each plan each figure that was better, and all plans', () => {
    const before = [ran(2, 100, 9), ran(3, 100, 9)];
    const now = [ran(3, 90, 8), ran(4, 70, 7)];
    expect(figures(betterOfRaces(before, now))).toEqual([
      [100, 9, 10],
      [100, 8, 20],
      [70, 7, 10],
    ]);
  });
});
