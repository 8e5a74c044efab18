// What the kernels of a picture's way to a model begin with. The map has one quad a pixel.
alias stored = vec4f; // four channels as they lie in memory: vec4<f16> in fp16 (precision.ts)

struct Picture {
  height: u32, // of the part of the picture that is read
  columns: u32, // of the model's input
  rows: u32,
  row: u32, // layout of the map
  start: u32,
  is_gray: u32,
  mean: vec4f, // 0…255
  scale: vec4f, // one over the standard deviation; 0 for channels that are not there
}

@group(0) @binding(0) var<uniform> picture: Picture;
