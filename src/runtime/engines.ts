/**
 * @file The engines of one processor in one worker, each opened when a segment first needs it: a page that only runs what our own
 * engine knows never loads onnxruntime-web.
 */
import type { EngineId, EnginePreference, Precision, PrecisionPreference } from '../core/engine.ts';
import { detailOf } from '../core/errors.ts';
import { elementCount } from '../core/graph/model.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { messageOf } from '../core/messages.ts';
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';
import { ok, type Result } from '../core/result.ts';
import type { Tuning } from '../engine/wasm/tune.ts';
import { openGpu, type GpuHandle } from '../gpu/device.ts';
import { openFusedProcessor, type FusedProcessor } from './fused-processor.ts';
import { lowerBytes } from './lowered.ts';
import { openOrtProcessor } from './ort-processor.ts';
import type { Picture } from './picture.ts';
import type { ProfiledSegment, Processor, Segment } from './processor.ts';

/** A segment, and which engine runs it. */
export interface Loaded<S extends Segment> {
  readonly segment: S;
  readonly engine: EngineId;
  /** Why not our own, where that was wanted; else null. */
  readonly obstacle: string | null;
}

export class Engines {
  readonly id: ProcessorId;
  preference: EnginePreference = 'auto';
  /** Of our own engine: fp16 only where planning has measured it and says so. */
  precision: Precision = 'fp32';
  private readonly gpu: GpuHandle | null;
  private readonly opened: { fused?: Promise<FusedProcessor>; ort?: Promise<Processor> } = {};

  private constructor(id: ProcessorId, gpu: GpuHandle | null) {
    this.id = id;
    this.gpu = gpu;
  }

  /** Opens the processor itself: `webgpu-unavailable` where there is no GPU. */
  static async open(id: ProcessorId): Promise<Result<Engines>> {
    if (id !== 'webgpu') return ok(new Engines(id, null));
    const gpu = await openGpu();
    return gpu.ok ? ok(new Engines(id, gpu.value)) : gpu;
  }

  /** The GPU behind `webgpu`; null for WASM. */
  get adapter(): AdapterFacts | null {
    return this.gpu?.facts ?? null;
  }

  /** By what is preferred, unless told. */
  async load(
    bytes: Uint8Array,
    engine = this.preference,
    precision: PrecisionPreference = this.precision,
  ): Promise<Loaded<Segment>> {
    const loaded = await this.loadWith((processor) => processor.load(bytes, precision), bytes, engine);
    if (loaded.engine === 'ort') return loaded;
    const fallBack = async (): Promise<Segment> => {
      const loss = this.gpu?.loss();
      if (loss) throw new Error(messageOf(loss).what);
      this.preference = 'ort';
      return (await this.ort()).load(bytes);
    };
    return { ...loaded, segment: new GuardedSegment(loaded.segment, fallBack) };
  }

  loadProfiled(bytes: Uint8Array, engine = this.preference): Promise<Loaded<ProfiledSegment>> {
    return this.loadWith((processor) => processor.loadProfiled(bytes, this.precision), bytes, engine);
  }

  /** The fastest kernels for a segment's shapes, where our own engine runs it; else none. */
  async tune(bytes: Uint8Array, seconds: number): Promise<Tuning> {
    return this.obstacleOf(bytes) === null ? (await this.fused()).tune(bytes, seconds) : [];
  }

  async adopt(tuning: Tuning): Promise<void> {
    if (tuning.length > 0) (await this.fused()).adopt(tuning);
  }

  private async loadWith<S extends Segment>(
    load: (processor: Processor) => Promise<S>,
    bytes: Uint8Array,
    preference: EnginePreference,
  ): Promise<Loaded<S>> {
    const obstacle = preference === 'ort' ? null : this.obstacleOf(bytes);
    if (preference !== 'ort' && obstacle === null) {
      try {
        const segment = await load(await this.fused());
        return { segment, engine: 'fused', obstacle: null };
      } catch (thrown) {
        return { segment: await load(await this.ort()), engine: 'ort', obstacle: detailOf(thrown) };
      }
    }
    return { segment: await load(await this.ort()), engine: 'ort', obstacle };
  }

  private obstacleOf(bytes: Uint8Array): string | null {
    const lowered = lowerBytes(bytes);
    if (lowered.ok) return null;
    const { node, detail } = lowered.error;
    return node === '' ? detail : `${detail} (“${node}”)`;
  }

  /** What could not be opened may be asked for again: a download fails now and then. */
  private fused(): Promise<FusedProcessor> {
    this.opened.fused ??= openFusedProcessor(this.id, this.gpu).catch((thrown: unknown) => {
      delete this.opened.fused;
      throw thrown;
    });
    return this.opened.fused;
  }

  private ort(): Promise<Processor> {
    this.opened.ort ??= openOrtProcessor(this.id, this.gpu).then((opened) => {
      if (opened.ok) return opened.value;
      delete this.opened.ort;
      throw new Error(opened.error.code === 'engine-failed' ? opened.error.detail : opened.error.code);
    });
    return this.opened.ort;
  }
}

/** A segment of our own engine, or once it fails what `fallBack` gives: the frame at hand is not lost. */
class GuardedSegment implements Segment {
  readonly inputShape: readonly number[];
  private segment: Segment;
  private readonly fallBack: () => Promise<Segment>;
  private failed: string | null = null;
  private isDisposed = false;

  constructor(segment: Segment, fallBack: () => Promise<Segment>) {
    this.inputShape = segment.inputShape;
    this.segment = segment;
    this.fallBack = fallBack;
  }

  get fault(): string | null {
    return this.failed;
  }

  get precision(): Precision {
    return this.segment.precision ?? 'fp32';
  }

  async run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    if (this.isDisposed) throw new Error('the segment was unloaded');
    // The caller's mistake, not the engine's.
    if (input.length !== elementCount(this.inputShape))
      throw new Error(`the input has ${input.length} values, not ${elementCount(this.inputShape)}`);
    try {
      return await this.segment.run(input);
    } catch (thrown) {
      if (this.failed !== null) throw thrown;
      this.failed = detailOf(thrown);
      await this.segment.dispose().catch(() => undefined);
      this.segment = await this.fallBack();
      return this.segment.run(input);
    }
  }

  /** What it fails with shows in `run`: a picture that cannot be copied is no fault of the engine. */
  runPicture(picture: Picture, input: ImageInput): Promise<Float32Array<ArrayBuffer>> | null {
    return this.isDisposed ? null : (this.segment.runPicture?.(picture, input) ?? null);
  }

  watched(): ProfiledSegment | null {
    return this.isDisposed ? null : (this.segment.watched?.() ?? null);
  }

  dispose(): Promise<void> {
    this.isDisposed = true;
    return this.segment.dispose();
  }
}
