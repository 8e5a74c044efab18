import { describe, expect, it } from 'vitest';
import type { Design } from '../../core/codesign/design.ts';
import { designSpace } from '../../fixtures/design-space.ts';
import { RATES } from '../../fixtures/experiment.ts';
import { gainsOf } from './gains.ts';
import { candidatesWithinAPoint } from './pick-design.ts';
import { estimateOf, framesPerSecond, pairedRatio } from './summary.ts';

describe('estimateOf', () => {
  it('gives the median and the distribution-free interval of 30 samples: the 10th and the 21st', () => {
    const samples = Array.from({ length: 30 }, (_, i) => ((7 * i) % 30) + 1);
    expect(estimateOf(samples)).toEqual({ median: 15.5, low: 10, high: 21, n: 30 });
  });
  it('gives no interval where there are too few, and nothing without samples', () => {
    expect(estimateOf([3, 1, 2])).toEqual({ median: 2, low: null, high: null, n: 3 });
    expect(() => estimateOf([])).toThrow('samples');
  });
});

describe('pairedRatio', () => {
  it('does not see what slows both rows of a round', () => {
    const spells = [1, 0.2, 1, 0.5, 1, 0.9];
    const base = spells.map((spell) => 100 * spell);
    const twice = spells.map((spell) => 200 * spell);
    expect(pairedRatio(twice, base)).toEqual({ median: 2, low: 2, high: 2, n: 6 });
  });
  it('refuses rows of different rounds', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('differ');
  });
});

describe('framesPerSecond', () => {
  it('is the inverse of the mean interval', () => {
    expect(framesPerSecond([10, 10, 20, 10], 1)).toBeCloseTo(80);
  });
  it('counts whole turns only: two members that finish together, then nothing', () => {
    expect(framesPerSecond([0, 20, 0, 20, 0], 2)).toBeCloseTo(100);
    expect(framesPerSecond([20, 0, 20, 0, 20], 2)).toBeCloseTo(100);
  });
  it('is 0 where no turn is whole', () => {
    expect(framesPerSecond([5, 5], 3)).toBe(0);
  });
});

describe('gainsOf', () => {
  it('compares the rows that ran, and only those', () => {
    const gains = gainsOf(RATES);
    expect(gains.map(({ of, over, median }) => [of, over, median])).toEqual([
      ['fused', 'multi-branch', 1.5],
      ['deletion 3x3_1x1', 'fused', 1],
    ]);
    expect(gains.every(({ n, low, high }) => n === 6 && low !== null && high !== null)).toBe(true);
  });
});

describe('candidatesWithinAPoint', () => {
  const space = designSpace('rep-tiny', 1000);
  const [design] = space.designs.filter(({ measured }) => measured);
  if (!design?.measured) throw new Error('no design of the fixture ran');
  it('are at most a point below, to the digit', () => {
    const picked = candidatesWithinAPoint(space, 0.5712);
    expect(picked.length).toBeGreaterThan(2);
    expect(picked.every(({ accuracy }) => accuracy >= 0.5612)).toBe(true);
    const near = { ...design, accuracy: 0.9858 };
    expect(candidatesWithinAPoint({ designs: [near] }, 0.9958)).toEqual([near]);
    expect(candidatesWithinAPoint({ designs: [{ ...near, accuracy: 0.9857 }] }, 0.9958)).toEqual([]);
  });
  it('are the fastest by measurement, and by prediction', () => {
    const rates = [900, 800, 700, 600];
    const measured = rates.map((throughputFps, i) => ({
      ...design,
      id: `measured ${i}`,
      predicted: { ...design.predicted, throughputFps: 1 },
      measured: { ...design.measured, throughputFps } as Design['measured'],
    }));
    const predicted = rates.map((throughputFps, i) => ({
      ...design,
      id: `predicted ${i}`,
      predicted: { ...design.predicted, throughputFps },
      measured: null,
    }));
    const picked = candidatesWithinAPoint({ designs: [...predicted, ...measured] }, design.accuracy);
    expect(picked.map(({ id }) => id)).toEqual([
      'measured 0',
      'measured 1',
      'measured 2',
      'predicted 0',
      'predicted 1',
      'predicted 2',
    ]);
  });
});
