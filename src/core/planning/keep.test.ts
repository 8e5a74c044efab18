import { describe, expect, it } from 'vitest';
import { gainOver, keep, type Candidate } from './keep.ts';

const candidate = (
  throughputFps: number,
  latency: number,
  processors: number,
  error: number,
  isMeasured = true,
): Candidate => ({
  throughputFps,
  latency,
  processors,
  isMeasured,
  errors: { throughput: error, latency: error },
});

describe('the gain of a plan over another', () => {
  const [fast, slow] = [candidate(30, 80, 2, 0.03), candidate(20, 60, 1, 0.04)];
  it('is of frames/s or of latency, as the objective asks', () => {
    expect(gainOver(fast, slow, 'fastest', 30)?.gain).toBeCloseTo(0.5, 12);
    expect(gainOver(slow, fast, 'snappiest', 30)?.gain).toBeCloseTo(1 / 3, 12);
    expect(gainOver(slow, fast, 'smooth', 15)?.gain).toBeCloseTo(1 / 3, 12);
    expect(gainOver(fast, slow, 'smooth', 60)?.gain).toBeCloseTo(0.5, 12);
  });
  it('is no number where only one keeps the rate, or only one was measured', () => {
    expect(gainOver(fast, slow, 'smooth', 25)).toBeNull();
    expect(gainOver(fast, { ...slow, isMeasured: false }, 'fastest', 30)).toBeNull();
  });
  it('errs as two measurements do, or as the one table that both were predicted by', () => {
    expect(gainOver(fast, slow, 'fastest', 30)?.error).toBeCloseTo(0.05, 12);
    const [a, b] = [fast, slow].map((each) => ({ ...each, isMeasured: false }));
    expect(a && b && gainOver(a, b, 'fastest', 30)?.error).toBe(0.04);
  });
});

describe('the plan that is kept', () => {
  const best = candidate(21, 50, 3, 0.04);
  it.each([
    ['the best where nothing simpler comes near', [best, candidate(19, 55, 1, 0.04)], 0],
    ['a simpler one that it does not beat by more than the error', [best, candidate(20, 55, 1, 0.04)], 1],
    ['the simplest of those', [best, candidate(20.5, 55, 2, 0.04), candidate(20, 55, 1, 0.04)], 2],
    [
      'the better of two that are as simple',
      [best, candidate(20.5, 55, 2, 0.04), candidate(20, 55, 2, 0.04)],
      1,
    ],
    ['the best where figures are sure', [candidate(21, 50, 3, 0), candidate(20.9, 55, 1, 0)], 0],
    ['the best where the simpler one was only predicted', [best, candidate(20.9, 50, 1, 0.5, false)], 0],
  ])('is %s', (_, candidates, kept) => {
    expect(keep(candidates, 'fastest', 30)).toBe(candidates[kept]);
  });
  it('is none of none', () => {
    expect(keep([], 'fastest', 30)).toBeNull();
  });
});
