/**
 * @file What the compute kernels share: buffers and pipelines under error scopes, a timed batch of dispatches, and
 * reading a buffer back in pieces. A WebGPU refusal (size, validation, memory) becomes a `worker-failed` value.
 */
import { detailOf } from '../../core/errors.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { timed } from '../kernel.ts';

export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: number;
}

/** Runs `build` and reports what the device refused, or the device's loss. */
export async function guarded<T>(gpu: GpuHandle, build: () => Promise<T> | T): Promise<Result<T>> {
  const { device } = gpu;
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let built: Result<T>;
  try {
    built = await gpu.untilLost(Promise.resolve(build()));
  } catch (thrown) {
    built = err({ code: 'worker-failed', worker: 'webgpu bench', detail: detailOf(thrown) });
  }
  const scopes = await gpu.untilLost(Promise.all([device.popErrorScope(), device.popErrorScope()]));
  if (!scopes.ok) return scopes;
  const refusal = scopes.value.find((error) => error !== null);
  if (refusal) return err({ code: 'worker-failed', worker: 'webgpu bench', detail: refusal.message });
  return built;
}

/** A pipeline with the shader's `override` constants, its buffers bound in order from 0. */
export async function buildDispatch(
  device: GPUDevice,
  code: string,
  constants: Record<string, number>,
  buffers: readonly GPUBuffer[],
  workgroups: number,
): Promise<Dispatch> {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module, constants },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return { pipeline, bindGroup, workgroups };
}

/** One submission of `iterations` dispatches; encoding stays out of the time. */
export async function runDispatches(
  gpu: GpuHandle,
  dispatch: Dispatch,
  iterations: number,
): Promise<Result<number>> {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(dispatch.pipeline);
  pass.setBindGroup(0, dispatch.bindGroup);
  for (let i = 0; i < iterations; i++) pass.dispatchWorkgroups(dispatch.workgroups);
  pass.end();
  const commands = encoder.finish();
  return gpu.untilLost(
    timed(async () => {
      gpu.device.queue.submit([commands]);
      await gpu.device.queue.onSubmittedWorkDone();
    }),
  );
}

/** Keeps the staging buffer small beside the buffers under test. */
const CHUNK_BYTES = 2 ** 24;

/** The contents of a buffer (usage COPY_SRC, size a multiple of 4). */
export async function readBack(gpu: GpuHandle, buffer: GPUBuffer): Promise<Result<ArrayBuffer>> {
  const contents = new Uint8Array(buffer.size);
  const staging = gpu.device.createBuffer({
    size: Math.min(CHUNK_BYTES, buffer.size),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  for (let offset = 0; offset < buffer.size; offset += CHUNK_BYTES) {
    const size = Math.min(CHUNK_BYTES, buffer.size - offset);
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    const mapped = await gpu.untilLost(staging.mapAsync(GPUMapMode.READ, 0, size));
    if (!mapped.ok) return mapped;
    contents.set(new Uint8Array(staging.getMappedRange(0, size)), offset);
    staging.unmap();
  }
  staging.destroy();
  return ok(contents.buffer);
}
