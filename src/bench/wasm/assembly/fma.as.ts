/**
 * @file f32 multiply and add with plain SIMD: `x ← x·m + c` as two instructions, rounded twice.
 * 12 independent chains of f32x4 cover the latency of the two FMA units of current cores (4–5 cycles × 2 ≤ 12) and,
 * with m and c, fit the 16 vector registers of x86-64. One block and many steps is arithmetic alone; many blocks and few
 * steps stream through memory: the operational intensity is steps / 4 FLOP/byte.
 * Work: 96 FLOP a step and block; traffic: 2 × 192 bytes a block (read + written).
 * Nothing can be removed: m, c and the vectors come from memory, all are stored back, and with m = c = 1 every element
 * must end as it began + steps (exact in f32 below 2^24).
 */

/** `operands` → m, c; `source` → `blocks` blocks of 12 vectors, each stored to `target` after `steps` ≥ 1 steps. */
export function fma(operands: usize, source: usize, target: usize, blocks: i32, steps: i32): void {
  const m = v128.load(operands);
  const c = v128.load(operands, 16);
  for (let block = 0; block < blocks; block++) {
    let x0 = v128.load(source, 0);
    let x1 = v128.load(source, 16);
    let x2 = v128.load(source, 32);
    let x3 = v128.load(source, 48);
    let x4 = v128.load(source, 64);
    let x5 = v128.load(source, 80);
    let x6 = v128.load(source, 96);
    let x7 = v128.load(source, 112);
    let x8 = v128.load(source, 128);
    let x9 = v128.load(source, 144);
    let x10 = v128.load(source, 160);
    let x11 = v128.load(source, 176);
    // Two steps a turn hide the loop; one more where they are odd.
    for (let step = 1; step < steps; step += 2) {
      x0 = f32x4.add(f32x4.mul(x0, m), c);
      x1 = f32x4.add(f32x4.mul(x1, m), c);
      x2 = f32x4.add(f32x4.mul(x2, m), c);
      x3 = f32x4.add(f32x4.mul(x3, m), c);
      x4 = f32x4.add(f32x4.mul(x4, m), c);
      x5 = f32x4.add(f32x4.mul(x5, m), c);
      x6 = f32x4.add(f32x4.mul(x6, m), c);
      x7 = f32x4.add(f32x4.mul(x7, m), c);
      x8 = f32x4.add(f32x4.mul(x8, m), c);
      x9 = f32x4.add(f32x4.mul(x9, m), c);
      x10 = f32x4.add(f32x4.mul(x10, m), c);
      x11 = f32x4.add(f32x4.mul(x11, m), c);
      x0 = f32x4.add(f32x4.mul(x0, m), c);
      x1 = f32x4.add(f32x4.mul(x1, m), c);
      x2 = f32x4.add(f32x4.mul(x2, m), c);
      x3 = f32x4.add(f32x4.mul(x3, m), c);
      x4 = f32x4.add(f32x4.mul(x4, m), c);
      x5 = f32x4.add(f32x4.mul(x5, m), c);
      x6 = f32x4.add(f32x4.mul(x6, m), c);
      x7 = f32x4.add(f32x4.mul(x7, m), c);
      x8 = f32x4.add(f32x4.mul(x8, m), c);
      x9 = f32x4.add(f32x4.mul(x9, m), c);
      x10 = f32x4.add(f32x4.mul(x10, m), c);
      x11 = f32x4.add(f32x4.mul(x11, m), c);
    }
    if (steps & 1) {
      x0 = f32x4.add(f32x4.mul(x0, m), c);
      x1 = f32x4.add(f32x4.mul(x1, m), c);
      x2 = f32x4.add(f32x4.mul(x2, m), c);
      x3 = f32x4.add(f32x4.mul(x3, m), c);
      x4 = f32x4.add(f32x4.mul(x4, m), c);
      x5 = f32x4.add(f32x4.mul(x5, m), c);
      x6 = f32x4.add(f32x4.mul(x6, m), c);
      x7 = f32x4.add(f32x4.mul(x7, m), c);
      x8 = f32x4.add(f32x4.mul(x8, m), c);
      x9 = f32x4.add(f32x4.mul(x9, m), c);
      x10 = f32x4.add(f32x4.mul(x10, m), c);
      x11 = f32x4.add(f32x4.mul(x11, m), c);
    }
    v128.store(target, x0, 0);
    v128.store(target, x1, 16);
    v128.store(target, x2, 32);
    v128.store(target, x3, 48);
    v128.store(target, x4, 64);
    v128.store(target, x5, 80);
    v128.store(target, x6, 96);
    v128.store(target, x7, 112);
    v128.store(target, x8, 128);
    v128.store(target, x9, 144);
    v128.store(target, x10, 160);
    v128.store(target, x11, 176);
    source += 192;
    target += 192;
  }
}
