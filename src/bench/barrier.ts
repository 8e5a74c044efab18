/**
 * @file Lets the threads of a group begin a batch together, over shared memory. Without isolation there is none, and
 * threads start as their messages arrive (tens of µs apart, against batches of 10 ms and more).
 */

export interface StartBarrier {
  /** One Int32 that counts arrivals since the group was prepared. */
  readonly arrivals: SharedArrayBuffer;
  readonly parties: number;
}

/** A thread that never arrives must not hang the others. */
const PATIENCE_MS = 5_000;

export function createBarrier(parties: number): StartBarrier {
  return { arrivals: new SharedArrayBuffer(4), parties };
}

/** Blocks until every party of this round has arrived; false if one did not in time. Workers only. */
export function arrive(barrier: StartBarrier): boolean {
  const cell = new Int32Array(barrier.arrivals);
  const round = Math.floor(Atomics.add(cell, 0, 1) / barrier.parties);
  Atomics.notify(cell, 0);
  const goal = (round + 1) * barrier.parties;
  for (let seen = Atomics.load(cell, 0); seen < goal; seen = Atomics.load(cell, 0)) {
    if (Atomics.wait(cell, 0, seen, PATIENCE_MS) === 'timed-out') return false;
  }
  return true;
}
