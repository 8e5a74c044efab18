/**
 * @file Transfers between a worker and the GPU, one after another, each awaited: `upload` = writeBuffer until the
 * queue is done, `download` = copy to a staging buffer, map, read. One iteration is one transfer. A small size gives
 * the latency, a large one less the small one the bandwidth.
 */
import { ok, type Result } from '../../core/result.ts';
import { sizeText, timed, type BenchmarkKernel } from '../kernel.ts';
import type { BatchTime } from '../protocol.ts';
import { fillPseudoRandom, verifyPseudoRandom } from '../pseudo-random.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { readBack } from './dispatch.ts';
import { guarded } from './guarded.ts';

export interface TransferParams {
  /** Bytes of one transfer, a multiple of 4. */
  readonly sizeBytes: number;
}

type TransferKernel = BenchmarkKernel<TransferParams, BenchGpu>;

/** What one transfer is, for a reader; the code below does just this. */
const UPLOAD_SOURCE = `device.queue.writeBuffer(target, 0, words);
await device.queue.onSubmittedWorkDone();`;
const DOWNLOAD_SOURCE = `encoder.copyBufferToBuffer(source, 0, staging, 0, sizeBytes);
device.queue.submit([encoder.finish()]);
await staging.mapAsync(GPUMapMode.READ);
received.set(new Uint32Array(staging.getMappedRange()));
staging.unmap();`;

function pseudoRandomWords(sizeBytes: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(sizeBytes / 4);
  fillPseudoRandom(words);
  return words;
}

/** Seconds of `iterations` transfers in sequence. */
async function sequence(
  gpu: BenchGpu,
  iterations: number,
  transfer: () => Promise<void>,
): Promise<Result<BatchTime>> {
  const seconds = await gpu.until(
    timed(async () => {
      for (let i = 0; i < iterations; i++) await transfer();
    }),
  );
  return seconds.ok ? ok({ seconds: seconds.value, gpuSeconds: null }) : seconds;
}

export const gpuUpload: TransferKernel = {
  id: 'webgpu.upload',
  description: 'writeBuffer from a worker to the GPU, each awaited',
  flop: () => 0,
  bytes: ({ sizeBytes }) => sizeBytes,
  workingSet: ({ sizeBytes }) => sizeBytes,
  shape: ({ sizeBytes }) => `${sizeText(sizeBytes)} a transfer`,
  source: () => UPLOAD_SOURCE,
  prepare: async (params, gpu) => {
    const { device } = gpu;
    const words = pseudoRandomWords(params.sizeBytes);
    const target = await guarded(gpu.handle, () =>
      device.createBuffer({
        size: params.sizeBytes,
        usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC | GPUBufferUsage.STORAGE,
      }),
    );
    if (!target.ok) return target;
    return ok({
      params,
      runBatch: (iterations) =>
        sequence(gpu, iterations, async () => {
          device.queue.writeBuffer(target.value, 0, words);
          await device.queue.onSubmittedWorkDone();
        }),
      verify: async () => {
        const contents = await readBack(gpu, target.value);
        return contents.ok ? verifyPseudoRandom('webgpu.upload', new Uint32Array(contents.value)) : contents;
      },
      release: () => target.value.destroy(),
    });
  },
};

export const gpuDownload: TransferKernel = {
  id: 'webgpu.download',
  description: 'copy to a staging buffer, map and read in a worker, each awaited',
  flop: () => 0,
  bytes: ({ sizeBytes }) => sizeBytes,
  workingSet: ({ sizeBytes }) => sizeBytes,
  shape: ({ sizeBytes }) => `${sizeText(sizeBytes)} a transfer`,
  source: () => DOWNLOAD_SOURCE,
  prepare: async (params, gpu) => {
    const { device } = gpu;
    const { sizeBytes } = params;
    const received = new Uint32Array(sizeBytes / 4);
    const buffers = await guarded(gpu.handle, () => {
      const source = device.createBuffer({
        size: sizeBytes,
        usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
      device.queue.writeBuffer(source, 0, pseudoRandomWords(sizeBytes));
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
      return { source, staging: device.createBuffer({ size: sizeBytes, usage }) };
    });
    if (!buffers.ok) return buffers;
    const { source, staging } = buffers.value;
    return ok({
      params,
      runBatch: (iterations) =>
        sequence(gpu, iterations, async () => {
          const encoder = device.createCommandEncoder();
          encoder.copyBufferToBuffer(source, 0, staging, 0, sizeBytes);
          device.queue.submit([encoder.finish()]);
          await staging.mapAsync(GPUMapMode.READ);
          received.set(new Uint32Array(staging.getMappedRange()));
          staging.unmap();
        }),
      verify: () => Promise.resolve(verifyPseudoRandom('webgpu.download', received)),
      release: () => [source, staging].forEach((buffer) => buffer.destroy()),
    });
  },
};
