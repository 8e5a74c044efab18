/**
 * @file A Processor on onnxruntime-web. One instance a worker: the engine allows one wasm realm, one thread count and one
 * call at a time, all kept here.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { detailOf } from '../core/errors.ts';
import { messageOf } from '../core/messages.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { threadsOf } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GpuHandle } from '../gpu/device.ts';
import { captureConsole, nodeSeconds, tapConsole } from './engine-profile.ts';
import { Mutex } from './mutex.ts';
import { chooseBuild, loadOrt, type OrtModule } from './ort-build.ts';
import { ownArray } from './own-array.ts';
import type { NodeSeconds, ProfiledSegment, Processor, Segment } from './processor.ts';

type Providers = NonNullable<InferenceSession.SessionOptions['executionProviders']>;

/** On the GPU of `gpu`, which must be given for `webgpu`. */
export async function openOrtProcessor(
  id: ProcessorId,
  gpu: GpuHandle | null = null,
): Promise<Result<Processor>> {
  let providers: Providers = ['wasm'];
  let guard: Guard = (work) => work;
  if (gpu) {
    guard = async (work) => {
      const done = await gpu.untilLost(work);
      if (!done.ok) throw new Error(messageOf(done.error).what);
      return done.value;
    };
    // An own device outlives any session; onnxruntime's own is destroyed with its last one (PLATFORM).
    providers = [{ name: 'webgpu', device: gpu.device }];
  }
  try {
    tapConsole();
    const build = chooseBuild({ jspi: 'Suspending' in WebAssembly, needsWebGpu: id === 'webgpu' });
    const ort = await loadOrt(build, threadsOf(id));
    return ok(new OrtProcessor({ id, ort, providers, guard }));
  } catch (thrown) {
    return err({ code: 'engine-failed', processor: id, detail: detailOf(thrown) });
  }
}

/** Ends work that can no longer come back, as the GPU's when its device is lost. */
type Guard = <T>(work: Promise<T>) => Promise<T>;

interface Engine {
  readonly id: ProcessorId;
  readonly ort: OrtModule;
  readonly providers: Providers;
  readonly guard: Guard;
}

class OrtProcessor implements Processor {
  readonly id: ProcessorId;
  private readonly engine: Engine;
  private readonly mutex = new Mutex();

  constructor(engine: Engine) {
    this.id = engine.id;
    this.engine = engine;
  }

  async load(bytes: Uint8Array): Promise<Segment> {
    return new OrtSegment(this.engine, await this.create(bytes, {}), this.mutex);
  }

  async loadProfiled(bytes: Uint8Array): Promise<ProfiledSegment> {
    return new ProfiledOrtSegment(
      this.engine,
      await this.create(bytes, { enableProfiling: true }),
      this.mutex,
    );
  }

  private create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
    return this.mutex.run(() =>
      this.engine.guard(
        this.engine.ort.InferenceSession.create(bytes, {
          executionProviders: this.engine.providers,
          graphOptimizationLevel: 'all',
          ...options,
        }),
      ),
    );
  }
}

class OrtSegment implements Segment {
  readonly inputShape: readonly number[];
  protected readonly engine: Engine;
  protected readonly session: InferenceSession;
  protected readonly mutex: Mutex;

  constructor(engine: Engine, session: InferenceSession, mutex: Mutex) {
    this.engine = engine;
    this.session = session;
    this.mutex = mutex;
    const [metadata] = session.inputMetadata;
    this.inputShape = metadata?.isTensor === true ? metadata.shape.map(Number) : [];
  }

  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const [inputName = ''] = this.session.inputNames;
    const [outputName = ''] = this.session.outputNames;
    return this.mutex.run(async () => {
      const feed: Tensor = new this.engine.ort.Tensor('float32', input, this.inputShape);
      const output = (await this.engine.guard(this.session.run({ [inputName]: feed })))[outputName];
      const data = output && (await this.engine.guard(output.getData()));
      if (!(data instanceof Float32Array)) throw new Error('the model’s output is not a float32 tensor');
      output?.dispose();
      return ownArray(data);
    });
  }

  async dispose(): Promise<void> {
    await this.mutex.run(() => this.session.release());
  }
}

class ProfiledOrtSegment extends OrtSegment implements ProfiledSegment {
  private runs = 0;

  override run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    this.runs += 1;
    return super.run(input);
  }

  endProfile(): Promise<readonly NodeSeconds[]> {
    return this.mutex.run(() => {
      const printed = captureConsole(() => this.session.endProfiling());
      const kind = this.engine.id === 'webgpu' ? 'webgpu' : 'wasm';
      return Promise.resolve(nodeSeconds(printed, kind, this.runs));
    });
  }
}
