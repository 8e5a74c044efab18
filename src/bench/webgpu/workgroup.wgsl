// Bandwidth of workgroup memory (on-chip, shared by the lanes of a workgroup): unrolled vec4 reads, each lane going round.
// FLOP: 0 (the sums are not counted). Bytes of one dispatch: lanes × loops × lines × 16.
// Nothing can be removed: the tile comes from memory, the next address depends on the turn, the sum is stored. The tile's
// word i is i, so lane l of a workgroup must end as the sum of (l + turn × lines + line) mod words over all of them.
override workgroup_size: u32 = 64;
override loops: u32 = 32;
const words = 256u;
const lines = 1u;

@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> results: array<vec4u>;
var<workgroup> tile: array<vec4u, words>;

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < words; i += workgroup_size) {
    tile[i] = source[i];
  }
  workgroupBarrier();
  var sum = vec4u();
  for (var turn = 0u; turn < loops; turn++) {
    let first = lane + turn * lines;
    sum += tile[(first + 0u) % words]; // @lines
  }
  results[id.x] = sum;
}
