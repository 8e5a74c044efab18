// Peak f32 arithmetic: independent chains of vec4, unrolled (see unroll.ts).
// FLOP of one dispatch: lanes × loops × lines × chains × 4 components × 2. Bytes: lanes × chains × 16 stored.
// Nothing can be removed: m and c come from memory, every lane starts its chains from its own values, and all chains
// are stored. m and c are scalars, so that they take two registers and leave the rest to the chains. With m = c = 1 each component must end as start + loops × lines, exact in f32 below 2^22.
override workgroup_size: u32 = 64;
override loops: u32 = 32;
const chains = 1u;

struct Operands {
  m: f32,
  c: f32,
}

@group(0) @binding(0) var<storage, read> operands: Operands;
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(operands.m);
  let c = vec4f(operands.c);
  let start = vec4f(0, 0.25, 0.5, 0.75) + f32(id.x % 1024 * chains);
  var x_0 = start + f32(0u); // @chains
  for (var turn = 0u; turn < loops; turn++) {
    x_0 = fma(x_0, m, c); // @lines // @chains
  }
  let first = id.x * chains;
  results[first + 0u] = x_0; // @chains
}
