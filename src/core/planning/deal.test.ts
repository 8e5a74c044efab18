import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dealOf } from './deal.ts';

describe('dealOf', () => {
  it.each([
    ['one member', [0.03], [0], 0.03],
    ['equal members, in turn', [0.03, 0.03], [0, 1], 0.015],
    ['three equal members', [0.03, 0.03, 0.03], [0, 1, 2], 0.01],
    ['one twice as fast: two frames of three', [0.02, 0.04], [0, 0, 1], 0.04 / 3],
    ['one that would only hold the other up', [0.01, 1], [0], 0.01],
  ])('%s', (_, seconds, pattern, secondsPerFrame) => {
    const deal = dealOf(seconds);
    expect([...deal.pattern].sort()).toEqual(pattern);
    expect(deal.secondsPerFrame).toBeCloseTo(secondsPerFrame, 12);
  });

  const members = fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
  it('says what its pattern takes, is never slower than the fastest member, and never faster than all at once', () => {
    fc.assert(
      fc.property(members, (seconds) => {
        const { pattern, secondsPerFrame } = dealOf(seconds);
        const busy = seconds.map((t, m) => t * pattern.filter((member) => member === m).length);
        expect(secondsPerFrame).toBeCloseTo(Math.max(...busy) / pattern.length, 12);
        expect(secondsPerFrame).toBeLessThanOrEqual(Math.min(...seconds));
        const all = 1 / seconds.reduce((sum, t) => sum + 1 / t, 0);
        expect(secondsPerFrame).toBeGreaterThanOrEqual(all * (1 - 1e-9));
        // What twelve frames lose by not being divisible.
        expect(secondsPerFrame).toBeLessThanOrEqual(all * 1.34);
      }),
    );
  });
});
