import { describe, expect, it } from 'vitest';
import { performanceOfRuns, segmentName } from './run-plan.ts';

describe('performanceOfRuns', () => {
  const span = (stage: number, member: number, ms: number) => ({ stage, member, start: 5, end: 5 + ms });
  const none = { full: [], alone: [] };
  it('is frames over time of all runs together, and the median latency', () => {
    const performance = performanceOfRuns([
      { intervalsMs: [10, 10], latenciesMs: [30, 50], spans: none, lastFrames: [] },
      { intervalsMs: [20], latenciesMs: [40], spans: none, lastFrames: [] },
    ]);
    expect(performance).toMatchObject({ throughputFps: 75, latencyMs: 40, n: 3 });
  });
  it('tells what each processor of each stage took, the median of all runs', () => {
    const full = [span(0, 0, 4), span(1, 1, 8), span(0, 0, 6)];
    const alone = [span(0, 0, 2), span(1, 0, 3), span(1, 1, 7)];
    const runs = [full, [span(0, 0, 5)]].map((spans) => ({
      intervalsMs: [1],
      latenciesMs: [1],
      spans: { full: spans, alone },
      lastFrames: [{ id: spans.length, spans }],
    }));
    expect(performanceOfRuns(runs).memberMs).toEqual({ full: [[5], [0, 8]], alone: [[2], [3, 7]] });
    expect(performanceOfRuns(runs).lastFrames).toEqual([{ id: 1, spans: [span(0, 0, 5)] }]);
  });
  it('of nothing is nothing', () => {
    expect(performanceOfRuns([])).toEqual({
      throughputFps: 0,
      latencyMs: 0,
      n: 0,
      errors: { throughput: 0, latency: 0 },
      memberMs: none,
      lastFrames: [],
    });
  });
});

describe('segmentName', () => {
  it('tells stages of different units apart', () => {
    const stage = { processor: 'wasm:1', processorIndex: 0 } as const;
    expect(segmentName({ ...stage, fromUnit: 0, toUnit: 3 })).not.toBe(
      segmentName({ ...stage, fromUnit: 0, toUnit: 4 }),
    );
  });
});
