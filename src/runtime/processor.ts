/**
 * @file The Processor seam: one executor in one worker. `webgpu` or `wasm:T`, today both through onnxruntime-web; another
 * engine only has to implement this. Everything above counts processors and never says "GPU or CPU".
 *
 * Contract: a processor loads *segments* (a run of units as ONNX bytes with one fp32 input and one fp32 output), runs
 * them one at a time; its worker's end frees it. A failing engine rejects; the worker core around it
 * turns that into an `engine-failed` Result.
 */
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';

export interface Processor {
  readonly id: ProcessorId;
  /** The GPU behind `webgpu`; null for WASM. */
  readonly adapter: AdapterFacts | null;
  load(bytes: Uint8Array): Promise<Segment>;
  /** Seconds a run that each named node took, median of `runs` after one warm-up; a session of its own. */
  profileNodes(bytes: Uint8Array, input: Float32Array, runs: number): Promise<readonly NodeSeconds[]>;
}

export interface Segment {
  /** Dimensions of the one input. */
  readonly inputShape: readonly number[];
  /** Runs once; the result is the caller's own copy, safe to transfer. */
  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  dispose(): Promise<void>;
}

export interface NodeSeconds {
  readonly node: string;
  readonly seconds: number;
}
