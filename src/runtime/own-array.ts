/**
 * @file Who owns an output. onnxruntime-web 1.30 copies a tensor of the CPU out of its memory into a new array that nobody else
 * holds (lib/wasm/wasm-core-impl.ts, `run`), so it needs no second copy; a view of something larger, or of shared memory, does.
 */
export function ownArray(data: Float32Array): Float32Array<ArrayBuffer> {
  const { buffer } = data;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === data.byteLength;
  return isWhole ? new Float32Array(buffer) : new Float32Array(data);
}
