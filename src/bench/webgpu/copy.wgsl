// Memory bandwidth: copies vec4 words. FLOP: 0. Bytes of one dispatch: 2 × 16 × the source's length (read + written).
// Grid-stride and coalesced: neighbouring lanes touch neighbouring words, and each word belongs to one lane only.
// Nothing can be removed: the source is random data and the target is read back and checked.
override workgroup_size: u32 = 64;

@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4u>;

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * workgroup_size;
  let length = arrayLength(&source);
  for (var i = id.x; i < length; i += stride) {
    copied[i] = source[i];
  }
}
