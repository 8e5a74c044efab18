/**
 * @file Dealing: which member of a replicated stage takes which frame. Whole frames go to the member that would finish
 * them first (list scheduling), the same pattern over and over, so that every stage before knows without asking.
 */

/** A pattern this long loses at most a twelfth of a member. */
const LONGEST = 12;

export interface Deal {
  /** Frame `i` goes to member `pattern[i mod length]`. */
  readonly pattern: readonly number[];
  /** Seconds a frame of the whole stage, each member working on its share. */
  readonly secondsPerFrame: number;
}

/** For members that need `seconds` a frame each (> 0): of the patterns of 1 … 12 frames the fastest, the shortest of equals. */
export function dealOf(seconds: readonly number[]): Deal {
  const busy = seconds.map(() => 0);
  const pattern: number[] = [];
  let best = { length: 0, secondsPerFrame: Infinity };
  for (let length = 1; length <= LONGEST; length++) {
    const finish = (m: number): number => (busy[m] ?? 0) + (seconds[m] ?? Infinity);
    const next = seconds.reduce((first, _, m) => (finish(m) < finish(first) - 1e-12 ? m : first), 0);
    busy[next] = finish(next);
    pattern.push(next);
    const secondsPerFrame = Math.max(...busy) / length;
    if (secondsPerFrame < best.secondsPerFrame * (1 - 1e-9)) best = { length, secondsPerFrame };
  }
  return { pattern: pattern.slice(0, best.length), secondsPerFrame: best.secondsPerFrame };
}
