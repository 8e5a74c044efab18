// Memory bandwidth: read, write, copy and triad (STREAM) over vec4 words, `passes` times over arrays of 2^k words.
// FLOP: 0 (triad's are not counted). Bytes of one dispatch: passes × arrays × 16 × words, with 1 array for read and
// write, 2 for copy, 3 for triad. A write that fetches the line first is not counted, as in STREAM.
// Grid-stride and coalesced: neighbouring lanes touch neighbouring words, and in a pass each word belongs to one lane.
// The next pass takes them one workgroup further, so that no loop invariant can be hoisted and a small array comes from
// the caches that all cores share. Nothing can be removed: sources are random, and what is written is checked.
override workgroup_size: u32 = 64;
override passes: u32 = 1;
override words: u32 = 4096;
const scale = 3.0;

@group(0) @binding(0) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> c: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4u>;

@compute @workgroup_size(workgroup_size)
fn stream_read(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * workgroup_size;
  var sum = vec4u();
  for (var pass_index = 0u; pass_index < passes; pass_index++) {
    for (var i = id.x; i < words; i += stride) {
      sum += bitcast<vec4u>(b[(i + pass_index * workgroup_size) & (words - 1)]);
    }
  }
  sums[id.x] = sum;
}

@compute @workgroup_size(workgroup_size)
fn stream_write(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * workgroup_size;
  for (var pass_index = 0u; pass_index < passes; pass_index++) {
    for (var i = id.x; i < words; i += stride) {
      let at = (i + pass_index * workgroup_size) & (words - 1);
      a[at] = vec4f(f32(at) + scale);
    }
  }
}

@compute @workgroup_size(workgroup_size)
fn stream_copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * workgroup_size;
  for (var pass_index = 0u; pass_index < passes; pass_index++) {
    for (var i = id.x; i < words; i += stride) {
      let at = (i + pass_index * workgroup_size) & (words - 1);
      a[at] = b[at];
    }
  }
}

@compute @workgroup_size(workgroup_size)
fn stream_triad(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * workgroup_size;
  for (var pass_index = 0u; pass_index < passes; pass_index++) {
    for (var i = id.x; i < words; i += stride) {
      let at = (i + pass_index * workgroup_size) & (words - 1);
      a[at] = b[at] + scale * c[at];
    }
  }
}
