import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TICK_MS, Watchdog } from './watchdog.ts';

/** When it first barks, for ticks at these times; null if never. */
function barksAt(ticks: readonly number[], limitMs: number): number | null {
  const watchdog = new Watchdog();
  watchdog.rest(0);
  return ticks.find((at) => watchdog.tick(at, limitMs)) ?? null;
}
const everyTick = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / TICK_MS) }, (_, i) => from + (i + 1) * TICK_MS);

describe('the watchdog', () => {
  it('barks once the limit is over', () => {
    expect(barksAt(everyTick(0, 10_000), 2000)).toBe(2000);
  });

  it('is calmed by a sign of life', () => {
    const watchdog = new Watchdog();
    watchdog.rest(0);
    for (const at of everyTick(0, 1750)) expect(watchdog.tick(at, 2000)).toBe(false);
    watchdog.rest(1800);
    expect(everyTick(1800, 10_000).find((at) => watchdog.tick(at, 2000))).toBe(3800);
  });

  it('does not count a night: after it, the whole wait begins anew', () => {
    const night = 8 * 3600 * 1000;
    const ticks = [...everyTick(0, 1750), night, ...everyTick(night, night + 10_000)];
    expect(barksAt(ticks, 2000)).toBe(night + 2000);
  });

  it('never barks in a hidden tab, whose timers come once a second or once a minute', () => {
    const hidden = Array.from({ length: 600 }, (_, i) => 1000 * (i + 1));
    expect(barksAt(hidden, 2000)).toBeNull();
    expect(
      barksAt(
        hidden.map((at) => 60 * at),
        60_000,
      ),
    ).toBeNull();
  });

  it('never barks before the limit, whenever ticks come, and always soon after it when they come in time', () => {
    const gaps = fc.array(fc.double({ min: 1, max: 5000, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 500, max: 20_000 }), (list, limitMs) => {
        let at = 0;
        const ticks = list.map((gap) => (at += gap));
        const barked = barksAt(ticks, limitMs);
        expect(barked === null || barked >= limitMs).toBe(true);
        const after = barksAt([...ticks, ...everyTick(at, at + limitMs + 2 * TICK_MS)], limitMs);
        expect(after).not.toBeNull();
      }),
    );
  });
});
