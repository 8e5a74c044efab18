/** @file What the benchmark worker does: see bench.api. Owns the kernel in force and the GPU once it is opened. */
import { arrive, type StartBarrier } from '../bench/barrier.ts';
import type { BenchmarkKernel, PreparedKernel } from '../bench/kernel.ts';
import { gpuCopy } from '../bench/webgpu/copy.ts';
import { gpuFma } from '../bench/webgpu/fma.ts';
import { gpuDownload, gpuUpload } from '../bench/webgpu/transfer.ts';
import { wasmCopy } from '../bench/wasm/copy.ts';
import { wasmFmaRelaxed, wasmFmaSimd } from '../bench/wasm/fma.ts';
import { detailOf } from '../core/errors.ts';
import { assertNever, err, ok, type Result } from '../core/result.ts';
import { openGpu, type GpuHandle } from '../gpu/device.ts';
import type { BenchApi, BenchRequest, KernelFacts } from './bench.api.ts';

export class BenchCore implements BenchApi {
  private gpu: GpuHandle | null = null;
  private prepared: PreparedKernel<unknown> | null = null;
  private barrier: StartBarrier | null = null;

  async prepare(request: BenchRequest, barrier: StartBarrier | null): Promise<Result<KernelFacts>> {
    await this.release();
    this.barrier = barrier;
    return asResult(async () => {
      switch (request.kernel) {
        case 'webgpu.fma.f32':
          return this.onGpu(gpuFma, request.params);
        case 'webgpu.copy':
          return this.onGpu(gpuCopy, request.params);
        case 'webgpu.upload':
          return this.onGpu(gpuUpload, request.params);
        case 'webgpu.download':
          return this.onGpu(gpuDownload, request.params);
        case 'wasm.fma.simd':
          return this.hold(wasmFmaSimd, request.params, null);
        case 'wasm.fma.relaxed':
          return this.hold(wasmFmaRelaxed, request.params, null);
        case 'wasm.copy':
          return this.hold(wasmCopy, request.params, null);
        default:
          return assertNever(request);
      }
    });
  }

  async runBatch(iterations: number): Promise<Result<number>> {
    const { prepared, barrier } = this;
    if (prepared === null) return failed('no kernel is prepared');
    if (barrier !== null && !arrive(barrier)) return failed('the other threads did not start');
    return asResult(() => prepared.runBatch(iterations));
  }

  async verify(): Promise<Result<null>> {
    const { prepared } = this;
    return prepared === null ? failed('no kernel is prepared') : asResult(() => prepared.verify());
  }

  release(): Promise<Result<null>> {
    this.prepared?.release();
    this.prepared = null;
    this.barrier = null;
    return Promise.resolve(ok(null));
  }

  echo(port: MessagePort): Promise<Result<null>> {
    port.onmessage = (event: MessageEvent<ArrayBuffer>) => port.postMessage(event.data, [event.data]);
    return Promise.resolve(ok(null));
  }

  private async onGpu<P>(kernel: BenchmarkKernel<P, GpuHandle>, params: P): Promise<Result<KernelFacts>> {
    if (this.gpu === null) {
      const opened = await openGpu();
      if (!opened.ok) return opened;
      this.gpu = opened.value;
    }
    const loss = this.gpu.loss();
    return loss === null ? this.hold(kernel, params, this.gpu) : err(loss);
  }

  private async hold<P, C>(
    kernel: BenchmarkKernel<P, C>,
    wanted: P,
    context: C,
  ): Promise<Result<KernelFacts>> {
    const prepared = await kernel.prepare(wanted, context);
    if (!prepared.ok) return prepared;
    this.prepared = prepared.value;
    const { params } = prepared.value;
    return ok({
      flopPerIteration: kernel.flop(params),
      bytesPerIteration: kernel.bytes(params),
      shape: kernel.shape(params),
    });
  }
}

const failed = (detail: string): Result<never> => err({ code: 'worker-failed', worker: 'bench', detail });

/** An Error loses its class on its way to the caller, so a throw (a bug, or an engine's surprise) becomes a value. */
async function asResult<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    return failed(detailOf(thrown));
  }
}
