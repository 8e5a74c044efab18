import { describe, expect, it } from 'vitest';
import { LiveMeter, percentile, WINDOW_MS } from './meter.ts';

describe('percentile', () => {
  it.each([
    [[5, 1, 3], 0.5, 3],
    [[4, 1, 3, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.95, 4],
    [[1, 2, 3, 4], 0, 1],
    [[7], 1, 7],
    [[], 0.5, null],
  ])('of %j at %d is %j', (samples, p, expected) => {
    expect(percentile(samples, p)).toBe(expected);
  });
  it('sorts by value, not by text, and leaves its input alone', () => {
    const samples = [10, 9, 100];
    expect(percentile(samples, 1)).toBe(100);
    expect(samples).toEqual([10, 9, 100]);
  });
});

describe('LiveMeter, with a clock of its own', () => {
  it('knows nothing before the first frame', () => {
    expect(new LiveMeter(0).figures(0)).toEqual({
      throughputFps: 0,
      latencyP50Ms: null,
      latencyP95Ms: null,
      completed: 0,
      dropped: 0,
    });
  });

  it('counts intervals between frames, not frames', () => {
    const meter = new LiveMeter(0);
    for (const at of [100, 200, 300]) meter.complete(at - 40, at);
    expect(meter.figures(300)).toMatchObject({
      throughputFps: 10,
      latencyP50Ms: 40,
      latencyP95Ms: 40,
      completed: 3,
    });
  });

  it('one frame has a latency but no rate', () => {
    const meter = new LiveMeter(0);
    meter.complete(70, 100);
    expect(meter.figures(100)).toMatchObject({ throughputFps: 0, latencyP50Ms: 30 });
  });

  it('forgets frames that left the window, but not that they were', () => {
    const meter = new LiveMeter(0);
    meter.complete(0, 1000);
    for (const at of [3000, 3500]) meter.complete(at - 20, at);
    expect(meter.figures(3500)).toMatchObject({ throughputFps: 2, latencyP95Ms: 20, completed: 3 });
    expect(meter.figures(3500 + WINDOW_MS)).toMatchObject({
      throughputFps: 0,
      latencyP50Ms: null,
      completed: 3,
    });
  });

  it('counts what was dropped', () => {
    const meter = new LiveMeter(0);
    meter.drop();
    meter.drop();
    expect(meter.figures(0)).toMatchObject({ dropped: 2, completed: 0 });
  });

  it('knows nothing of the time in which nobody ran', () => {
    const meter = new LiveMeter(0);
    for (const at of [1000, 1100, 1200]) meter.complete(at - 40, at);
    const night = 8 * 3600 * 1000;
    meter.skip(1250, night);
    expect(meter.seconds(night + 500)).toBe(1.75);
    // In flight all night: it is a frame, but no latency.
    meter.complete(1240, night + 10);
    expect(meter.figures(night + 10)).toMatchObject({ throughputFps: 0, latencyP95Ms: null, completed: 4 });
    for (const at of [100, 200, 300]) meter.complete(night + at - 40, night + at);
    expect(meter.figures(night + 300)).toMatchObject({ throughputFps: 10, latencyP95Ms: 40, completed: 7 });
  });
});
