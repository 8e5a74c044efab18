/**
 * @file The Processor seam: one engine on one executor, `webgpu` or `wasm:T`, in one worker: onnxruntime-web, or our own
 * for fused networks. Everything above counts processors and never says "GPU or CPU".
 *
 * Contract: a processor loads *segments* (a run of units as ONNX bytes with one fp32 input and one fp32 output), runs
 * them one at a time; its worker's end frees it. A failing engine rejects; the worker core around it
 * turns that into an `engine-failed` Result.
 */
import type { ImageInput } from '../core/image/image-input.ts';
import type { Precision, PrecisionPreference } from '../core/engine.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { Picture } from './picture.ts';

export interface Processor {
  readonly id: ProcessorId;
  /** In fp32 unless another precision is asked for and there. */
  load(bytes: Uint8Array, precision?: PrecisionPreference): Promise<Segment>;
  /** Loads a segment that the engine's profiler watches; runs are a little slower. */
  loadProfiled(bytes: Uint8Array, precision?: PrecisionPreference): Promise<ProfiledSegment>;
}

export interface Segment {
  /** Dimensions of the one input. */
  readonly inputShape: readonly number[];
  /** Of weights and activations; fp32 where nothing is said. */
  readonly precision?: Precision;
  /** What the engine failed with, where another has taken over in the middle of work. */
  readonly fault?: string | null;
  /** Runs once; the result is the caller's own copy, safe to transfer. */
  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The same for a picture as it is shown, which is cropped, resized and normalised on the processor; null, or not there, where
   * it takes tensors only. Rejects what the browser cannot copy there, too: `run` may still work. The caller closes the picture.
   */
  runPicture?(picture: Picture, input: ImageInput): Promise<Float32Array<ArrayBuffer>> | null;
  /** The same segment as the engine's profiler sees it; not there, or null, where it has to be loaded anew for that. */
  watched?(): ProfiledSegment | null;
  dispose(): Promise<void>;
}

export interface ProfiledSegment extends Segment {
  /** Seconds a run of each named node, the lower quartile of all runs but the first, which warms up; ends the profile, once. */
  endProfile(): Promise<readonly NodeSeconds[]>;
}

export interface NodeSeconds {
  readonly node: string;
  readonly seconds: number;
}
