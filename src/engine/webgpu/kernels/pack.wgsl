// The input of a program, planes of f32 [C, H, W], to a map: each lane a quad of a pixel; channels past C are zeros.
// FLOP: 0. Bytes: each map once.
alias stored = vec4f; // four channels as they lie in memory: vec4<f16> in fp16 (precision.ts)

struct Planes {
  channels: u32,
  height: u32,
  width: u32,
  quads: u32,
  row: u32,
  start: u32,
}

@group(0) @binding(0) var<uniform> shape: Planes;
@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read_write> map: array<stored>;

fn value(channel: u32, pixel: u32) -> f32 {
  return select(0.0, planes[channel * shape.height * shape.width + pixel], channel < shape.channels);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pixel = id.x + id.y * 4194240u; // 64 × 65,535
  let quad = id.z;
  if (pixel < shape.height * shape.width) {
    let channel = quad * 4u;
    map[shape.start + pixel / shape.width * shape.row + pixel % shape.width * shape.quads + quad] = stored(vec4f(
      value(channel, pixel),
      value(channel + 1u, pixel),
      value(channel + 2u, pixel),
      value(channel + 3u, pixel),
    ));
  }
}
