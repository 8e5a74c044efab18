/**
 * @file What the compute kernels share: a kernel whose iteration is one dispatch, a timed batch of them, and reading a
 * buffer back in pieces.
 */
import { ok, type Result } from '../../core/result.ts';
import { timed, type PreparedKernel } from '../kernel.ts';
import type { BatchTime } from '../protocol.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { guarded } from './guarded.ts';

export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [x: number, y: number];
}

/** What a dispatch is made of; the shader's `override` constants and its buffers by binding number. */
export interface DispatchRecipe {
  readonly code: string;
  readonly entryPoint?: string;
  readonly constants: Record<string, number>;
  readonly buffers: Readonly<Record<number, GPUBufferBinding>>;
  readonly workgroups: readonly [x: number, y: number];
}

/** Compiles (or takes what is compiled) and binds; the device's refusal as a value. */
export function buildDispatch(gpu: BenchGpu, recipe: DispatchRecipe): Promise<Result<Dispatch>> {
  const { code, entryPoint = 'main', constants, buffers, workgroups } = recipe;
  return guarded(gpu.handle, async () => {
    const pipeline = await gpu.pipelineOf(code, entryPoint, constants);
    const bindGroup = gpu.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: Object.entries(buffers).map(([binding, resource]) => ({ binding: Number(binding), resource })),
    });
    return { pipeline, bindGroup, workgroups };
  });
}

/** One submission of `iterations` dispatches; encoding stays out of the time. */
export async function runDispatches(
  gpu: BenchGpu,
  { pipeline, bindGroup, workgroups }: Dispatch,
  iterations: number,
): Promise<Result<BatchTime>> {
  const { device, timestamps } = gpu;
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass(timestamps ? { timestampWrites: timestamps.writes } : {});
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let i = 0; i < iterations; i++) pass.dispatchWorkgroups(...workgroups);
  pass.end();
  const commands = encoder.finish();
  const seconds = await gpu.until(
    timed(async () => {
      device.queue.submit([commands]);
      await device.queue.onSubmittedWorkDone();
    }),
  );
  if (!seconds.ok) return seconds;
  const gpuSeconds = timestamps ? await gpu.until(timestamps.read()) : ok(null);
  return gpuSeconds.ok ? ok({ seconds: seconds.value, gpuSeconds: gpuSeconds.value }) : gpuSeconds;
}

/** Keeps the staging buffer small beside the buffers under test. */
const CHUNK_BYTES = 2 ** 24;

/** The first `bytes` of a buffer (usage COPY_SRC; a multiple of 4). */
export async function readBack(
  gpu: BenchGpu,
  buffer: GPUBuffer,
  bytes = buffer.size,
): Promise<Result<ArrayBuffer>> {
  const contents = new Uint8Array(bytes);
  const staging = gpu.device.createBuffer({
    size: Math.min(CHUNK_BYTES, bytes),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  for (let offset = 0; offset < bytes; offset += CHUNK_BYTES) {
    const size = Math.min(CHUNK_BYTES, bytes - offset);
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    const mapped = await gpu.until(staging.mapAsync(GPUMapMode.READ, 0, size));
    if (!mapped.ok) return mapped;
    contents.set(new Uint8Array(staging.getMappedRange(0, size)), offset);
    staging.unmap();
  }
  staging.destroy();
  return ok(contents.buffer);
}

interface DispatchKernel<Params> {
  /** In force. */
  readonly params: Params;
  readonly recipe: DispatchRecipe;
  /** Buffers of its own, destroyed with it. */
  readonly owned: readonly GPUBuffer[];
  readonly verify: () => Promise<Result<null>>;
}

/** A kernel whose iteration is one dispatch; a refused one leaves nothing behind. */
export async function prepareDispatches<Params>(
  gpu: BenchGpu,
  { params, recipe, owned, verify }: DispatchKernel<Params>,
): Promise<Result<PreparedKernel<Params>>> {
  const release = (): void => owned.forEach((buffer) => buffer.destroy());
  const dispatch = await buildDispatch(gpu, recipe);
  if (!dispatch.ok) {
    release();
    return dispatch;
  }
  return ok({
    params,
    runBatch: (iterations) => runDispatches(gpu, dispatch.value, iterations),
    verify,
    release,
  });
}

/** Reads the first `bytes` of a buffer back, for `check`. */
export async function verifyBuffer(
  gpu: BenchGpu,
  buffer: GPUBuffer,
  check: (contents: ArrayBuffer) => Result<null>,
  bytes = buffer.size,
): Promise<Result<null>> {
  const contents = await readBack(gpu, buffer, bytes);
  return contents.ok ? check(contents.value) : contents;
}
