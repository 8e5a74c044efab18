/**
 * @file Memory streams with 128-bit loads and stores, four a turn: read, write, copy and triad (STREAM). Traffic: the
 * bytes of every array touched; a write that fetches the line first is not counted, as in STREAM.
 * Nothing can be removed: reads end in a sum that is stored, and what is written is checked.
 */

/** Adds up the 32-bit integers of `bytes` (a multiple of 64) from `source`, lane by lane, into the vector at `sum`. */
export function read(source: usize, sum: usize, bytes: usize): void {
  const end = source + bytes;
  let a = v128.splat<i32>(0);
  let b = a;
  let c = a;
  let d = a;
  while (source < end) {
    a = i32x4.add(a, v128.load(source));
    b = i32x4.add(b, v128.load(source, 16));
    c = i32x4.add(c, v128.load(source, 32));
    d = i32x4.add(d, v128.load(source, 48));
    source += 64;
  }
  v128.store(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
}

/** Fills `bytes` (a multiple of 64) at `target` with the vector at `pattern`. */
export function write(target: usize, pattern: usize, bytes: usize): void {
  const end = target + bytes;
  const a = v128.load(pattern);
  while (target < end) {
    v128.store(target, a);
    v128.store(target, a, 16);
    v128.store(target, a, 32);
    v128.store(target, a, 48);
    target += 64;
  }
}

/** Copies `bytes` (a multiple of 64) from `source` to `target`, which must not overlap. */
export function copy(source: usize, target: usize, bytes: usize): void {
  const end = source + bytes;
  while (source < end) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    v128.store(target, a);
    v128.store(target, b, 16);
    v128.store(target, c, 32);
    v128.store(target, d, 48);
    source += 64;
    target += 64;
  }
}

/** a = b + 3·c over f32 arrays of `bytes` (a multiple of 64) each. */
export function triad(a: usize, b: usize, c: usize, bytes: usize): void {
  const end = b + bytes;
  const scale = f32x4.splat(3);
  while (b < end) {
    const x = f32x4.add(v128.load(b), f32x4.mul(scale, v128.load(c)));
    const y = f32x4.add(v128.load(b, 16), f32x4.mul(scale, v128.load(c, 16)));
    const z = f32x4.add(v128.load(b, 32), f32x4.mul(scale, v128.load(c, 32)));
    const w = f32x4.add(v128.load(b, 48), f32x4.mul(scale, v128.load(c, 48)));
    v128.store(a, x);
    v128.store(a, y, 16);
    v128.store(a, z, 32);
    v128.store(a, w, 48);
    a += 64;
    b += 64;
    c += 64;
  }
}
