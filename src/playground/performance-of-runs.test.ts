import { describe, expect, it } from 'vitest';
import { betterOf, performanceOfRuns, spansOf } from './performance-of-runs.ts';

describe('performanceOfRuns', () => {
  const span = (stage: number, member: number, ms: number) => ({ stage, member, start: 5, end: 5 + ms });
  const none = { full: [], alone: [] };
  const run = (intervalsMs: readonly number[], latenciesMs: readonly number[]) => ({
    intervalsMs,
    turnFrames: 1,
    latenciesMs,
    spans: none,
    lastFrames: [],
  });
  it('is frames over time of a round that a quarter of them beats, and the latency of the frames that nothing disturbed', () => {
    const slow = [40, 41, 42, 43].map((ms) => run([ms], [2 * ms]));
    const performance = performanceOfRuns([...slow, run([10, 14], [30]), run([20, 20], [50])]);
    expect(performance).toMatchObject({ throughputFps: 50, latencyMs: 40, n: 8 });
    expect(performanceOfRuns([run([40], [80]), run([10, 14], [30])]).throughputFps).toBeCloseTo(1000 / 12, 9);
  });
  it('errs less the more was run, and as its samples spread', () => {
    const errorOf = (rounds: number, ms: readonly number[]): number =>
      performanceOfRuns(Array.from({ length: rounds }, () => run(ms, ms))).errors?.throughput ?? NaN;
    expect(errorOf(1, [10, 10, 10])).toBe(0);
    expect(errorOf(4, [9, 10, 11])).toBeCloseTo(errorOf(1, [9, 10, 11]) / 2, 9);
    expect(errorOf(1, [8, 10, 12])).toBeCloseTo(2 * errorOf(1, [9, 10, 11]), 9);
  });
  it('does not take results that come in pairs for spread', () => {
    const pairs = { ...run([1, 19, 1, 19, 2, 18], [30]), turnFrames: 2 };
    expect(performanceOfRuns([pairs])).toMatchObject({ throughputFps: 100, errors: { throughput: 0 } });
  });
  it('counts whole turns: one result more, at the end of a pair, is not more throughput', () => {
    const whole = { ...run([1, 19, 1, 19], [30]), turnFrames: 2 };
    const halved = { ...run([1, 19, 1, 19, 1], [30]), turnFrames: 2 };
    expect(performanceOfRuns([halved]).throughputFps).toBe(performanceOfRuns([whole]).throughputFps);
    expect(performanceOfRuns([{ ...run([10, 12], [30]), turnFrames: 5 }]).throughputFps).toBeCloseTo(
      1000 / 11,
      9,
    );
  });
  it('tells what each processor of each stage took, of the same round', () => {
    const full = [span(0, 0, 4), { ...span(1, 1, 8), between: 1 }, { ...span(0, 0, 6), between: 3 }];
    const alone = [span(0, 0, 2), span(1, 0, 3), span(1, 1, 7)];
    const runs = [full, [span(0, 0, 5)]].map((spans) => ({
      intervalsMs: [1],
      turnFrames: 1,
      latenciesMs: [1],
      spans: { full: spans, alone },
      lastFrames: [{ id: spans.length, spans }],
    }));
    expect(performanceOfRuns(runs).memberMs).toEqual({
      full: [[5], [0, 8]],
      between: [[3], [0, 1]],
      alone: [[2], [3, 7]],
    });
    expect(performanceOfRuns(runs).lastFrames).toEqual([{ id: 1, spans: [span(0, 0, 5)] }]);
  });
  it('of nothing is nothing', () => {
    expect(performanceOfRuns([])).toEqual({
      throughputFps: 0,
      latencyMs: 0,
      n: 0,
      errors: { throughput: 0, latency: 0 },
      memberMs: { ...none, between: [] },
      lastFrames: [],
    });
  });
});

describe('spansOf', () => {
  const at = (ms: number) => performance.timeOrigin + ms;
  const span = (stage: number, start: number, end: number) => ({
    stage,
    member: 0,
    start: at(start),
    end: at(end),
  });
  it('says what passed between two frames of a member, where the second waited for the first', () => {
    const frames = [
      { sentAt: 0, result: { spans: [span(0, 0, 10), span(1, 11, 14)] } },
      { sentAt: 1, result: { spans: [span(0, 10.5, 20), span(1, 21, 40)] } },
      { sentAt: 20.2, result: { spans: [span(0, 20.4, 30), span(1, 41, 43)] } },
    ];
    const between = spansOf(frames).map((each) => each.between);
    expect(between.map((ms) => (ms === undefined ? null : Math.round(10 * ms) / 10))).toEqual([
      ...[null, null],
      ...[0.5, null],
      ...[null, 1],
    ]);
  });
});

describe('betterOf', () => {
  const full = { full: [[4]], between: [[1]], alone: [[3]] };
  const one = {
    throughputFps: 200,
    latencyMs: 9,
    n: 10,
    errors: { throughput: 0.1, latency: 0.2 },
    memberMs: full,
  };
  const other = {
    throughputFps: 180,
    latencyMs: 8,
    n: 20,
    errors: { throughput: 0.3, latency: 0.4 },
    memberMs: { full: [[5]], between: [[2]], alone: [[2]] },
  };
  it('has each figure, and what members took, of the one that did better in it, and all frames', () => {
    const better = {
      throughputFps: 200,
      latencyMs: 8,
      n: 30,
      errors: { throughput: 0.1, latency: 0.4 },
      memberMs: { ...full, alone: [[2]] },
    };
    expect(betterOf(one, other)).toEqual(better);
    expect(betterOf(other, one)).toEqual(better);
  });
});
