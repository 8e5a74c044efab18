/**
 * @file The GPU as the kernels see it: the device, three arrays that the memory kernels share, compiled pipelines, and a
 * query set where the GPU has timestamps. It lives as long as the device; kernels borrow from it and destroy nothing.
 */
import { err, ok, type Result } from '../../core/result.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { pokeUntil, TICK_SECONDS } from '../../gpu/poke.ts';
import { timed } from '../kernel.ts';
import { fillWholeNumbers, SECOND_SEED, SEED } from '../pseudo-random.ts';
import { guarded } from './guarded.ts';
import { TimestampPair } from './timestamps.ts';

/**
 * `a` is written; no kernel finds there what another one left. `b` and `c` hold whole numbers of the two seeds
 * (pseudo-random.ts). All of one size.
 */
export interface Arrays {
  readonly a: GPUBuffer;
  readonly b: GPUBuffer;
  readonly c: GPUBuffer;
}

/** Smaller arrays are not worth making: less memory than this says nothing of a GPU, and kernels may use a part. */
const MIN_BYTES = 2 ** 20;

export class BenchGpu {
  readonly handle: GpuHandle;
  readonly timestamps: TimestampPair | null;
  private arrays: Arrays | null = null;
  /** No larger arrays than these were granted. */
  private mostBytes: number;
  /** Chromium says when work is done; Firefox looks every 100 ms, and at each submission. */
  private hasTick = false;
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();

  /** Takes over the handle, and finds out how it tells of finished work. */
  static async of(handle: GpuHandle): Promise<Result<BenchGpu>> {
    const gpu = new BenchGpu(handle);
    const { queue } = handle.device;
    const waits: number[] = [];
    // The first wait ends at a tick wherever it began; only from then on do they tell.
    for (let i = 0; i < 3; i++) {
      queue.submit([]);
      const seconds = await handle.untilLost(timed(() => queue.onSubmittedWorkDone().then(() => undefined)));
      if (!seconds.ok) return seconds;
      waits.push(seconds.value);
    }
    gpu.hasTick = Math.min(...waits.slice(1)) > TICK_SECONDS;
    return ok(gpu);
  }

  private constructor(handle: GpuHandle) {
    const { limits, features } = handle.device;
    this.handle = handle;
    this.timestamps = features.has('timestamp-query') ? new TimestampPair(handle.device) : null;
    this.mostBytes =
      2 ** Math.floor(Math.log2(Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize)));
  }

  get device(): GPUDevice {
    return this.handle.device;
  }

  /**
   * Waits for `work` of the queue or a mapping, or for the loss of the device. Where the browser only looks every 100 ms,
   * an empty submission a millisecond makes it look; spinning would take a core from a software adapter.
   */
  until<T>(work: Promise<T>): Promise<Result<T>> {
    if (this.hasTick) void pokeUntil(this.handle, work);
    return this.handle.untilLost(work);
  }

  /**
   * Arrays of `bytes` (a power of two) each or more, or the largest that are granted; those of before where they suffice.
   */
  async arraysOf(bytes: number): Promise<Result<Arrays>> {
    const wanted = Math.min(bytes, this.mostBytes);
    if (this.arrays && this.arrays.a.size >= wanted) {
      this.wipe(this.arrays.a, wanted);
      return ok(this.arrays);
    }
    this.releaseArrays();
    let refusal: Result<never> = err({
      code: 'worker-failed',
      worker: 'webgpu bench',
      detail: 'memory refused',
    });
    for (let size = Math.max(wanted, MIN_BYTES); size >= MIN_BYTES; size /= 2) {
      const buffers: GPUBuffer[] = [];
      const made = await guarded(this.handle, () => this.allocate(size, buffers));
      if (made.ok) {
        this.arrays = made.value;
        return made;
      }
      // The half that is asked for next needs their memory.
      buffers.forEach((buffer) => buffer.destroy());
      refusal = made;
      if (made.error.code === 'device-lost') return made;
      this.mostBytes = size / 2;
    }
    return refusal;
  }

  /** Compiled once for the same shader, entry and constants. */
  pipelineOf(
    code: string,
    entryPoint: string,
    constants: Record<string, number>,
  ): Promise<GPUComputePipeline> {
    const key = JSON.stringify([code, entryPoint, constants]);
    const known = this.pipelines.get(key);
    if (known) return known;
    const module = this.device.createShaderModule({ code });
    const made = this.device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module, entryPoint, constants },
    });
    this.pipelines.set(key, made);
    made.catch(() => this.pipelines.delete(key));
    return made;
  }

  private wipe(buffer: GPUBuffer, bytes: number): void {
    const encoder = this.device.createCommandEncoder();
    encoder.clearBuffer(buffer, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Each buffer is in `made` as soon as there is one. */
  private allocate(size: number, made: GPUBuffer[]): Arrays {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const make = (fill: (elements: Float32Array) => void): GPUBuffer => {
      const buffer = this.device.createBuffer({ size, usage, mappedAtCreation: true });
      made.push(buffer);
      fill(new Float32Array(buffer.getMappedRange()));
      buffer.unmap();
      return buffer;
    };
    return {
      a: make((elements) => elements.fill(-1)),
      b: make((elements) => fillWholeNumbers(elements, SEED)),
      c: make((elements) => fillWholeNumbers(elements, SECOND_SEED)),
    };
  }

  private releaseArrays(): void {
    if (this.arrays) Object.values(this.arrays).forEach((buffer: GPUBuffer) => buffer.destroy());
    this.arrays = null;
  }
}
