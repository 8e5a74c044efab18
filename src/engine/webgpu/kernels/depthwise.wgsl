// Depthwise convolution, bias, clamp: each lane computes p_count pixels of a row of one quad. What the taps of a row of the
// window share of the input is loaded once: tap k of pixel p reads column j = p * stride + k * dilation of the lane's i_count.
// FLOP: 2 × pixels × channels × taps. Bytes: each map once, weights once.
#shape
const p = 0u;
const k = 0u;
const i = 0u;
const j = 0u;
const p_count = 1u;
const k_count = 1u;

@compute @workgroup_size(lanes_q, lanes_p)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let tiles = (shape.width + p_count - 1u) / p_count;
  let tile = (group.z * groups_y + group.y) * lanes_p + lane.y;
  let y = tile / tiles;
  let x = tile % tiles * p_count;
  let quad = group.x * lanes_q + lane.x;
  let quads = shape.quads;
  let kernel_height = shape.kernel_height;
  let tap_y = shape.tap_y;
  let bias = vec4f(weights[quad]);
  var weight = quads + quad;
  var place = shape.in_start + y * shape.stride_y + x * shape.stride_x + quad;
  var sum_p = bias; // @p
  for (var ky = 0u; ky < kernel_height; ky++) {
    let in_i = vec4f(input[place + i * quads]); // @i
    { // @k
      let w = vec4f(weights[weight + k * quads]);
      sum_p = fma(in_j, w, sum_p); // @p
    }
    place += tap_y;
    weight += k_count * quads;
  }
  finish(y, x + p, quad, sum_p); // @p
}
