/**
 * @file The knee: the same kernel from memory bound to compute bound (see intensity.wgsl). One iteration is one dispatch.
 */
import { sizeText, type BenchmarkKernel } from '../kernel.ts';
import { verifyWholeNumbers } from '../pseudo-random.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { prepareDispatches, verifyBuffer } from './dispatch.ts';
import { guarded } from './guarded.ts';
import source from './intensity.wgsl?raw';
import { unroll } from './unroll.ts';

export interface GpuIntensityParams {
  /** Bytes of one array, a power of two. */
  readonly arrayBytes: number;
  /** FMA on each element; a power of two, at most 2^20. */
  readonly steps: number;
  readonly chains: number;
  readonly workgroupSize: number;
  readonly workgroups: number;
}

const ID = 'webgpu.intensity';
const WORD_BYTES = 16;
/** Longer bodies compile slowly and overflow instruction caches. */
const MAX_LINES = 32;
const linesOf = (steps: number): number => Math.min(steps, MAX_LINES);
const sourceOf = ({ chains, steps }: GpuIntensityParams): string =>
  unroll(source, { chains, lines: linesOf(steps) });

export const gpuIntensity: BenchmarkKernel<GpuIntensityParams, BenchGpu> = {
  id: ID,
  description: 'FMA on words that stream through GPU memory, more or fewer a word',
  flop: ({ arrayBytes, steps }) => (arrayBytes / 4) * steps * 2,
  bytes: ({ arrayBytes }) => 2 * arrayBytes,
  workingSet: ({ arrayBytes }) => 2 * arrayBytes,
  shape: ({ arrayBytes, steps, workgroups, workgroupSize }) =>
    `${steps} FMA a word, ${sizeText(2 * arrayBytes)}, ${workgroups} workgroups of ${workgroupSize}`,
  source: sourceOf,
  prepare: async (wanted, gpu) => {
    const arrays = await gpu.arraysOf(wanted.arrayBytes);
    if (!arrays.ok) return arrays;
    const { a, b } = arrays.value;
    const params = { ...wanted, arrayBytes: Math.min(wanted.arrayBytes, a.size) };
    const size = params.arrayBytes;
    const operands = await guarded(gpu.handle, () => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      const buffer = gpu.device.createBuffer({ size: 8, usage });
      gpu.device.queue.writeBuffer(buffer, 0, Float32Array.of(1, 1));
      return buffer;
    });
    if (!operands.ok) return operands;
    return prepareDispatches(gpu, {
      params,
      recipe: {
        code: sourceOf(params),
        constants: {
          workgroup_size: params.workgroupSize,
          loops: params.steps / linesOf(params.steps),
          words: size / WORD_BYTES,
        },
        buffers: { 0: { buffer: a, size }, 1: { buffer: b, size }, 2: { buffer: operands.value } },
        workgroups: [params.workgroups, 1],
      },
      owned: [operands.value],
      verify: () =>
        verifyBuffer(gpu, a, (found) => checkIntensity(new Float32Array(found), params.steps), size),
    });
  },
};

/** Every element arrives `steps` higher than it was read. */
export const checkIntensity = (elements: Float32Array, steps: number) =>
  verifyWholeNumbers(ID, elements, (b) => b + steps);
