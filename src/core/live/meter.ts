/**
 * @file Live accounting (METHOD §5): throughput over a sliding window, latency percentiles, dropped frames. All times in ms
 * on one clock, passed in; nothing here reads a clock.
 */

/** Window of the throughput and latency figures. */
export const WINDOW_MS = 2000;

export interface LiveFigures {
  /** Completed frames / s over the window; 0 before two frames have completed. */
  readonly throughputFps: number;
  /** Median and 95th percentile of capture → labels, ms; null without a frame in the window. */
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly completed: number;
  /** Frames the source delivered and that never became a result: passed over, or lost with a processor. */
  readonly dropped: number;
}

interface Completed {
  readonly at: number;
  readonly latency: number;
}

/** Value below which the fraction `p` of the sorted samples lies (nearest rank); null for none. */
export function percentile(samples: readonly number[], p: number): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
}

export class LiveMeter {
  private recent: Completed[] = [];
  private completed = 0;
  private dropped = 0;
  private began: number;
  /** Frames from before are counted, but say nothing of how fast live is. */
  private resumedAt = -Infinity;

  constructor(began: number) {
    this.began = began;
  }

  complete(capturedAt: number, at: number): void {
    this.completed += 1;
    if (capturedAt >= this.resumedAt) this.recent.push({ at, latency: at - capturedAt });
  }

  /** From `from` to `to` nobody ran (a hidden tab, a computer asleep): neither the clock nor any figure knows of it. */
  skip(from: number, to: number): void {
    this.began += to - from;
    this.resumedAt = to;
    this.recent = [];
  }

  /** Since live began, without what was skipped. */
  seconds(at: number): number {
    return (at - this.began) / 1000;
  }

  drop(): void {
    this.dropped += 1;
  }

  figures(at: number): LiveFigures {
    this.recent = this.recent.filter((frame) => frame.at > at - WINDOW_MS);
    const [first] = this.recent;
    const last = this.recent.at(-1);
    const span = first && last ? (last.at - first.at) / 1000 : 0;
    const latencies = this.recent.map((frame) => frame.latency);
    return {
      throughputFps: span > 0 ? (this.recent.length - 1) / span : 0,
      latencyP50Ms: percentile(latencies, 0.5),
      latencyP95Ms: percentile(latencies, 0.95),
      completed: this.completed,
      dropped: this.dropped,
    };
  }
}
