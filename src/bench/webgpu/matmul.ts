/** @file Matrix product on the GPU (see matmul.wgsl): a ceiling that real kernels get near. One iteration is one dispatch. */
import { ok, type Result } from '../../core/result.ts';
import { wrongElement, type BenchmarkKernel } from '../kernel.ts';
import type { BenchGpu } from './bench-gpu.ts';
import { prepareDispatches, verifyBuffer } from './dispatch.ts';
import { guarded } from './guarded.ts';
import source from './matmul.wgsl?raw';
import { unroll } from './unroll.ts';

export interface MatmulParams {
  /** Rows and columns, a multiple of 32, at most 1024. */
  readonly n: number;
}

const ID = 'webgpu.matmul';
const TILE = 32;
const CODE = unroll(source, { rows: 4 });

/** Small whole numbers, so that sums of 1024 products stay far below 2^24. */
const elementA = (row: number, k: number): number => ((row * 7 + k * 3) % 11) - 5;
const elementB = (k: number, column: number): number => ((k * 5 + column * 2) % 13) - 6;

function filled(n: number, element: (row: number, column: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: n * n }, (_, i) => element(Math.floor(i / n), i % n));
}

/** Against the plain triple loop, every element. */
export function checkMatmul(c: Float32Array, n: number): Result<null> {
  const [a, b] = [filled(n, elementA), filled(n, elementB)];
  const expected = new Float32Array(n);
  for (let row = 0; row < n; row++) {
    expected.fill(0);
    for (let k = 0; k < n; k++) {
      const factor = a[row * n + k] ?? 0;
      for (let column = 0; column < n; column++)
        expected[column] = (expected[column] ?? 0) + factor * (b[k * n + column] ?? 0);
    }
    for (let column = 0; column < n; column++) {
      const at = row * n + column;
      if (c[at] !== expected[column]) return wrongElement(ID, at, expected[column] ?? NaN, c[at]);
    }
  }
  return ok(null);
}

export const gpuMatmul: BenchmarkKernel<MatmulParams, BenchGpu> = {
  id: ID,
  description: 'product of two square f32 matrices, tiled through workgroup memory',
  flop: ({ n }) => 2 * n ** 3,
  bytes: ({ n }) => 3 * 4 * n ** 2,
  workingSet: ({ n }) => 3 * 4 * n ** 2,
  shape: ({ n }) => `${n} × ${n}, tiles of ${TILE} × ${TILE}`,
  source: () => CODE,
  prepare: async (params, gpu) => {
    const { n } = params;
    const { device, handle } = gpu;
    const buffers = await guarded(handle, () => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      const make = (contents?: Float32Array<ArrayBuffer>): GPUBuffer => {
        const buffer = device.createBuffer({ size: 4 * n * n, usage });
        if (contents) device.queue.writeBuffer(buffer, 0, contents);
        return buffer;
      };
      return { a: make(filled(n, elementA)), b: make(filled(n, elementB)), c: make() };
    });
    if (!buffers.ok) return buffers;
    const { a, b, c } = buffers.value;
    return prepareDispatches(gpu, {
      params,
      recipe: {
        code: CODE,
        constants: { n },
        buffers: { 0: { buffer: a }, 1: { buffer: b }, 2: { buffer: c } },
        workgroups: [n / TILE, n / TILE],
      },
      owned: [a, b, c],
      verify: () => verifyBuffer(gpu, c, (found) => checkMatmul(new Float32Array(found), n)),
    });
  },
};
