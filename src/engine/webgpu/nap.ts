/** @file About a millisecond of sleep. A timer would take four after a few turns. */

const never = typeof SharedArrayBuffer === 'undefined' ? null : new Int32Array(new SharedArrayBuffer(4));

export async function nap(): Promise<void> {
  // In the library of types from ES2024 on.
  const { waitAsync } = Atomics as {
    waitAsync?: (cells: Int32Array, at: number, value: number, ms: number) => { value: unknown };
  };
  if (never && waitAsync) await waitAsync(never, 0, 0, 1).value;
  else await new Promise((done) => setTimeout(done, 1));
}
