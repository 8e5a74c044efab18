/**
 * @file A Processor on onnxruntime-web. One instance a worker: the engine allows one wasm realm, one thread count and one
 * call at a time, all kept here.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { detailOf } from '../core/errors.ts';
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';
import { threadsOf } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import { openGpu } from '../gpu/device.ts';
import { captureConsole, nodeSeconds, tapConsole } from './engine-profile.ts';
import { Mutex } from './mutex.ts';
import { chooseBuild, loadOrt, type OrtModule } from './ort-build.ts';
import type { NodeSeconds, Processor, Segment } from './processor.ts';

type Providers = NonNullable<InferenceSession.SessionOptions['executionProviders']>;

export async function openOrtProcessor(id: ProcessorId): Promise<Result<Processor>> {
  let providers: Providers = ['wasm'];
  let adapter: AdapterFacts | null = null;
  if (id === 'webgpu') {
    const acquired = await openGpu();
    if (!acquired.ok) return acquired;
    adapter = acquired.value.facts;
    // An own device outlives any session; onnxruntime's own is destroyed with its last one (PLATFORM).
    providers = [{ name: 'webgpu', device: acquired.value.device }];
  }
  try {
    tapConsole();
    const build = chooseBuild({ jspi: 'Suspending' in WebAssembly, needsWebGpu: id === 'webgpu' });
    const ort = await loadOrt(build, threadsOf(id));
    return ok(new OrtProcessor(id, adapter, ort, providers));
  } catch (thrown) {
    return err({ code: 'engine-failed', processor: id, detail: detailOf(thrown) });
  }
}

class OrtProcessor implements Processor {
  readonly id: ProcessorId;
  readonly adapter: AdapterFacts | null;
  private readonly ort: OrtModule;
  private readonly providers: Providers;
  private readonly mutex = new Mutex();
  private readonly open = new Set<OrtSegment>();

  constructor(id: ProcessorId, adapter: AdapterFacts | null, ort: OrtModule, providers: Providers) {
    this.id = id;
    this.adapter = adapter;
    this.ort = ort;
    this.providers = providers;
  }

  async load(bytes: Uint8Array): Promise<Segment> {
    const session = await this.create(bytes, {});
    const segment = new OrtSegment(this.ort, session, this.mutex, () => this.open.delete(segment));
    this.open.add(segment);
    return segment;
  }

  async profileNodes(bytes: Uint8Array, input: Float32Array, runs: number): Promise<readonly NodeSeconds[]> {
    const session = await this.create(bytes, { enableProfiling: true });
    const segment = new OrtSegment(this.ort, session, this.mutex, () => undefined);
    const printed = await captureConsole(async () => {
      for (let run = 0; run < runs + 1; run++) await segment.run(input);
      session.endProfiling();
    });
    await segment.dispose();
    return nodeSeconds(printed, this.id === 'webgpu' ? 'webgpu' : 'wasm', runs);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.open].map((segment) => segment.dispose()));
  }

  private create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
    return this.mutex.run(() =>
      this.ort.InferenceSession.create(bytes, {
        executionProviders: this.providers,
        graphOptimizationLevel: 'all',
        ...options,
      }),
    );
  }
}

class OrtSegment implements Segment {
  readonly inputShape: readonly number[];
  private readonly ort: OrtModule;
  private readonly session: InferenceSession;
  private readonly mutex: Mutex;
  private readonly onDispose: () => void;

  constructor(ort: OrtModule, session: InferenceSession, mutex: Mutex, onDispose: () => void) {
    this.ort = ort;
    this.session = session;
    this.mutex = mutex;
    this.onDispose = onDispose;
    const [metadata] = session.inputMetadata;
    this.inputShape = metadata?.isTensor === true ? metadata.shape.map(Number) : [];
  }

  run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const [inputName = ''] = this.session.inputNames;
    const [outputName = ''] = this.session.outputNames;
    return this.mutex.run(async () => {
      const feed: Tensor = new this.ort.Tensor('float32', input, this.inputShape);
      const output = (await this.session.run({ [inputName]: feed }))[outputName];
      const data = await output?.getData();
      if (!(data instanceof Float32Array)) throw new Error('the model’s output is not a float32 tensor');
      const own = new Float32Array(data);
      output?.dispose();
      return own;
    });
  }

  async dispose(): Promise<void> {
    await this.mutex.run(() => this.session.release());
    this.onDispose();
  }
}
