// Mean over the pixels, clamp: each lane a quad and a share of the pixels, added up through workgroup memory where lanes_p > 1.
// FLOP: pixels × channels. Bytes: the input once.
#shape
var<workgroup> parts: array<vec4f, lanes_q * lanes_p>;

@compute @workgroup_size(lanes_q, lanes_p)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let quad = group.x * lanes_q + lane.x;
  var sum = vec4f();
  for (var pixel = lane.y; pixel < shape.in_plane; pixel += lanes_p) {
    let at = shape.in_start + pixel / shape.kernel_width * shape.tap_y + pixel % shape.kernel_width * shape.tap_x;
    sum += vec4f(input[at + quad]);
  }
  if (lanes_p > 1u) {
    parts[lane.y * lanes_q + lane.x] = sum;
    workgroupBarrier();
    if (lane.y == 0u) {
      for (var part = 1u; part < lanes_p; part++) {
        sum += parts[part * lanes_q + lane.x];
      }
    }
  }
  if (lane.y == 0u) {
    finish(0u, 0u, quad, sum / f32(shape.in_plane));
  }
}
