// The first half of a picture's way to a model: every row of the picture to the model's width, each lane a pixel, weighed by
// the filter's taps (core/image/resampler.ts). Colours are 0…255.
// FLOP: 6 × rows × taps. Bytes: the picture once a tap, the rows once.
#picture
@group(0) @binding(1) var pixels: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> places: array<vec2u>; // of each column: its first pixel, its first weight
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < picture.columns && id.y < picture.height) {
    let place = places[id.x];
    let count = places[id.x + 1u].y - place.y;
    var sum = vec4f();
    for (var tap = 0u; tap < count; tap++) {
      sum += weights[place.y + tap] * textureLoad(pixels, vec2u(place.x + tap, id.y), 0);
    }
    rows[id.y * picture.columns + id.x] = 255.0 * sum;
  }
}
