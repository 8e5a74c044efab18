import { describe, expect, it } from 'vitest';
import { windowsOf } from './peers-windows.ts';

describe('windowsOf', () => {
  const every = (ms: number, latency: number, from: number, to: number) =>
    Array.from({ length: (to - from) / ms }, (_, i) => from + (i + 1) * ms).map((labelledAt) => ({
      capturedAt: labelledAt - latency,
      labelledAt,
    }));

  it('sums up each two seconds by themselves, the last ones, in order', () => {
    const frames = [...every(10, 5, 0, 2000), ...every(100, 70, 2000, 4000), ...every(50, 30, 4000, 6000)];
    const windows = windowsOf(frames, 6000, 2);
    expect(windows.map(({ throughputFps }) => Math.round(throughputFps))).toEqual([10, 20]);
    expect(windows.map(({ latencyP95Ms }) => latencyP95Ms)).toEqual([70, 30]);
  });

  it('does not count what was labelled after the end', () => {
    const windows = windowsOf(every(100, 10, 0, 4000), 2000, 1);
    expect(windows).toEqual([{ throughputFps: 10, latencyP95Ms: 10 }]);
  });

  it('has no latency where nothing was labelled', () => {
    expect(windowsOf([], 2000, 1)).toEqual([{ throughputFps: 0, latencyP95Ms: NaN }]);
  });
});
