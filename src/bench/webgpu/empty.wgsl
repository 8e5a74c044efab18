// A dispatch that does next to nothing: what is left is the cost of dispatching. It counts in one word, so that every
// dispatch is known to have run. FLOP: 0. Bytes: 8.
override workgroup_size: u32 = 1;
// Differs from compile to compile, so that no cache has seen the shader before.
override salt: u32 = 0;

@group(0) @binding(0) var<storage, read_write> counter: array<u32, 2>;

@compute @workgroup_size(workgroup_size)
fn main() {
  counter[0] += 1;
  counter[1] = salt;
}
