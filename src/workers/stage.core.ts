/** @file Logic of the stage worker: see stage.api. Engine exceptions end here as `engine-failed`. */
import type { EnginePreference, Precision, PrecisionPreference } from '../core/engine.ts';
import { detailOf } from '../core/errors.ts';
import { topClasses } from '../core/image/classify.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import { elementCount } from '../core/graph/model.ts';
import type { Tuning } from '../engine/wasm/tune.ts';
import { FrameInput } from '../runtime/frame-input.ts';
import { Engines, type Loaded } from '../runtime/engines.ts';
import type { ProfiledSegment, Segment } from '../runtime/processor.ts';
import type { Classified, LoadedSegment, NodeTiming, StageApi, StageConnection } from './stage.api.ts';
import { StageLoop } from './stage-loop.ts';

/** A hundred ticks of an isolated page's clock: runs shorter than this are timed some together, and share what they took. */
const FINE_MS = 0.5;

export class StageCore implements StageApi {
  private engines: Engines | null = null;
  private readonly segments = new Map<string, Segment>();
  private readonly profiled = new Map<string, ProfiledSegment>();
  private loop: StageLoop | null = null;

  async open(id: ProcessorId): Promise<Result<{ adapter: AdapterFacts | null }>> {
    if (!this.engines) {
      const opened = await Engines.open(id);
      if (!opened.ok) return opened;
      this.engines = opened.value;
    }
    return ok({ adapter: this.engines.adapter });
  }

  prefer(engine: EnginePreference, precision: Precision = 'fp32'): Promise<Result<null>> {
    return this.attempt((engines) => {
      engines.preference = engine;
      engines.precision = precision;
      return Promise.resolve(null);
    });
  }

  tune(bytes: Uint8Array, seconds: number): Promise<Result<Tuning>> {
    return this.attempt((engines) => engines.tune(bytes, seconds));
  }

  adopt(tuning: Tuning): Promise<Result<null>> {
    return this.attempt(async (engines) => {
      await engines.adopt(tuning);
      return null;
    });
  }

  load(
    name: string,
    bytes: Uint8Array,
    engine?: EnginePreference,
    precision?: PrecisionPreference,
  ): Promise<Result<LoadedSegment>> {
    return this.attempt(async (engines) => {
      await this.drop(name);
      return this.keep(name, await engines.load(bytes, engine, precision));
    });
  }

  profile(name: string, input: Float32Array, runs: number): Promise<Result<readonly NodeTiming[] | null>> {
    return this.attempt(async () => {
      const watched = this.segment(name).watched?.();
      if (!watched) return null;
      for (let i = 0; i < runs; i++) await watched.run(input);
      return watched.endProfile();
    });
  }

  loadProfiled(name: string, bytes: Uint8Array, engine?: EnginePreference): Promise<Result<LoadedSegment>> {
    return this.attempt(async (engines) => {
      await this.drop(name);
      const loaded = await engines.loadProfiled(bytes, engine);
      this.profiled.set(name, loaded.segment);
      return this.keep(name, loaded);
    });
  }

  endProfile(name: string): Promise<Result<readonly NodeTiming[]>> {
    return this.attempt(async () => {
      const segment = this.profiled.get(name);
      if (!segment) throw new Error(`segment “${name}” is not profiled`);
      const times = await segment.endProfile();
      await this.drop(name);
      return times;
    });
  }

  unload(name: string): Promise<Result<null>> {
    return this.attempt(async () => {
      await this.drop(name);
      return null;
    });
  }

  run(name: string, input: Float32Array): Promise<Result<Float32Array<ArrayBuffer>>> {
    return this.attempt(() => this.segment(name).run(input));
  }

  classify(name: string, bitmap: ImageBitmap, imageInput: ImageInput): Promise<Result<Classified>> {
    return this.attempt(async () => {
      const start = performance.now();
      try {
        const tensor = await new FrameInput(imageInput).tensorOf(bitmap);
        const top = topClasses(await this.segment(name).run(tensor));
        return { top, seconds: (performance.now() - start) / 1000 };
      } finally {
        bitmap.close();
      }
    });
  }

  time(
    name: string,
    input: Float32Array,
    minRuns: number,
    budgetSeconds: number,
  ): Promise<Result<readonly number[]>> {
    return this.attempt(async () => {
      const segment = this.segment(name);
      const samples: number[] = [];
      const deadline = performance.now() + budgetSeconds * 1000;
      while (samples.length < minRuns || performance.now() < deadline) {
        const start = performance.now();
        let [runs, ms] = [0, 0];
        for (; runs === 0 || ms < FINE_MS; runs++) {
          await segment.run(input);
          ms = performance.now() - start;
        }
        samples.push(...Array.from({ length: runs }, () => ms / 1000 / runs));
      }
      return samples;
    });
  }

  connect(
    connection: StageConnection,
    inputs: readonly MessagePort[],
    outputs: readonly MessagePort[],
  ): Promise<Result<null>> {
    return this.attempt(async () => {
      await this.loop?.close();
      this.loop = new StageLoop(connection, this.segment(connection.segment), inputs, outputs);
      return null;
    });
  }

  async disconnect(): Promise<Result<null>> {
    await this.loop?.close();
    this.loop = null;
    return ok(null);
  }

  private segment(name: string): Segment {
    const found = this.segments.get(name);
    if (!found) throw new Error(`segment “${name}” is not loaded`);
    return found;
  }

  /** Warms a new segment up. */
  private async keep(name: string, { segment, engine, obstacle }: Loaded<Segment>): Promise<LoadedSegment> {
    this.segments.set(name, segment);
    const start = performance.now();
    await segment.run(new Float32Array(elementCount(segment.inputShape)));
    const { precision = 'fp32' } = segment;
    return { engine, obstacle, precision, warmupSeconds: (performance.now() - start) / 1000 };
  }

  private async drop(name: string): Promise<void> {
    const old = this.segments.get(name);
    this.segments.delete(name);
    this.profiled.delete(name);
    await old?.dispose();
  }

  private async attempt<T>(work: (engines: Engines) => Promise<T>): Promise<Result<T>> {
    const { engines } = this;
    if (!engines)
      return err({ code: 'engine-failed', processor: 'unopened', detail: 'open() was not called' });
    try {
      return ok(await work(engines));
    } catch (thrown) {
      return err({ code: 'engine-failed', processor: engines.id, detail: detailOf(thrown) });
    }
  }
}
