/** @file The frames that a plan is timed with: the same inputs, round and round. */

/**
 * What sends each input: where the page is isolated, workers read it where it lies, so that of a frame's time nothing is the page's
 * copying; else a copy each time, which goes to the worker.
 */
export function framesOf(inputs: readonly Float32Array<ArrayBuffer>[]): readonly (() => Float32Array)[] {
  return inputs.map((input) => {
    if (!crossOriginIsolated) return () => input.slice();
    const shared = new Float32Array(new SharedArrayBuffer(input.byteLength));
    shared.set(input);
    return () => shared;
  });
}
