// Convolution, bias, other, clamp: each lane computes p_count pixels, which may lie in several rows, × q_count quads. For any
// window; 1×1 and maps narrower than a tile of convolution-row.
// FLOP: 2 × pixels × outputs × channels × taps. Bytes: each map once, weights once (again from caches a tile of pixels).
// many: written out for each of many results, storing them would take compilers longer than all the rest.
// shared: lanes over pixels read the same weights, so four lanes next to each other load a quarter each and hand it round.
enable subgroups; // @shared
#shape
const p = 0u;
const q = 0u;
const p_count = 1u;
const q_count = 1u;

@compute @workgroup_size(lanes_q, lanes_p)
fn main(
  @builtin(subgroup_invocation_id) id: u32, // @shared
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let pixel = ((group.z * groups_y + group.y) * lanes_p + lane.y) * p_count;
  let quad = (group.x * lanes_q + lane.x) * q_count;
  let y_p = (pixel + p) / shape.width; // @p
  let x_p = (pixel + p) % shape.width; // @p
  let from_p = shape.in_start + y_p * shape.stride_y + x_p * shape.stride_x; // @p
  let in_quads = shape.in_quads;
  let kernel_height = shape.kernel_height;
  let kernel_width = shape.kernel_width;
  let tap_y = shape.tap_y;
  let tap_x = shape.tap_x;
  var weight = (shape.quads + 3u) / 4u * 4u + quad / 4u * kernel_height * kernel_width * in_quads * 16u + quad % 4u;
  weight += id % 4u * 4u; // @shared
  let bias_q = vec4f(weights[quad + q]); // @q
  var sum_p_q = bias_q; // @p @q
  for (var ky = 0u; ky < kernel_height; ky++) {
    for (var kx = 0u; kx < kernel_width; kx++) {
      let first = ky * tap_y + kx * tap_x;
      for (var at = first; at < first + in_quads; at++) {
        let in_p = vec4f(input[from_p + at]); // @p
        { // @q
          let a = vec4f(weights[weight + q]); // @direct
          let b = vec4f(weights[weight + q + 4u]); // @direct
          let c = vec4f(weights[weight + q + 8u]); // @direct
          let d = vec4f(weights[weight + q + 12u]); // @direct
          let quarter = vec4f(weights[weight + q]); // @shared
          let a = quadBroadcast(quarter, 0u); // @shared
          let b = quadBroadcast(quarter, 1u); // @shared
          let c = quadBroadcast(quarter, 2u); // @shared
          let d = quadBroadcast(quarter, 3u); // @shared
          sum_p_q = fma(vec4f(in_p.w), d, fma(vec4f(in_p.z), c, fma(vec4f(in_p.y), b, fma(vec4f(in_p.x), a, sum_p_q)))); // @p
        }
        weight += 16u;
      }
    }
  }
  finish(y_p, x_p, quad + q, sum_p_q); // @few @p @q
  var sums: array<vec4f, p_count * q_count>; // @many
  sums[p * q_count + q] = sum_p_q; // @many @p @q
  for (var s = 0u; s < p_count * q_count; s++) { // @many
    let at = pixel + s / q_count; // @many
    finish(at / shape.width, at % shape.width, quad + s % q_count, sums[s]); // @many
  } // @many
}
