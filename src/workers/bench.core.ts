/** @file What the benchmark worker does: see bench.api. Owns the kernel in force and the GPU once it is opened. */
import { arrive, type StartBarrier } from '../bench/barrier.ts';
import { answerShared, hopKernel, type HopRequest } from '../bench/hop.ts';
import type { BenchmarkKernel, PreparedKernel } from '../bench/kernel.ts';
import { gpuKernelOf, isGpuRequest, wasmKernelOf, type BenchRequest } from '../bench/kernels.ts';
import type { BatchTime } from '../bench/protocol.ts';
import { BenchGpu } from '../bench/webgpu/bench-gpu.ts';
import { detailOf } from '../core/errors.ts';
import { err, ok, type Result } from '../core/result.ts';
import { openGpu } from '../gpu/device.ts';
import type { BenchApi, KernelFacts } from './bench.api.ts';

/** A stretch of the work that keeps a processor busy: short enough that `rest` is heard soon. */
const BUSY_SECONDS = 0.02;

export class BenchCore implements BenchApi {
  private gpu: BenchGpu | null = null;
  private prepared: PreparedKernel<unknown> | null = null;
  private barrier: StartBarrier | null = null;
  private isBusy = false;

  async prepare(request: BenchRequest, barrier: StartBarrier | null): Promise<Result<KernelFacts>> {
    await this.release();
    this.barrier = barrier;
    return this.attempt(async () => {
      if (!isGpuRequest(request)) return this.hold(wasmKernelOf(request), request.params, null);
      const gpu = await this.openedGpu();
      return gpu.ok ? this.hold(gpuKernelOf(request), request.params, gpu.value) : gpu;
    });
  }

  async runBatch(iterations: number): Promise<Result<BatchTime>> {
    const { prepared, barrier } = this;
    if (prepared === null) return failed('no kernel is prepared');
    if (barrier !== null && !arrive(barrier)) return failed('the other threads did not start');
    return this.attempt(() => prepared.runBatch(iterations));
  }

  async verify(): Promise<Result<null>> {
    const { prepared } = this;
    return prepared === null ? failed('no kernel is prepared') : this.attempt(() => prepared.verify());
  }

  release(): Promise<Result<null>> {
    this.isBusy = false;
    this.prepared?.release();
    this.prepared = null;
    this.barrier = null;
    return Promise.resolve(ok(null));
  }

  async prepareHop(request: HopRequest): Promise<Result<null>> {
    await this.release();
    this.prepared = hopKernel(request);
    return ok(null);
  }

  echo(port: MessagePort): Promise<Result<null>> {
    port.onmessage = (event: MessageEvent<ArrayBuffer>) => port.postMessage(event.data, [event.data]);
    return Promise.resolve(ok(null));
  }

  answer(buffer: SharedArrayBuffer, rounds: number): Promise<Result<null>> {
    return Promise.resolve(answerShared(buffer, rounds) ? ok(null) : failed('the other side did not answer'));
  }

  async keepBusy(): Promise<Result<null>> {
    const { prepared } = this;
    if (prepared === null) return failed('no kernel is prepared');
    this.isBusy = true;
    for (let n = 1; this.hasToWork();) {
      const batch = await this.attempt(() => prepared.runBatch(n));
      if (!batch.ok) return batch;
      if (batch.value.seconds < BUSY_SECONDS / 2) n *= 2;
      await nextTurn();
    }
    return ok(null);
  }

  /** Asked anew each time: `rest` is heard between two batches. */
  private hasToWork(): boolean {
    return this.isBusy;
  }

  rest(): Promise<Result<null>> {
    this.isBusy = false;
    return Promise.resolve(ok(null));
  }

  loseGpu(): Promise<Result<null>> {
    this.gpu?.handle.destroy();
    return Promise.resolve(ok(null));
  }

  /** A throw becomes a value; a loss of the GPU is told by that value, and not again. */
  private async attempt<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    const result = await asResult(work);
    if (!result.ok && result.error.code === 'device-lost') this.gpu = null;
    return result;
  }

  private async openedGpu(): Promise<Result<BenchGpu>> {
    // Lost between two kernels: told once, and opened anew for the next.
    const loss = this.gpu?.handle.loss() ?? null;
    if (loss) return err(loss);
    if (this.gpu) return ok(this.gpu);
    const opened = await openGpu();
    if (!opened.ok) return opened;
    const gpu = await BenchGpu.of(opened.value);
    if (gpu.ok) this.gpu = gpu.value;
    return gpu;
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
      workingSetBytes: kernel.workingSet(params),
      shape: kernel.shape(params),
      // A block or two may be left out; what matters is a halving.
      isSmaller: kernel.workingSet(params) < 0.9 * kernel.workingSet(wanted),
    });
  }
}

/** Lets messages in: a timer would wait 4 ms after a few turns. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
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
