// One kernel from memory bound to compute bound: reads vec4 words, does `lines × loops` FMA on each, writes them.
// FLOP of one dispatch: words × 4 components × lines × loops × 2. Bytes: 2 × 16 × words (read + written).
// Operational intensity: lines × loops / 4 FLOP/byte. Four words a lane are in flight (see unroll.ts), coalesced; each
// belongs to one lane. Nothing can be removed: m, c and the words come from memory, and all are stored. The source holds
// whole numbers, so with m = c = 1 each must arrive lines × loops higher.
override workgroup_size: u32 = 64;
override loops: u32 = 1;
override words: u32 = 4096;
const chains = 1u;

struct Operands {
  m: f32,
  c: f32,
}

@group(0) @binding(0) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> operands: Operands;

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let m = vec4f(operands.m);
  let c = vec4f(operands.c);
  let stride = groups.x * workgroup_size;
  for (var first = id.x; first < words; first += stride * chains) {
    var x_0 = b[first + 0u * stride]; // @chains
    for (var turn = 0u; turn < loops; turn++) {
      x_0 = fma(x_0, m, c); // @lines // @chains
    }
    a[first + 0u * stride] = x_0; // @chains
  }
}
