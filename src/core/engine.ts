/** @file Which engine runs a segment on a processor. */

/** Our own for fused networks (src/engine), or onnxruntime-web, which runs everything. */
export type EngineId = 'fused' | 'ort';

/** Of maps and weights in memory, by our own engine; onnxruntime-web, and ours on WASM, have fp32. */
export type Precision = 'fp32' | 'fp16';

/** `fastest`: both are tried where the device has fp16. */
export type PrecisionPreference = Precision | 'fastest';

/** `auto`: our own wherever it can run the segment. */
export type EnginePreference = 'auto' | EngineId;

export const ENGINE_PREFERENCES: readonly EnginePreference[] = ['auto', 'fused', 'ort'];

export const ENGINE_NAMES: Readonly<Record<EngineId, string>> = {
  fused: 'Ridgepoint',
  ort: 'onnxruntime-web',
};
