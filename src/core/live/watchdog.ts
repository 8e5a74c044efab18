/**
 * @file Counts for how long frames have been away while the page ran. A computer that slept and a tab that was frozen or
 * throttled let nobody work: a tick that comes late tells so, and the wait begins anew.
 */

/** How often it wants to be asked while frames are away. */
export const TICK_MS = 250;
/** Hidden tabs get a tick a second at most. */
const LATE_MS = 3 * TICK_MS;

export class Watchdog {
  private waitedMs = 0;
  private tickedAt = 0;

  /** A sign of life at `now` (ms). */
  rest(now: number): void {
    this.waitedMs = 0;
    this.tickedAt = now;
  }

  /** Whether there was no sign of life for `limitMs` in which the page ran. */
  tick(now: number, limitMs: number): boolean {
    const elapsed = now - this.tickedAt;
    this.tickedAt = now;
    this.waitedMs = elapsed > LATE_MS ? 0 : this.waitedMs + elapsed;
    return this.waitedMs >= limitMs;
  }
}
