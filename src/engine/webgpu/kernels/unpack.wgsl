// A map to planes of f32 [C, H, W], the output of a program: each lane a quad of a pixel.
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
@group(0) @binding(1) var<storage, read> map: array<stored>;
@group(0) @binding(2) var<storage, read_write> planes: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pixel = id.x + id.y * 4194240u; // 64 × 65,535
  let quad = id.z;
  let plane = shape.height * shape.width;
  if (pixel < plane) {
    let values = vec4f(map[shape.start + pixel / shape.width * shape.row + pixel % shape.width * shape.quads + quad]);
    for (var c = 0u; c < 4u; c++) {
      if (quad * 4u + c < shape.channels) {
        planes[(quad * 4u + c) * plane + pixel] = values[c];
      }
    }
  }
}
