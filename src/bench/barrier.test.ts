import { afterEach, describe, expect, it, vi } from 'vitest';
import { arrive, createBarrier } from './barrier.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What happens while a thread waits: nothing else can, here. */
const whileWaiting = (work: () => ReturnType<typeof Atomics.wait>): void =>
  void vi.spyOn(Atomics, 'wait').mockImplementation(work);

describe('the start barrier', () => {
  it('lets a lone thread pass, batch after batch', () => {
    whileWaiting(() => {
      throw new Error('it waits');
    });
    const barrier = createBarrier(1);
    expect([1, 2, 3].map(() => arrive(barrier))).toEqual([true, true, true]);
  });
  it('holds a thread until all have arrived', () => {
    const barrier = createBarrier(3);
    const arrivals = new Int32Array(barrier.arrivals);
    let others = 0;
    whileWaiting(() => {
      others += 1;
      Atomics.add(arrivals, 0, 1);
      return 'ok';
    });
    expect(arrive(barrier)).toBe(true);
    expect(others).toBe(2);
    expect(arrive(barrier)).toBe(true);
    expect(others).toBe(4);
  });
  it('lets the last one pass without waiting, and wakes the others', () => {
    const barrier = createBarrier(2);
    const notify = vi.spyOn(Atomics, 'notify');
    Atomics.add(new Int32Array(barrier.arrivals), 0, 1);
    whileWaiting(() => {
      throw new Error('it waits');
    });
    expect(arrive(barrier)).toBe(true);
    expect(notify).toHaveBeenCalledTimes(1);
  });
  it('does not wait for ever for a thread that does not come', () => {
    whileWaiting(() => 'timed-out');
    expect(arrive(createBarrier(2))).toBe(false);
  });
});
