/** @file The governor told by hand what live does: which evidence leads to which move. */
import { describe, expect, it } from 'vitest';
import { Governor, type Seen } from './governor.ts';
import type { Rung } from './ladder.ts';

const TARGET = 30;

/** A governor that is told every 250 ms, by hand. */
class Told {
  moves: readonly { readonly at: number; readonly id: string; readonly reason: string }[] = [];
  private at = 0;
  private readonly governor: Governor;

  constructor(rungs: readonly Rung[], targetFps = TARGET) {
    this.governor = new Governor(rungs, targetFps);
  }

  begins(id: string): this {
    this.governor.begins(id, this.at);
    return this;
  }

  /** The same figures for so many seconds; moves are noted, and made only by `begins`. What is possible is completed, unless told. */
  sees(seconds: number, figures: Partial<Seen>): this {
    const { capacityFps = 40, sourceFps = 60 } = figures;
    const fps = Math.min(capacityFps ?? TARGET, sourceFps ?? Infinity);
    for (const end = this.at + 1000 * seconds; this.at < end;) {
      this.at += 250;
      const seen = { fps, capacityFps, sourceFps, ...figures, at: this.at };
      const move = this.governor.see(seen);
      if (move) this.moves = [...this.moves, { at: this.at, id: move.id, reason: move.reason }];
    }
    return this;
  }

  sleeps(seconds: number): this {
    this.at += 1000 * seconds;
    return this;
  }
}

const THREE: readonly Rung[] = [
  { id: 'a', accuracy: 0.6, throughputFps: 40 },
  { id: 'b', accuracy: 0.5, throughputFps: 80 },
  { id: 'c', accuracy: 0.4, throughputFps: 160 },
];

describe('evidence', () => {
  it('of a second that the target is missed, once the pipeline has filled', () => {
    const told = new Told(THREE).begins('a').sees(8, { fps: 20, capacityFps: 20 });
    expect(told.moves[0]).toEqual({ at: 1750, id: 'b', reason: 'too-slow' });
  });
  it('is not a miss of less than a twentieth', () => {
    expect(new Told(THREE).begins('a').sees(30, { fps: 28.6, capacityFps: 28.6 }).moves).toEqual([]);
  });
  it('is not of the frames of the design before, while stages say that all is well', () => {
    expect(new Told(THREE).begins('b').sees(2, { fps: 15, capacityFps: 36 }).sees(1, {}).moves).toEqual([]);
  });
  it('of frames that do not come is believed over stages that say they could, after two seconds', () => {
    const told = new Told(THREE).begins('a').sees(10, { fps: 25, capacityFps: 40 });
    expect(told.moves[0]).toEqual({ at: 3000, id: 'b', reason: 'too-slow' });
  });
  it('of a rate that goes up and down across the goal, where the camera gives more', () => {
    const byTurns = (low: number, high: number, sourceFps: number) => {
      const told = new Told(THREE).begins('a').sees(3, { fps: high, sourceFps });
      for (let i = 0; i < 8; i++) told.sees(0.5, { fps: low, sourceFps }).sees(0.5, { fps: high, sourceFps });
      return told.moves[0];
    };
    expect(byTurns(26, 38, 60)).toEqual({ at: 5250, id: 'b', reason: 'too-slow' });
    expect(byTurns(30, 36, 60)).toBeUndefined();
    expect(byTurns(26, 30, 30)).toBeUndefined();
  });
  it('is no reason to go on where the last move did not help', () => {
    const told = new Told(THREE).begins('a').sees(5, { fps: 25, capacityFps: 40 }).begins('b');
    expect(told.sees(30, { fps: 25.5, capacityFps: 80 }).moves).toHaveLength(1);
  });
  it('is none where the camera may be what is slow', () => {
    const dark = { fps: 15, capacityFps: 40, sourceFps: null };
    expect(new Told(THREE).begins('a').sees(30, dark).moves).toEqual([]);
  });
  it('without stages is of frames alone, and only downwards', () => {
    const told = new Told(THREE).begins('a').sees(3, { fps: 20, capacityFps: null });
    expect(told.moves[0]).toEqual({ at: 2000, id: 'b', reason: 'too-slow' });
    expect(told.begins('b').sees(60, { capacityFps: null }).moves).toHaveLength(1);
  });
  it('of a load that has not fallen since a move down leads up only after a while', () => {
    const slow = new Told(THREE).begins('a').sees(2, { fps: 20, capacityFps: 20 }).begins('b');
    expect(slow.sees(8, { capacityFps: 80 }).moves).toHaveLength(1);
    expect(slow.sees(2, { capacityFps: 80 }).moves).toHaveLength(2);
    const recovered = new Told(THREE).begins('a').sees(2, { fps: 20, capacityFps: 20 }).begins('b');
    expect(recovered.sees(2, { capacityFps: 60 }).sees(4, { capacityFps: 80 }).moves).toHaveLength(2);
  });
  it('of seconds with room leads up at once to where there is room', () => {
    const told = new Told(THREE).begins('c').sees(5, { capacityFps: 160 });
    expect(told.moves).toEqual([{ at: 4250, id: 'a', reason: 'room-again' }]);
    expect(new Told(THREE).begins('c').sees(5, { capacityFps: 100 }).moves[0]?.id).toBe('b');
    expect(new Told(THREE).begins('c').sees(60, { capacityFps: 60 }).moves).toEqual([]);
  });
  it('of room that still grows is waited for: one move, not two', () => {
    const told = new Told(THREE).begins('c').sees(2.5, { capacityFps: 90 }).sees(4.5, { capacityFps: 160 });
    expect(told.moves.map(({ id }) => id)).toEqual(['a']);
  });
  it('from before a sleep counts for nothing', () => {
    const told = new Told(THREE).begins('c').sees(4, { capacityFps: 160 }).sleeps(60);
    expect(told.sees(4, { capacityFps: 160 }).moves).toEqual([]);
  });
  it('of a rung that bore it says more than what was predicted of it', () => {
    // `tight` is said to do 31 frames/s: never enough to move up to, but it held.
    const rungs = [{ id: 'tight', accuracy: 0.7, throughputFps: 31 }, ...THREE];
    const told = new Told(rungs).begins('tight').sees(6, { capacityFps: 31 });
    told.sees(2, { fps: 20, capacityFps: 20 }).begins('b').sees(4, { capacityFps: 51 });
    expect(told.sees(5, { capacityFps: 80 }).moves.at(-1)?.id).toBe('tight');
    expect(new Told(rungs).begins('b').sees(5, { capacityFps: 80 }).moves.at(-1)?.id).toBe('a');
  });
  it('of a design that is no rung moves nobody', () => {
    expect(new Told(THREE).begins('other').sees(30, { fps: 5, capacityFps: 5 }).moves).toEqual([]);
    expect(new Told(THREE).sees(30, { fps: 5, capacityFps: 5 }).moves).toEqual([]);
  });
});
