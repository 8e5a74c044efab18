/**
 * @file f32 fused multiply-add with relaxed SIMD: `x ← x·m + c` as one instruction where the CPU has it.
 * 12 independent chains of f32x4 cover the latency of the two FMA units of current cores (4–5 cycles × 2 ≤ 12) and,
 * with m and c, fit the 16 vector registers of x86-64. Two steps a turn hide the loop counter.
 * Work: 12 × 4 × 2 = 96 FLOP a step; memory traffic is 32 + 2 × 192 bytes a call, so compute bound from ten steps on.
 * Nothing can be removed: m, c and the chains' starts come from memory, all chains are stored back, and with
 * m = c = 1 every element must end as start + steps (exact in f32 below 2^24).
 */

/** `operands` → m, c; `starts` → 12 chains; `results` ← 12 chains. `steps` is a multiple of 2. */
export function fma(operands: usize, starts: usize, results: usize, steps: i32): void {
  const m = v128.load(operands);
  const c = v128.load(operands, 16);
  let x0 = v128.load(starts, 0);
  let x1 = v128.load(starts, 16);
  let x2 = v128.load(starts, 32);
  let x3 = v128.load(starts, 48);
  let x4 = v128.load(starts, 64);
  let x5 = v128.load(starts, 80);
  let x6 = v128.load(starts, 96);
  let x7 = v128.load(starts, 112);
  let x8 = v128.load(starts, 128);
  let x9 = v128.load(starts, 144);
  let x10 = v128.load(starts, 160);
  let x11 = v128.load(starts, 176);
  for (let step = 0; step < steps; step += 2) {
    x0 = f32x4.relaxed_madd(x0, m, c);
    x1 = f32x4.relaxed_madd(x1, m, c);
    x2 = f32x4.relaxed_madd(x2, m, c);
    x3 = f32x4.relaxed_madd(x3, m, c);
    x4 = f32x4.relaxed_madd(x4, m, c);
    x5 = f32x4.relaxed_madd(x5, m, c);
    x6 = f32x4.relaxed_madd(x6, m, c);
    x7 = f32x4.relaxed_madd(x7, m, c);
    x8 = f32x4.relaxed_madd(x8, m, c);
    x9 = f32x4.relaxed_madd(x9, m, c);
    x10 = f32x4.relaxed_madd(x10, m, c);
    x11 = f32x4.relaxed_madd(x11, m, c);
    x0 = f32x4.relaxed_madd(x0, m, c);
    x1 = f32x4.relaxed_madd(x1, m, c);
    x2 = f32x4.relaxed_madd(x2, m, c);
    x3 = f32x4.relaxed_madd(x3, m, c);
    x4 = f32x4.relaxed_madd(x4, m, c);
    x5 = f32x4.relaxed_madd(x5, m, c);
    x6 = f32x4.relaxed_madd(x6, m, c);
    x7 = f32x4.relaxed_madd(x7, m, c);
    x8 = f32x4.relaxed_madd(x8, m, c);
    x9 = f32x4.relaxed_madd(x9, m, c);
    x10 = f32x4.relaxed_madd(x10, m, c);
    x11 = f32x4.relaxed_madd(x11, m, c);
  }
  v128.store(results, x0, 0);
  v128.store(results, x1, 16);
  v128.store(results, x2, 32);
  v128.store(results, x3, 48);
  v128.store(results, x4, 64);
  v128.store(results, x5, 80);
  v128.store(results, x6, 96);
  v128.store(results, x7, 112);
  v128.store(results, x8, 128);
  v128.store(results, x9, 144);
  v128.store(results, x10, 160);
  v128.store(results, x11, 176);
}
