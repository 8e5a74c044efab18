// Peak f16 arithmetic, as fma.wgsl. FLOP of one dispatch: lanes × loops × lines × chains × 4 components × 2.
// Bytes: lanes × chains × 8 stored. With m = c = 1 component k of chain j of lane i starts at (i + j + k) mod 512 and
// must end loops × lines higher, exact in f16 below 2048; so loops × lines ≤ 1024, and lanes make the work long.
enable f16;
override workgroup_size: u32 = 64;
override loops: u32 = 32;
const chains = 1u;

struct Operands {
  m: f16,
  c: f16,
}

@group(0) @binding(0) var<storage, read> operands: Operands;
@group(0) @binding(1) var<storage, read_write> results: array<vec4<f16>>;

fn start(index: u32) -> vec4<f16> {
  return vec4<f16>((vec4u(index) + vec4u(0, 1, 2, 3)) % 512);
}

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4<f16>(operands.m);
  let c = vec4<f16>(operands.c);
  var x_0 = start(id.x + 0u); // @chains
  for (var turn = 0u; turn < loops; turn++) {
    x_0 = fma(x_0, m, c); // @lines // @chains
  }
  let first = id.x * chains;
  results[first + 0u] = x_0; // @chains
}
