// Matrix product C = A·B of n × n f32, a practical ceiling: what a tuned kernel reaches, not what the units could.
// FLOP of one dispatch: 2n³. Bytes: 3 × 4n² (each matrix once; tiles are read again from caches).
// Workgroup 8×8, a tile of 32×32 of C; each lane a 4×4 block in registers, A and B staged in workgroup memory.
// n is a multiple of 32. Elements are small whole numbers, so every sum is exact.
override n: u32 = 256;
const tile = 32u;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
var<workgroup> tile_a: array<array<f32, 33>, tile>;
var<workgroup> tile_b: array<array<vec4f, 8>, tile>;

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let quads = n / 4;
  let row = group.y * tile;
  let column = group.x * (tile / 4);
  var sum_0 = vec4f(); // @rows
  for (var k = 0u; k < n; k += tile) {
    for (var r = lane.y; r < tile; r += 8) {
      let word = a[(row + r) * quads + k / 4 + lane.x];
      tile_a[r][lane.x * 4] = word.x;
      tile_a[r][lane.x * 4 + 1] = word.y;
      tile_a[r][lane.x * 4 + 2] = word.z;
      tile_a[r][lane.x * 4 + 3] = word.w;
      tile_b[r][lane.x] = b[(k + r) * quads + column + lane.x];
    }
    workgroupBarrier();
    for (var i = 0u; i < tile; i++) {
      let words = tile_b[i][lane.x];
      sum_0 = fma(vec4f(tile_a[lane.y * 4 + 0u][i]), words, sum_0); // @rows
    }
    workgroupBarrier();
  }
  c[(row + lane.y * 4 + 0u) * quads + column + lane.x] = sum_0; // @rows
}
