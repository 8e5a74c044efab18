// Convolution, bias, other, clamp: each lane computes p_count pixels of a row × q_count quads. What the taps of a row of the
// window share of the input is loaded once: tap k of pixel p reads column j = p * stride + k * dilation of the lane's i_count.
// FLOP: 2 × pixels × outputs × channels × taps. Bytes: each map once, weights once (again from caches a tile of pixels).
// many: written out for each of many results, storing them would take compilers longer than all the rest.
// shared: lanes over pixels read the same weights, so four lanes next to each other load a quarter each and hand it round.
enable subgroups; // @shared
#shape
const p = 0u;
const q = 0u;
const k = 0u;
const i = 0u;
const j = 0u;
const p_count = 1u;
const q_count = 1u;
const k_count = 1u;

@compute @workgroup_size(lanes_q, lanes_p)
fn main(
  @builtin(subgroup_invocation_id) id: u32, // @shared
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let tiles = (shape.width + p_count - 1u) / p_count;
  let tile = (group.z * groups_y + group.y) * lanes_p + lane.y;
  let y = tile / tiles;
  let x = tile % tiles * p_count;
  let quad = (group.x * lanes_q + lane.x) * q_count;
  let in_quads = shape.in_quads;
  let kernel_height = shape.kernel_height;
  let tap_y = shape.tap_y;
  let tap = in_quads * 16u;
  let column_i = i * in_quads; // @i
  let tap_k = k * tap; // @k
  var weight = (shape.quads + 3u) / 4u * 4u + quad / 4u * kernel_height * k_count * tap + quad % 4u;
  weight += id % 4u * 4u; // @shared
  var place = shape.in_start + y * shape.stride_y + x * shape.stride_x;
  let bias_q = vec4f(weights[quad + q]); // @q
  var sum_p_q = bias_q; // @p @q
  for (var ky = 0u; ky < kernel_height; ky++) {
    for (var c = 0u; c < in_quads; c++) {
      let at = place + c;
      let in_i = vec4f(input[at + column_i]); // @i
      let w = weight + c * 16u;
      { // @k @q
        let a = vec4f(weights[w + tap_k + q]); // @direct
        let b = vec4f(weights[w + tap_k + q + 4u]); // @direct
        let c = vec4f(weights[w + tap_k + q + 8u]); // @direct
        let d = vec4f(weights[w + tap_k + q + 12u]); // @direct
        let quarter = vec4f(weights[w + tap_k + q]); // @shared
        let a = quadBroadcast(quarter, 0u); // @shared
        let b = quadBroadcast(quarter, 1u); // @shared
        let c = quadBroadcast(quarter, 2u); // @shared
        let d = quadBroadcast(quarter, 3u); // @shared
        sum_p_q = fma(vec4f(in_j.w), d, fma(vec4f(in_j.z), c, fma(vec4f(in_j.y), b, fma(vec4f(in_j.x), a, sum_p_q)))); // @p
      }
    }
    place += tap_y;
    weight += k_count * tap;
  }
  finish(y, x + p, quad + q, sum_p_q); // @few @p @q
  var sums: array<vec4f, p_count * q_count>; // @many
  sums[p * q_count + q] = sum_p_q; // @many @p @q
  for (var s = 0u; s < p_count * q_count; s++) { // @many
    finish(y, x + s / q_count, quad + s % q_count, sums[s]); // @many
  } // @many
}
