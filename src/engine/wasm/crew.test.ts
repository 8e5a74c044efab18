import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Counters, Crew } from './crew.ts';

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

describe('meeting', () => {
  /** Two threads' views of one crew; when the first falls asleep the second comes. */
  const two = () => {
    const first = new Crew(2);
    const second = new Crew(2, first.control, 1);
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      second.meet();
      return 'ok';
    });
    const notify = vi.spyOn(Atomics, 'notify').mockReturnValue(0);
    return { first, wait, notify };
  };
  afterEach(() => vi.restoreAllMocks());

  it('ends once the other is there, who wakes whoever sleeps and nobody else', () => {
    const { first, wait, notify } = two();
    first.meet();
    expect(wait).toHaveBeenCalledTimes(1);
    expect(notify).toHaveBeenCalledTimes(1);
    first.command(1);
    expect(notify).toHaveBeenCalledTimes(1);
  });
  it('is nothing alone', () => {
    const alone = new Crew(1);
    alone.meet();
    expect([...alone.control].every((word) => word === 0)).toBe(true);
  });
});

describe('counters', () => {
  const CALLS = 40;
  const views = () => {
    const words = new Int32Array(Counters.lengthFor(CALLS, 2));
    return [0, 1].map((thread) => new Counters(words, CALLS, 2, thread));
  };
  it('count what is taken of a part, whoever takes it', () => {
    const [mine, theirs] = views();
    mine?.begin();
    theirs?.begin();
    expect([mine?.take(1, 39, 3), theirs?.take(1, 39, 3), mine?.take(1, 39, 1)]).toEqual([0, 3, 6]);
    expect([mine?.take(0, 39, 1), theirs?.take(1, 38, 1)]).toEqual([0, 0]);
  });
  it('are zeros in every run', () => {
    const all = views();
    for (let run = 0; run < 5; run++) {
      all.forEach((view) => view.begin());
      for (const view of all)
        for (const part of [0, 1]) for (const call of [0, 20, 39]) view.take(part, call, 7);
      const [view] = all;
      expect([view?.take(0, 20, 1), view?.take(1, 39, 1)]).toEqual([14, 14]);
    }
  });
  it('of two threads lie in lines apart', () => {
    const words = new Int32Array(Counters.lengthFor(CALLS, 2));
    const [mine] = [new Counters(words, CALLS, 2, 0)];
    mine.begin();
    for (const part of [0, 1]) for (let call = 0; call < CALLS; call++) mine.take(part, call, 1 + part);
    const lines = (value: number): readonly number[] => [
      ...new Set([...words].flatMap((word, at) => (word === value ? [Math.floor(at / 32)] : []))),
    ];
    expect(lines(1).filter((line) => lines(2).includes(line))).toEqual([]);
  });
});
