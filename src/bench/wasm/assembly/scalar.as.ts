/**
 * @file f32 multiply and add without SIMD: `x ← x·m + c`, one element at a time; what code without vectors can reach.
 * 12 independent chains, as fma.as.ts. Work: 24 FLOP a step and block; traffic: 2 × 48 bytes a block.
 * Nothing can be removed: see fma.as.ts.
 */

/** `operands` → m, c; `source` → `blocks` blocks of 12 elements, each stored to `target` after `steps` ≥ 1 steps. */
export function fma(operands: usize, source: usize, target: usize, blocks: i32, steps: i32): void {
  const m = load<f32>(operands);
  const c = load<f32>(operands, 4);
  for (let block = 0; block < blocks; block++) {
    let x0 = load<f32>(source, 0);
    let x1 = load<f32>(source, 4);
    let x2 = load<f32>(source, 8);
    let x3 = load<f32>(source, 12);
    let x4 = load<f32>(source, 16);
    let x5 = load<f32>(source, 20);
    let x6 = load<f32>(source, 24);
    let x7 = load<f32>(source, 28);
    let x8 = load<f32>(source, 32);
    let x9 = load<f32>(source, 36);
    let x10 = load<f32>(source, 40);
    let x11 = load<f32>(source, 44);
    // Two steps a turn hide the loop; one more where they are odd.
    for (let step = 1; step < steps; step += 2) {
      x0 = x0 * m + c;
      x1 = x1 * m + c;
      x2 = x2 * m + c;
      x3 = x3 * m + c;
      x4 = x4 * m + c;
      x5 = x5 * m + c;
      x6 = x6 * m + c;
      x7 = x7 * m + c;
      x8 = x8 * m + c;
      x9 = x9 * m + c;
      x10 = x10 * m + c;
      x11 = x11 * m + c;
      x0 = x0 * m + c;
      x1 = x1 * m + c;
      x2 = x2 * m + c;
      x3 = x3 * m + c;
      x4 = x4 * m + c;
      x5 = x5 * m + c;
      x6 = x6 * m + c;
      x7 = x7 * m + c;
      x8 = x8 * m + c;
      x9 = x9 * m + c;
      x10 = x10 * m + c;
      x11 = x11 * m + c;
    }
    if (steps & 1) {
      x0 = x0 * m + c;
      x1 = x1 * m + c;
      x2 = x2 * m + c;
      x3 = x3 * m + c;
      x4 = x4 * m + c;
      x5 = x5 * m + c;
      x6 = x6 * m + c;
      x7 = x7 * m + c;
      x8 = x8 * m + c;
      x9 = x9 * m + c;
      x10 = x10 * m + c;
      x11 = x11 * m + c;
    }
    store<f32>(target, x0, 0);
    store<f32>(target, x1, 4);
    store<f32>(target, x2, 8);
    store<f32>(target, x3, 12);
    store<f32>(target, x4, 16);
    store<f32>(target, x5, 20);
    store<f32>(target, x6, 24);
    store<f32>(target, x7, 28);
    store<f32>(target, x8, 32);
    store<f32>(target, x9, 36);
    store<f32>(target, x10, 40);
    store<f32>(target, x11, 44);
    source += 48;
    target += 48;
  }
}
