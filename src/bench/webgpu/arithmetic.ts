/**
 * @file Peak arithmetic of the GPU: f32 and f16 fused multiply-add, int8 dot products (see fma.wgsl, fma-f16.wgsl,
 * dot.wgsl). One iteration is one dispatch. Which shape is fastest differs five-fold between adapters, so callers try
 * several and keep the best.
 */
import { numberToHalf } from '../../core/graph/tensor.ts';
import { ok, type Result } from '../../core/result.ts';
import { wrongElement, type BenchmarkKernel } from '../kernel.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { prepareDispatches, verifyBuffer } from './dispatch.ts';
import dotSource from './dot.wgsl?raw';
import halfSource from './fma-f16.wgsl?raw';
import fmaSource from './fma.wgsl?raw';
import { guarded } from './guarded.ts';
import { unroll } from './unroll.ts';

export interface ArithmeticParams {
  /** Independent chains a lane. */
  readonly chains: number;
  /** Unrolled steps of each chain a loop turn. */
  readonly lines: number;
  readonly workgroupSize: number;
  /** Invocations in all, a multiple of the workgroup size. */
  readonly lanes: number;
  /** Turns of the loop; each kernel says how many steps keep its results exact. */
  readonly loops: number;
}

export type ArithmeticKernel = BenchmarkKernel<ArithmeticParams, BenchGpu>;

const stepsOf = ({ loops, lines }: ArithmeticParams): number => loops * lines;

interface Parts {
  readonly id: string;
  readonly description: string;
  readonly source: string;
  /** Operations a step of one chain. */
  readonly operations: number;
  /** Bytes that a chain stores. */
  readonly chainBytes: number;
  /** m and c, as the shader lays them out. */
  readonly operands: Uint32Array<ArrayBuffer>;
  readonly check: (results: ArrayBuffer, params: ArithmeticParams) => Result<null>;
}

/** Walks the results in the order of the shaders: lanes, their chains, the components of each. */
function check<T extends number>(
  id: string,
  results: ArrayLike<T>,
  { lanes, chains }: ArithmeticParams,
  components: number,
  expected: (lane: number, chain: number, component: number) => number,
): Result<null> {
  let index = 0;
  for (let lane = 0; lane < lanes; lane++) {
    for (let chain = 0; chain < chains; chain++) {
      for (let k = 0; k < components; k++, index++) {
        const value = expected(lane, chain, k);
        if (results[index] !== value) return wrongElement(id, index, value, results[index]);
      }
    }
  }
  return ok(null);
}

/** Component k of chain j of lane i starts at (i mod 1024)·chains + j + k/4 and must end `steps` higher. */
export function checkFma(results: ArrayBuffer, params: ArithmeticParams): Result<null> {
  const base = stepsOf(params);
  return check('webgpu.fma.f32', new Float32Array(results), params, 4, (lane, chain, k) => {
    return (lane % 1024) * params.chains + chain + k / 4 + base;
  });
}

/** As the shader's header says; compared bit by bit. */
export function checkHalf(results: ArrayBuffer, params: ArithmeticParams): Result<null> {
  const bits = Uint16Array.from({ length: 2048 }, (_, value) => numberToHalf(value));
  return check('webgpu.fma.f16', new Uint16Array(results), params, 4, (lane, chain, k) => {
    return bits[((lane + chain + k) % 512) + stepsOf(params)] ?? NaN;
  });
}

/** The first step reads the low byte of lane + chain as a signed number and adds one; each further one adds one to it. */
export function checkDot(results: ArrayBuffer, params: ArithmeticParams): Result<null> {
  const more = stepsOf(params) - 1;
  return check('webgpu.dot.i8', new Int32Array(results), params, 1, (lane, chain) => {
    return (((lane + chain + more) << 24) >> 24) + 1;
  });
}

function kernel({
  id,
  description,
  source,
  operations,
  chainBytes,
  operands,
  check,
}: Parts): ArithmeticKernel {
  const bytesOf = ({ lanes, chains }: ArithmeticParams): number => lanes * chains * chainBytes;
  const sourceOf = ({ chains, lines }: ArithmeticParams): string => unroll(source, { chains, lines });
  return {
    id,
    description,
    flop: (params) => params.lanes * params.chains * stepsOf(params) * operations,
    bytes: bytesOf,
    workingSet: bytesOf,
    shape: ({ chains, lines, workgroupSize, lanes, loops }) =>
      `${chains} chains × ${lines}, workgroup ${workgroupSize}, ${lanes} lanes × ${loops} loops`,
    source: sourceOf,
    prepare: async (params, gpu) => {
      const { device, handle } = gpu;
      const buffers = await guarded(handle, () => {
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
        const operandBuffer = device.createBuffer({ size: operands.byteLength, usage });
        device.queue.writeBuffer(operandBuffer, 0, operands);
        return [operandBuffer, device.createBuffer({ size: bytesOf(params), usage })] as const;
      });
      if (!buffers.ok) return buffers;
      const [operandBuffer, results] = buffers.value;
      return prepareDispatches(gpu, {
        params,
        recipe: {
          code: sourceOf(params),
          constants: { workgroup_size: params.workgroupSize, loops: params.loops },
          buffers: { 0: { buffer: operandBuffer }, 1: { buffer: results } },
          workgroups: [params.lanes / params.workgroupSize, 1],
        },
        owned: buffers.value,
        verify: () => verifyBuffer(gpu, results, (found) => check(found, params)),
      });
    },
  };
}

const bitsOf = (values: Float32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> =>
  new Uint32Array(values.buffer);

/** Exact while the largest start, 1024 × chains, and loops × lines stay below 2^22 together. */
export const gpuFma = kernel({
  id: 'webgpu.fma.f32',
  description: 'fp32 fused multiply-add on vec4 values in every lane of the GPU',
  source: fmaSource,
  operations: 8,
  chainBytes: 16,
  operands: bitsOf(Float32Array.of(1, 1)),
  check: checkFma,
});

/** Exact while loops × lines ≤ 1024. */
export const gpuHalf = kernel({
  id: 'webgpu.fma.f16',
  description: 'fp16 fused multiply-add on vec4 values in every lane of the GPU',
  source: halfSource,
  operations: 8,
  chainBytes: 8,
  // 1.0 twice in a word.
  operands: Uint32Array.of(0x3c003c00),
  check: checkHalf,
});

export const gpuDot = kernel({
  id: 'webgpu.dot.i8',
  description: 'int8 dot products of four, accumulated, in every lane of the GPU',
  source: dotSource,
  operations: 8,
  chainBytes: 4,
  operands: Uint32Array.of(1, 1),
  check: checkDot,
});
