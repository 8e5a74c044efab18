import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Crew } from './crew.ts';

describe('waiting for the next command', () => {
  let crew: Crew;
  let looks = 0;
  /** ms that a sleeping thread waits for its command. */
  let sleepMs = 0;

  beforeEach(() => {
    crew = new Crew(2);
    looks = 0;
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { load } = Atomics;
    vi.spyOn(Atomics, 'load').mockImplementation((...args: Parameters<typeof load>) => {
      looks += 1;
      return load(...args);
    });
    // The other thread's command comes while this one sleeps.
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      now += sleepMs;
      crew.command(7);
      return 'ok';
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const looksBefore = (ms: number): number => {
    [looks, sleepMs] = [0, ms];
    expect(crew.next()).toBe(7);
    return looks;
  };

  it('looks much longer before sleeping where the one before came soon after falling asleep', () => {
    const short = looksBefore(0.3);
    const long = looksBefore(0.3);
    expect(long).toBeGreaterThan(15 * short);
    expect(looksBefore(2)).toBe(long);
    expect(looksBefore(2)).toBe(short);
  });
  it('does not sleep for one that is there', () => {
    crew.command(3);
    expect(crew.next()).toBe(3);
    expect(vi.mocked(Atomics.wait)).not.toHaveBeenCalled();
  });
});
