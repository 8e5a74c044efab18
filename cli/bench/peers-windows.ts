/** @file Two seconds of live, as the page's own meter sums them up (core/live/meter.ts), for whoever classified them. */
import { LiveMeter, WINDOW_MS } from '../../src/core/live/meter.ts';

export const WINDOW_SECONDS = WINDOW_MS / 1000;

export interface Window {
  readonly throughputFps: number;
  /** Capture → label. */
  readonly latencyP95Ms: number;
}

/** On one clock, ms. */
export interface Frame {
  readonly capturedAt: number;
  readonly labelledAt: number;
}

/** The last `count` windows before `endedAt`, in order. Frames in the order of their labels. */
export function windowsOf(frames: readonly Frame[], endedAt: number, count: number): readonly Window[] {
  const meter = new LiveMeter(frames[0]?.capturedAt ?? 0);
  let next = 0;
  return Array.from({ length: count }, (_, i) => {
    const at = endedAt - (count - 1 - i) * WINDOW_MS;
    for (let frame = frames[next]; frame && frame.labelledAt <= at; frame = frames[++next])
      meter.complete(frame.capturedAt, frame.labelledAt);
    const { throughputFps, latencyP95Ms } = meter.figures(at);
    return { throughputFps, latencyP95Ms: latencyP95Ms ?? NaN };
  });
}
