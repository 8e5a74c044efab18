/**
 * @file Memory bandwidth of the GPU: read, write, copy, triad (see stream.wgsl) over a working set that lies in its caches
 * or goes far beyond them. One iteration is one dispatch of `passes` passes. The arrays halve where the adapter's limits
 * or its memory refuse them.
 */
import { ok, type Result } from '../../core/result.ts';
import { sizeText, wrongElement, type BenchmarkKernel } from '../kernel.ts';
import { verifyWholeNumbers } from '../pseudo-random.ts';
import { STREAM_ARRAYS, type StreamOperation } from '../streams.ts';
import type { Arrays, BenchGpu } from './bench-gpu.ts';
import { prepareDispatches, readBack } from './dispatch.ts';
import { guarded } from './guarded.ts';
import source from './stream.wgsl?raw';

export interface GpuStreamParams {
  /** Bytes of one array, a power of two. */
  readonly arrayBytes: number;
  readonly passes: number;
  readonly workgroupSize: number;
  /** Lanes of all workgroups are a power of two and no more than there are words of 16 bytes in an array. */
  readonly workgroups: number;
}

/** As in the shader. */
const SCALE = 3;
const WORD_BYTES = 16;

/** Sums of a read: what each lane adds up in its passes, from what every residue class adds up in one. */
export function checkRead(sums: Uint32Array, contents: Uint32Array, params: GpuStreamParams): Result<null> {
  const { passes, workgroupSize, workgroups } = params;
  const lanes = workgroupSize * workgroups;
  const classes = new Uint32Array(4 * lanes);
  for (let i = 0; i < contents.length; i++) {
    const at = i % (4 * lanes);
    classes[at] = (classes[at] ?? 0) + (contents[i] ?? 0);
  }
  for (let i = 0; i < 4 * lanes; i++) {
    let expected = 0;
    for (let pass = 0; pass < passes; pass++)
      expected = (expected + (classes[(i + 4 * pass * workgroupSize) % (4 * lanes)] ?? 0)) >>> 0;
    if (sums[i] !== expected) return wrongElement('webgpu.read', i, expected, sums[i]);
  }
  return ok(null);
}

const expectedOf: Readonly<
  Record<Exclude<StreamOperation, 'read'>, (b: number, c: number, i: number) => number>
> = {
  write: (_b, _c, i) => Math.floor(i / 4) + SCALE,
  copy: (b) => b,
  triad: (b, c) => b + SCALE * c,
};

/** Every element that a write, a copy or a triad leaves behind. */
export function checkWritten(
  operation: Exclude<StreamOperation, 'read'>,
  written: Float32Array,
): Result<null> {
  return verifyWholeNumbers(`webgpu.${operation}`, written, expectedOf[operation]);
}

async function verify(
  operation: StreamOperation,
  gpu: BenchGpu,
  arrays: Arrays,
  sums: GPUBuffer,
  params: GpuStreamParams,
): Promise<Result<null>> {
  const contents = await readBack(gpu, operation === 'read' ? arrays.b : arrays.a, params.arrayBytes);
  if (!contents.ok) return contents;
  if (operation !== 'read') return checkWritten(operation, new Float32Array(contents.value));
  const found = await readBack(gpu, sums);
  return found.ok ? checkRead(new Uint32Array(found.value), new Uint32Array(contents.value), params) : found;
}

const DESCRIPTIONS: Readonly<Record<StreamOperation, string>> = {
  read: 'read through GPU memory with 128-bit loads',
  write: 'write through GPU memory with 128-bit stores',
  copy: 'copy through GPU memory with 128-bit loads and stores',
  triad: 'a = b + s·c through GPU memory with 128-bit loads and stores (STREAM triad)',
};

function kernel(operation: StreamOperation): BenchmarkKernel<GpuStreamParams, BenchGpu> {
  const workingSet = ({ arrayBytes }: GpuStreamParams): number => STREAM_ARRAYS[operation] * arrayBytes;
  return {
    id: `webgpu.${operation}`,
    description: DESCRIPTIONS[operation],
    flop: () => 0,
    bytes: (params) => params.passes * workingSet(params),
    workingSet,
    shape: (params) =>
      `${sizeText(workingSet(params))}, ${params.passes} passes, ${params.workgroups} workgroups of ${params.workgroupSize}`,
    source: () => source,
    prepare: async (wanted, gpu) => {
      const arrays = await gpu.arraysOf(wanted.arrayBytes);
      if (!arrays.ok) return arrays;
      const { a, b, c } = arrays.value;
      const params = { ...wanted, arrayBytes: Math.min(wanted.arrayBytes, a.size) };
      const size = params.arrayBytes;
      const sums = await guarded(gpu.handle, () =>
        gpu.device.createBuffer({
          size: params.workgroups * params.workgroupSize * WORD_BYTES,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
        }),
      );
      if (!sums.ok) return sums;
      const bindings = [a, b, c].map((buffer) => ({ buffer, size }));
      const used = { read: [1], write: [0], copy: [0, 1], triad: [0, 1, 2] }[operation];
      const buffers = Object.fromEntries(used.flatMap((at) => (bindings[at] ? [[at, bindings[at]]] : [])));
      return prepareDispatches(gpu, {
        params,
        recipe: {
          code: source,
          entryPoint: `stream_${operation}`,
          constants: {
            workgroup_size: params.workgroupSize,
            passes: params.passes,
            words: size / WORD_BYTES,
          },
          buffers: operation === 'read' ? { ...buffers, 3: { buffer: sums.value } } : buffers,
          workgroups: [params.workgroups, 1],
        },
        owned: [sums.value],
        verify: () => verify(operation, gpu, arrays.value, sums.value, params),
      });
    },
  };
}

export const gpuStream = {
  read: kernel('read'),
  write: kernel('write'),
  copy: kernel('copy'),
  triad: kernel('triad'),
} as const;
