/**
 * @file The stage worker: hosts one processor and, in a pipeline, one stage of it. Frames do not pass through the main
 * thread: a stage reads `FrameMessage`s from one MessagePort and writes to the next one's.
 */
import type { Picture } from '../runtime/picture.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import type { EngineId, EnginePreference, Precision, PrecisionPreference } from '../core/engine.ts';
import type { Prediction } from '../core/image/classify.ts';
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';
import type { Tuning } from '../engine/wasm/tune.ts';
import type { Result } from '../core/result.ts';

/** When a stage worked on a frame, in ms on the shared clock `performance.timeOrigin + performance.now()`. */
export interface StageSpan {
  readonly stage: number;
  /** Which of the processors of a replicated stage. */
  readonly member: number;
  readonly start: number;
  /**
   * When a picture had become a tensor; absent where a tensor came. Where the processor takes pictures as they are, that is part of
   * its work and this an estimate, by the first frames.
   */
  readonly ready?: number;
  readonly end: number;
  /** ms that it took after `end` to hand on the frame before this one: it works on nothing else then. */
  readonly handOver?: number;
}

/** Our own engine failed at a frame, and onnxruntime-web took over. */
export interface StageFault {
  readonly stage: number;
  readonly member: number;
  readonly detail: string;
}

export interface FrameMessage {
  readonly kind: 'frame';
  readonly id: number;
  /** A picture on its way into the first stage, a tensor between stages; also a tensor that the page and its workers share. */
  readonly payload: Picture | Float32Array;
  readonly spans: readonly StageSpan[];
  readonly faults?: readonly StageFault[];
}

export interface ResultMessage {
  readonly kind: 'result';
  readonly id: number;
  readonly top: readonly Prediction[];
  /** The raw output where the pipeline was asked for it (checks), else null. */
  readonly output: Float32Array<ArrayBuffer> | null;
  readonly spans: readonly StageSpan[];
  readonly faults?: readonly StageFault[];
}

export interface FailureMessage {
  readonly kind: 'failure';
  readonly id: number;
  readonly stage: number;
  readonly member: number;
  readonly detail: string;
}

export type PipelineMessage = FrameMessage | ResultMessage | FailureMessage;

export interface StageConnection {
  readonly stage: number;
  readonly member: number;
  readonly segment: string;
  /** How to make a tensor of a picture; needed in the first stage of a live pipeline. */
  readonly imageInput: ImageInput | null;
  readonly isLast: boolean;
  readonly wantsOutput: boolean;
  /** Frame `i` goes on to the output `deal[i mod length]`. */
  readonly deal: readonly number[];
}

export interface NodeTiming {
  readonly node: string;
  readonly seconds: number;
}

export type { Tuning };

export interface LoadedSegment {
  readonly engine: EngineId;
  /** Why our own engine does not run it, where that was wanted; else null. */
  readonly obstacle: string | null;
  readonly precision: Precision;
  readonly warmupSeconds: number;
}

export interface StageApi {
  /** Opens this worker's processor; once. Engines follow when a segment needs them. */
  open(processor: ProcessorId): Promise<Result<{ adapter: AdapterFacts | null }>>;
  /** The engine of what is loaded from now on, and the precision of our own; fp32 unless told. */
  prefer(engine: EnginePreference, precision?: Precision): Promise<Result<null>>;
  /** Loads a segment under a name and warms it up (shader compilation stays out of every figure). */
  /** Measures which kernels of our own engine are the fastest for a segment's shapes, for at most so long; none where it cannot run it. */
  tune(bytes: Uint8Array, seconds: number): Promise<Result<Tuning>>;
  /** Takes over what another worker measured. */
  adopt(tuning: Tuning): Promise<Result<null>>;
  /** By the engine and in the precision that are preferred, unless told. */
  load(
    segment: string,
    bytes: Uint8Array,
    engine?: EnginePreference,
    precision?: PrecisionPreference,
  ): Promise<Result<LoadedSegment>>;
  unload(segment: string): Promise<Result<null>>;
  run(segment: string, input: Float32Array): Promise<Result<Float32Array<ArrayBuffer>>>;
  classify(segment: string, bitmap: ImageBitmap, imageInput: ImageInput): Promise<Result<Classified>>;
  /**
   * Seconds of each of at least `minRuns` runs, more while `budgetSeconds` lasts. Runs too quick for the clock are timed some
   * together, and each is told as their mean.
   */
  time(
    segment: string,
    input: Float32Array,
    minRuns: number,
    budgetSeconds: number,
  ): Promise<Result<readonly number[]>>;
  /**
   * Seconds a run of each node of a loaded segment, of `runs` that the engine's profiler watches; null where it has to be loaded
   * anew for that.
   */
  profile(segment: string, input: Float32Array, runs: number): Promise<Result<readonly NodeTiming[] | null>>;
  /** As `load`, watched by the engine's profiler. */
  loadProfiled(name: string, bytes: Uint8Array, engine?: EnginePreference): Promise<Result<LoadedSegment>>;
  /** Seconds a run of each node, the lower quartile of the runs since `loadProfiled`; unloads the segment. */
  endProfile(name: string): Promise<Result<readonly NodeTiming[]>>;
  /** Puts a loaded segment between ports, one from each processor before and to each after; replaces an earlier connection. */
  connect(
    connection: StageConnection,
    inputs: readonly MessagePort[],
    outputs: readonly MessagePort[],
  ): Promise<Result<null>>;
  disconnect(): Promise<Result<null>>;
}

export interface Classified {
  readonly top: readonly Prediction[];
  /** Pre-processing and inference, in the worker. */
  readonly seconds: number;
}
