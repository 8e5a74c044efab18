/** @file Bandwidth of workgroup memory (see workgroup.wgsl). One iteration is one dispatch. */
import { ok, type Result } from '../../core/result.ts';
import { wrongElement, type BenchmarkKernel } from '../kernel.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { prepareDispatches, verifyBuffer } from './dispatch.ts';
import { guarded } from './guarded.ts';
import { unroll } from './unroll.ts';
import source from './workgroup.wgsl?raw';

export interface WorkgroupParams {
  /** A divisor of 256. */
  readonly workgroupSize: number;
  readonly lanes: number;
  readonly lines: number;
  readonly loops: number;
}

const ID = 'webgpu.workgroup';
/** As in the shader. */
const WORDS = 256;
const WORD_BYTES = 16;
const sourceOf = ({ lines }: WorkgroupParams): string => unroll(source, { lines });

/** Each lane's sum of the tile's indices it went over, in all four components. */
export function checkWorkgroup(results: Uint32Array, params: WorkgroupParams): Result<null> {
  const { workgroupSize, lanes, lines, loops } = params;
  const sums = Uint32Array.from({ length: workgroupSize }, (_, lane) => {
    let sum = 0;
    for (let i = 0; i < loops * lines; i++) sum = (sum + ((lane + i) % WORDS)) >>> 0;
    return sum;
  });
  for (let i = 0; i < 4 * lanes; i++) {
    const expected = sums[(i >> 2) % workgroupSize] ?? NaN;
    if (results[i] !== expected) return wrongElement(ID, i, expected, results[i]);
  }
  return ok(null);
}

export const gpuWorkgroup: BenchmarkKernel<WorkgroupParams, BenchGpu> = {
  id: ID,
  description: 'read of workgroup memory, the on-chip memory that the lanes of a workgroup share',
  flop: () => 0,
  bytes: ({ lanes, loops, lines }) => lanes * loops * lines * WORD_BYTES,
  workingSet: () => WORDS * WORD_BYTES,
  shape: ({ workgroupSize, lanes, lines, loops }) =>
    `${lines} reads × ${loops}, ${lanes} lanes in workgroups of ${workgroupSize}`,
  source: sourceOf,
  prepare: async (params, gpu) => {
    const { device, handle } = gpu;
    const buffers = await guarded(handle, () => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      const tile = device.createBuffer({ size: WORDS * WORD_BYTES, usage });
      device.queue.writeBuffer(
        tile,
        0,
        Uint32Array.from({ length: 4 * WORDS }, (_, i) => i >> 2),
      );
      return [tile, device.createBuffer({ size: params.lanes * WORD_BYTES, usage })] as const;
    });
    if (!buffers.ok) return buffers;
    const [tile, results] = buffers.value;
    return prepareDispatches(gpu, {
      params,
      recipe: {
        code: sourceOf(params),
        constants: { workgroup_size: params.workgroupSize, loops: params.loops },
        buffers: { 0: { buffer: tile }, 1: { buffer: results } },
        workgroups: [params.lanes / params.workgroupSize, 1],
      },
      owned: buffers.value,
      verify: () => verifyBuffer(gpu, results, (found) => checkWorkgroup(new Uint32Array(found), params)),
    });
  },
};
