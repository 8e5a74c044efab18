// What every kernel begins with: one step of a program. Lengths and places count vec4f, that is pixels' quads of channels;
// layouts are in layout.ts, packed weights in pack.ts. Indices past an end read anything (WebGPU keeps them in the buffer) and
// are not stored. Whatever memory holds, arithmetic is f32.
alias stored = vec4f; // four channels as they lie in memory: vec4<f16> in fp16 (precision.ts)

struct Shape {
  height: u32, // of the output
  width: u32,
  quads: u32,
  row: u32,
  start: u32,
  in_quads: u32,
  in_start: u32, // of the window of the first output
  stride_y: u32,
  stride_x: u32,
  tap_y: u32,
  tap_x: u32,
  kernel_height: u32,
  kernel_width: u32,
  other_row: u32,
  other_start: u32,
  in_plane: u32, // pixels of the input
  has_other: u32, // whether other is added
  low: f32,
  high: f32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<stored>;
@group(0) @binding(2) var<storage, read> weights: array<stored>;
@group(0) @binding(3) var<storage, read> other: array<stored>;
@group(0) @binding(4) var<storage, read_write> output: array<stored>;

override lanes_q: u32 = 8; // of a workgroup, over quads
override lanes_p: u32 = 8; // and over pixels
const groups_y = 32768u; // the most groups of a dispatch along y; more go on along z

fn finish(y: u32, x: u32, quad: u32, sum: vec4f) {
  if (y < shape.height && x < shape.width && quad < shape.quads) {
    var value = sum;
    if (shape.has_other != 0u) {
      value += vec4f(other[shape.other_start + y * shape.other_row + x * shape.quads + quad]);
    }
    output[shape.start + y * shape.row + x * shape.quads + quad] = stored(clamp(value, vec4f(shape.low), vec4f(shape.high)));
  }
}
