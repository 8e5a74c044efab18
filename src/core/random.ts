/** @file Seeded pseudo-random numbers for inputs of measurements and checks: repeatable, and never denormal or zero pages. */

/** mulberry32: uniform in [0, 1). Public domain (Tommy Ettinger). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` values uniform in [−1, 1). */
export function randomTensor(count: number, seed: number): Float32Array<ArrayBuffer> {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => 2 * next() - 1);
}
