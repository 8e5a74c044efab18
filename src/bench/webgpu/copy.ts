/**
 * @file Memory bandwidth of the GPU (see copy.wgsl): a copy between two buffers that are too large for its caches.
 * One iteration is one dispatch. Halves the size where the adapter's limits or its memory refuse it.
 */
import { err, ok, type Result } from '../../core/result.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import type { BenchmarkKernel } from '../kernel.ts';
import { fillPseudoRandom, verifyPseudoRandom } from '../pseudo-random.ts';
import code from './copy.wgsl?raw';
import { buildDispatch, guarded, readBack, runDispatches } from './dispatch.ts';

export interface GpuCopyParams {
  /** Bytes of the source buffer, a power of two. */
  readonly sizeBytes: number;
  readonly workgroupSize: number;
  readonly workgroups: number;
}

const ID = 'webgpu.copy';
const MIN_BYTES = 2 ** 22;

/** Source and target, the source filled; the error of the last refusal where even `MIN_BYTES` does not fit. */
async function allocate(
  gpu: GpuHandle,
  wantedBytes: number,
): Promise<Result<readonly [GPUBuffer, GPUBuffer]>> {
  const { device } = gpu;
  const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  let sizeBytes = wantedBytes;
  while (sizeBytes > limit) sizeBytes /= 2;
  for (; sizeBytes >= MIN_BYTES; sizeBytes /= 2) {
    const buffers = await guarded(gpu, () => {
      const source = device.createBuffer({
        size: sizeBytes,
        usage: GPUBufferUsage.STORAGE,
        mappedAtCreation: true,
      });
      fillPseudoRandom(new Uint32Array(source.getMappedRange()));
      source.unmap();
      const target = device.createBuffer({
        size: sizeBytes,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
      });
      return [source, target] as const;
    });
    if (buffers.ok || buffers.error.code === 'device-lost') return buffers;
  }
  return err({ code: 'worker-failed', worker: 'webgpu bench', detail: 'memory refused' });
}

export const gpuCopy: BenchmarkKernel<GpuCopyParams, GpuHandle> = {
  id: ID,
  description: 'copy through GPU memory with 128-bit loads and stores',
  flop: () => 0,
  bytes: ({ sizeBytes }) => 2 * sizeBytes,
  shape: ({ sizeBytes, workgroupSize, workgroups }) =>
    `${sizeBytes / 2 ** 20} MiB copied, ${workgroups} workgroups of ${workgroupSize}`,
  prepare: async (wanted, gpu) => {
    const buffers = await allocate(gpu, wanted.sizeBytes);
    if (!buffers.ok) return buffers;
    const [source, target] = buffers.value;
    const params = { ...wanted, sizeBytes: source.size };
    const release = (): void => buffers.value.forEach((buffer) => buffer.destroy());
    const dispatch = await guarded(gpu, () =>
      buildDispatch(
        gpu.device,
        code,
        { workgroup_size: params.workgroupSize },
        [source, target],
        params.workgroups,
      ),
    );
    if (!dispatch.ok) {
      release();
      return dispatch;
    }
    return ok({
      params,
      runBatch: (iterations) => runDispatches(gpu, dispatch.value, iterations),
      verify: async () => {
        const contents = await readBack(gpu, target);
        return contents.ok ? verifyPseudoRandom(ID, new Uint32Array(contents.value)) : contents;
      },
      release,
    });
  },
};
