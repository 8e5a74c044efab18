// Convolution, bias, other, clamp of maps so small that outputs alone leave a GPU idle (a dense layer has one pixel): the 64
// lanes of a workgroup compute p_count pixels × one group of four quads, each lane one quad and a sixteenth of the channels,
// and add up through workgroup memory.
// FLOP: 2 × pixels × outputs × channels × taps. Bytes: each map once, weights once a tile of pixels.
#shape
const p = 0u;
const p_count = 1u;
const slices = 16u;

var<workgroup> parts: array<vec4f, 4u * slices * p_count>;

@compute @workgroup_size(4, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let pixel = (group.z * groups_y + group.y) * p_count;
  let quad = group.x * 4u + lane.x;
  let y_p = (pixel + p) / shape.width; // @p
  let x_p = (pixel + p) % shape.width; // @p
  let from_p = shape.in_start + y_p * shape.stride_y + x_p * shape.stride_x; // @p
  let taps = shape.kernel_height * shape.kernel_width;
  let first = (shape.quads + 3u) / 4u * 4u + group.x * taps * shape.in_quads * 16u + lane.x;
  var sum_p = vec4f(); // @p
  for (var tap = 0u; tap < taps; tap++) {
    let offset = tap / shape.kernel_width * shape.tap_y + tap % shape.kernel_width * shape.tap_x;
    for (var c = lane.y; c < shape.in_quads; c += slices) {
      let in_p = vec4f(input[from_p + offset + c]); // @p
      let weight = first + (tap * shape.in_quads + c) * 16u;
      let wx = vec4f(weights[weight]);
      let wy = vec4f(weights[weight + 4u]);
      let wz = vec4f(weights[weight + 8u]);
      let ww = vec4f(weights[weight + 12u]);
      sum_p = fma(vec4f(in_p.w), ww, fma(vec4f(in_p.z), wz, fma(vec4f(in_p.y), wy, fma(vec4f(in_p.x), wx, sum_p)))); // @p
    }
  }
  parts[(p * slices + lane.y) * 4u + lane.x] = sum_p; // @p
  for (var half = slices / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane.y < half) {
      parts[(p * slices + lane.y) * 4u + lane.x] += parts[(p * slices + lane.y + half) * 4u + lane.x]; // @p
    }
  }
  if (lane.y == 0u) {
    let bias = vec4f(weights[quad]);
    finish(y_p, x_p, quad, parts[p * slices * 4u + lane.x] + bias); // @p
  }
}
