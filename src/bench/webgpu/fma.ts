/**
 * @file Peak f32 arithmetic of the GPU (see fma.wgsl). One iteration is one dispatch. Which shape is fastest differs
 * five-fold between adapters, so callers try several and keep the best.
 */
import { ok, type Result } from '../../core/result.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { wrongElement, type BenchmarkKernel } from '../kernel.ts';
import { buildDispatch, guarded, readBack, runDispatches } from './dispatch.ts';
import fourChains from './fma.wgsl?raw';
import eightChains from './fma-8-chains.wgsl?raw';

export interface GpuFmaParams {
  readonly chains: 4 | 8;
  readonly workgroupSize: number;
  /** Invocations in all, a multiple of the workgroup size. */
  readonly lanes: number;
  /** Turns of the unrolled loop; start + loops × lines must stay below 2^24. */
  readonly loops: number;
}

const ID = 'webgpu.fma.f32';
const COMPONENTS = 4;
/** As in the shaders: chains → source and unrolled lines. */
const SHADERS = { 4: { code: fourChains, lines: 32 }, 8: { code: eightChains, lines: 16 } } as const;

const elementsOf = (params: GpuFmaParams): number => params.lanes * params.chains * COMPONENTS;
const stepsOf = (params: GpuFmaParams): number => params.loops * SHADERS[params.chains].lines;

/** Component k of chain j of lane i starts at (i mod 1024)·chains + j + k/4 and must end `steps` higher. */
export function verifyGpuFma(results: Float32Array, params: GpuFmaParams): Result<null> {
  const { chains, lanes } = params;
  const steps = stepsOf(params);
  let index = 0;
  for (let lane = 0; lane < lanes; lane++) {
    for (let chain = 0; chain < chains; chain++) {
      const start = (lane % 1024) * chains + chain + steps;
      for (let k = 0; k < COMPONENTS; k++, index++) {
        const expected = start + k / COMPONENTS;
        if (results[index] !== expected) return wrongElement(ID, index, expected, results[index]);
      }
    }
  }
  return ok(null);
}

export const gpuFma: BenchmarkKernel<GpuFmaParams, GpuHandle> = {
  id: ID,
  description: 'fp32 fused multiply-add on vec4 values in every lane of the GPU',
  flop: (params) => 2 * elementsOf(params) * stepsOf(params),
  bytes: (params) => 4 * elementsOf(params),
  shape: ({ chains, workgroupSize, lanes, loops }) =>
    `${chains} chains × ${SHADERS[chains].lines}, workgroup ${workgroupSize}, ${lanes} lanes × ${loops} loops`,
  prepare: async (params, gpu) => {
    const { device } = gpu;
    const buffers = await guarded(gpu, () => {
      const operandUsage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      const operands = device.createBuffer({ size: 32, usage: operandUsage });
      device.queue.writeBuffer(operands, 0, new Float32Array(8).fill(1));
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      return [operands, device.createBuffer({ size: 4 * elementsOf(params), usage })] as const;
    });
    if (!buffers.ok) return buffers;
    const [, results] = buffers.value;
    const release = (): void => buffers.value.forEach((buffer) => buffer.destroy());
    const constants = { workgroup_size: params.workgroupSize, loops: params.loops };
    const workgroups = params.lanes / params.workgroupSize;
    const dispatch = await guarded(gpu, () =>
      buildDispatch(device, SHADERS[params.chains].code, constants, buffers.value, workgroups),
    );
    if (!dispatch.ok) {
      release();
      return dispatch;
    }
    return ok({
      params,
      runBatch: (iterations) => runDispatches(gpu, dispatch.value, iterations),
      verify: async () => {
        const contents = await readBack(gpu, results);
        return contents.ok ? verifyGpuFma(new Float32Array(contents.value), params) : contents;
      },
      release,
    });
  },
};
