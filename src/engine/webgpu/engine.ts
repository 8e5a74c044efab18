/**
 * @file Our own engine on a GPU: what programs on one device share. It borrows the device, whose owner destroys it; programs
 * (gpu-program.ts) end with `dispose`.
 */
import { messageOf } from '../../core/messages.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { pokeUntil, TICK_SECONDS } from '../../gpu/poke.ts';
import type { Kernel } from './kernels.ts';
import type { Choice } from './choice.ts';
import type { Adapter } from './tiles.ts';

export class GpuEngine {
  readonly handle: GpuHandle;
  readonly adapter: Adapter;
  /** Of every kernel of a step: its shape, three maps or weights to read, one map to write. */
  readonly bindings: GPUBindGroupLayout;
  /** Kernels that were measured, by the shape of the step. */
  readonly choices = new Map<string, Choice>();
  /** Seconds of an empty submission. */
  submitSeconds = 0;
  private readonly layout: GPUPipelineLayout;
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  /** Chromium says when work is done; Firefox looks every 100 ms, and at each submission. */
  private hasTick = false;

  /** `adapter`: as another one is treated; kernels are right on any. */
  static async open(handle: GpuHandle, adapter = adapterOf(handle)): Promise<GpuEngine> {
    const engine = new GpuEngine(handle, adapter);
    const waits: number[] = [];
    // The first wait ends at a tick wherever it began; only from then on do they tell.
    for (let i = 0; i < 3; i++) waits.push(await engine.submitted(null));
    engine.submitSeconds = Math.min(...waits.slice(1));
    engine.hasTick = engine.submitSeconds > TICK_SECONDS;
    if (engine.hasTick) engine.submitSeconds = await engine.submitted(null);
    return engine;
  }

  private constructor(handle: GpuHandle, adapter: Adapter) {
    const { device } = handle;
    this.handle = handle;
    this.adapter = adapter;
    const types = [
      'uniform',
      'read-only-storage',
      'read-only-storage',
      'read-only-storage',
      'storage',
    ] as const;
    this.bindings = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    this.layout = device.createPipelineLayout({ bindGroupLayouts: [this.bindings] });
  }

  get device(): GPUDevice {
    return this.handle.device;
  }

  /** Compiled once for the same shader and constants. */
  pipelineOf(
    { code, constants }: Pick<Kernel, 'code' | 'constants'>,
    ownLayout = false,
  ): Promise<GPUComputePipeline> {
    const key = JSON.stringify([code, constants]);
    const known = this.pipelines.get(key);
    if (known) return known;
    const made = this.device.createComputePipelineAsync({
      layout: ownLayout ? 'auto' : this.layout,
      compute: { module: this.device.createShaderModule({ code }), entryPoint: 'main', constants },
    });
    this.pipelines.set(key, made);
    made.catch(() => this.pipelines.delete(key));
    return made;
  }

  /** What `work` of the queue or a mapping resolves to; throws when the device is lost. */
  async until<T>(work: Promise<T>): Promise<T> {
    if (this.hasTick) void pokeUntil(this.handle, work);
    const done = await this.handle.untilLost(work);
    if (!done.ok) throw new Error(messageOf(done.error).what);
    return done.value;
  }

  /** Seconds until the queue is done with `commands`. */
  async submitted(commands: GPUCommandBuffer | null): Promise<number> {
    const { queue } = this.device;
    const start = performance.now();
    queue.submit(commands ? [commands] : []);
    await this.until(queue.onSubmittedWorkDone());
    return (performance.now() - start) / 1000;
  }

  /** Runs `build` and throws what the device refused meanwhile. */
  async checked<T>(build: () => Promise<T>): Promise<T> {
    const { device } = this;
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const built = await build().then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    const scopes = await this.until(Promise.all([device.popErrorScope(), device.popErrorScope()]));
    const refusal = scopes.find((error) => error !== null);
    if (refusal) throw new Error(refusal.message);
    if ('thrown' in built) throw built.thrown;
    return built.value;
  }
}

function adapterOf({ facts, device }: GpuHandle): Adapter {
  return { isSoftware: facts.isFallbackAdapter, hasSubgroups: device.features.has('subgroups') };
}
