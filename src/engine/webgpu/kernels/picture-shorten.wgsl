// The second half of a picture's way to a model: its rows to the model's height, each lane a pixel, weighed by the filter's taps;
// mixed to gray where the model has one channel, and normalised.
// FLOP: 6 × pixels × taps. Bytes: the rows once a tap, the map once.
#picture
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read> places: array<vec2u>; // of each row: its first row of the picture, its first weight
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> map: array<stored>;

const luma = vec4f(0.299, 0.587, 0.114, 0); // ITU-R BT.601

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < picture.columns && id.y < picture.rows) {
    let place = places[id.y];
    let count = places[id.y + 1u].y - place.y;
    var sum = vec4f();
    for (var tap = 0u; tap < count; tap++) {
      sum += weights[place.y + tap] * rows[(place.x + tap) * picture.columns + id.x];
    }
    if (picture.is_gray != 0u) {
      sum = vec4f(dot(sum, luma), 0, 0, 0);
    }
    map[picture.start + id.y * picture.row + id.x] = stored((sum - picture.mean) * picture.scale);
  }
}
