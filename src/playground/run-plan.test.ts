import { describe, expect, it } from 'vitest';
import { performanceOfRuns, segmentName } from './run-plan.ts';

describe('performanceOfRuns', () => {
  it('is frames over time of all runs together, and the median latency', () => {
    const performance = performanceOfRuns([
      { intervalsMs: [10, 10], latenciesMs: [30, 50] },
      { intervalsMs: [20], latenciesMs: [40] },
    ]);
    expect(performance).toEqual({ throughputFps: 75, latencyMs: 40, n: 3 });
  });
  it('of nothing is nothing', () => {
    expect(performanceOfRuns([])).toEqual({ throughputFps: 0, latencyMs: 0, n: 0 });
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
