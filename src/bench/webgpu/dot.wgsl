// Peak int8 arithmetic: dot products of four packed signed bytes, accumulated (the DP4a instruction where there is one).
// Operations of one dispatch: lanes × loops × lines × chains × 8 (four multiplies, three adds, one to accumulate).
// Bytes: lanes × chains × 4 stored.
// Nothing can be removed: each product reads the sum before it, m and c come from memory, all chains are stored. With
// m = 1 (its low byte) and c = 1, a step takes the low byte of x, as a signed number, one up.
override workgroup_size: u32 = 64;
override loops: u32 = 32;
const chains = 1u;

struct Operands {
  m: u32,
  c: i32,
}

@group(0) @binding(0) var<storage, read> operands: Operands;
@group(0) @binding(1) var<storage, read_write> results: array<i32>;

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = operands.m;
  let c = operands.c;
  var x_0 = i32(id.x + 0u); // @chains
  for (var turn = 0u; turn < loops; turn++) {
    x_0 = dot4I8Packed(bitcast<u32>(x_0), m) + c; // @lines // @chains
  }
  let first = id.x * chains;
  results[first + 0u] = x_0; // @chains
}
