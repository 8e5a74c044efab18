import { describe, expect, it } from 'vitest';
import { CapacityMeter } from './capacity.ts';

const frame = (stage: number, member: number, start: number, ms: number, preparingMs = 0, handOver = 0) => ({
  stage,
  member,
  start,
  ready: start + preparingMs,
  end: start + ms,
  handOver,
});

/** Frames every 100 ms up to `until`. */
function fed(until: number, ...spans: readonly (readonly [number, number, number, number?, number?])[]) {
  const meter = new CapacityMeter();
  for (let at = 0; at <= until; at += 100)
    meter.see(
      spans.map(([stage, member, ms, preparing, handOver]) =>
        frame(stage, member, at - ms, ms, preparing, handOver),
      ),
      at,
    );
  return meter;
}

describe('CapacityMeter', () => {
  it('is what one processor could take, its picture and its hand-over included, not what it was given', () => {
    const meter = fed(1000, [0, 0, 18, 3, 2]);
    expect(meter.fps(1000)).toBeCloseTo(50, 9);
    expect(meter.preparingMs(1000)).toBe(3);
  });
  it('adds the members of a stage, and is the slowest stage of a pipeline', () => {
    expect(fed(1000, [0, 0, 10], [0, 1, 40]).fps(1000)).toBeCloseTo(125, 9);
    expect(fed(1000, [0, 0, 10], [0, 1, 40], [1, 0, 20]).fps(1000)).toBeCloseTo(50, 9);
  });
  it('knows nothing before every member has shown a few frames, and forgets those of more than a second ago', () => {
    expect(new CapacityMeter().fps(0)).toBeNull();
    expect(new CapacityMeter().preparingMs(0)).toBe(0);
    expect(fed(100, [0, 0, 10]).fps(100)).toBeNull();
    expect(fed(1000, [0, 0, 10]).fps(2500)).toBeNull();
    const meter = fed(1000, [0, 0, 10]);
    meter.forget();
    expect(meter.fps(1000)).toBeNull();
  });
  it('follows a device that slows down within a second', () => {
    const meter = fed(1000, [0, 0, 10]);
    for (let at = 1100; at <= 1800; at += 100) meter.see([frame(0, 0, at - 40, 40)], at);
    expect(meter.fps(1800)).toBeCloseTo(25, 9);
  });
  it('counts what came back in the last second, and less as nothing comes', () => {
    const meter = fed(1000, [0, 0, 10]);
    expect(new CapacityMeter().completedFps(0)).toBe(0);
    expect(fed(0, [0, 0, 10]).completedFps(50)).toBe(0);
    expect(meter.completedFps(1000)).toBeCloseTo(10, 9);
    expect(meter.completedFps(1050)).toBeCloseTo(10, 9);
    expect(meter.completedFps(1500)).toBeCloseTo(5 / 0.9, 9);
    expect(meter.completedFps(2000)).toBe(0);
    meter.forget();
    expect(meter.completedFps(1000)).toBe(0);
  });
});
