// Convolution, bias, other, clamp, as a matrix product through workgroup memory: a workgroup of 8 × 8 lanes computes
// 8 p_count pixels × 8 q_count quads, each lane the pixels lane.y + 8 p and the quads lane.x + 8 q. Of each tap, depth quads
// of channels at a time are staged. For hardware GPUs: each value that is loaded is used by eight lanes.
// FLOP: 2 × pixels × outputs × channels × taps. Bytes: input taps × once a tile of quads, weights once a tile of pixels.
#shape
const p = 0u;
const q = 0u;
const p_count = 1u;
const q_count = 1u;
const depth = 4u; // quads of channels at a time
const tile_pixels = 8u * p_count;
const tile_quads = 8u * q_count;

var<workgroup> pixels: array<stored, tile_pixels * depth>;
var<workgroup> filters: array<stored, tile_quads * depth * 4u>;

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let first_pixel = (group.z * groups_y + group.y) * tile_pixels;
  let first_quad = group.x * tile_quads;
  let taps = shape.kernel_height * shape.kernel_width;
  let rows = taps * shape.in_quads * 4u;
  let weight = (shape.quads + 3u) / 4u * 4u;
  let bias_q = vec4f(weights[first_quad + lane.x + 8u * q]); // @q
  var sum_p_q = bias_q; // @p @q
  for (var tap = 0u; tap < taps; tap++) {
    let offset = shape.in_start + tap / shape.kernel_width * shape.tap_y + tap % shape.kernel_width * shape.tap_x;
    for (var c = 0u; c < shape.in_quads; c += depth) {
      for (var s = index; s < tile_pixels * depth; s += 64u) {
        let pixel = first_pixel + s / depth;
        let channel = c + s % depth;
        let at = offset + pixel / shape.width * shape.stride_y + pixel % shape.width * shape.stride_x + channel;
        pixels[s] = select(stored(), input[at], channel < shape.in_quads);
      }
      for (var s = index; s < tile_quads * depth * 4u; s += 64u) {
        let quad = first_quad + s % tile_quads;
        let r = (tap * shape.in_quads + c) * 4u + s / tile_quads;
        let at = weight + (quad / 4u * rows + r) * 4u + quad % 4u;
        filters[s] = select(stored(), weights[at], quad < shape.quads && r < rows);
      }
      workgroupBarrier();
      for (var k = 0u; k < depth; k++) {
        let in_p = vec4f(pixels[(lane.y + 8u * p) * depth + k]); // @p
        { // @q
          let at = k * 4u * tile_quads + lane.x + 8u * q;
          let a = vec4f(filters[at]);
          let b = vec4f(filters[at + tile_quads]);
          let c = vec4f(filters[at + 2u * tile_quads]);
          let d = vec4f(filters[at + 3u * tile_quads]);
          sum_p_q = fma(vec4f(in_p.w), d, fma(vec4f(in_p.z), c, fma(vec4f(in_p.y), b, fma(vec4f(in_p.x), a, sum_p_q)))); // @p
        }
      }
      workgroupBarrier();
    }
  }
  let pixel_p = first_pixel + lane.y + 8u * p; // @p
  finish(pixel_p / shape.width, pixel_p % shape.width, first_quad + lane.x + 8u * q, sum_p_q); // @p @q
}
