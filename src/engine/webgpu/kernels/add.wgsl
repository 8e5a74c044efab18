// Input + other, clamp; without other an activation alone. Each lane a quad of a pixel.
// FLOP: pixels × channels. Bytes: each map once.
#shape

@compute @workgroup_size(lanes_q, lanes_p)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let pixel = (group.z * groups_y + group.y) * lanes_p + lane.y;
  let quad = group.x * lanes_q + lane.x;
  let y = pixel / shape.width;
  let x = pixel % shape.width;
  finish(y, x, quad, vec4f(input[shape.in_start + y * shape.stride_y + x * shape.stride_x + quad]));
}
