/** @file Firefox looks every 100 ms whether work of the GPU is done, and at each submission: empty ones make it look. */
import type { GpuHandle } from './device.ts';

/** An empty submission takes a millisecond or two; longer than this is a tick. */
export const TICK_SECONDS = 0.02;

const never = typeof SharedArrayBuffer === 'undefined' ? null : new Int32Array(new SharedArrayBuffer(4));

/** Sleeps for about a millisecond. A timer would take four after a few turns. */
async function nap(): Promise<void> {
  // In the library of types from ES2024 on.
  const { waitAsync } = Atomics as {
    waitAsync?: (cells: Int32Array, at: number, value: number, ms: number) => { value: unknown };
  };
  if (never && waitAsync) await waitAsync(never, 0, 0, 1).value;
  else await new Promise((done) => setTimeout(done, 1));
}

/** Submits nothing, a time a millisecond, until `work` is over; spinning would take a core from a software adapter. */
export async function pokeUntil({ device, loss }: GpuHandle, work: Promise<unknown>): Promise<void> {
  const state = { isOver: false };
  const end = (): void => void (state.isOver = true);
  work.then(end, end);
  for (;;) {
    await nap();
    if (state.isOver || loss()) return;
    device.queue.submit([]);
  }
}
