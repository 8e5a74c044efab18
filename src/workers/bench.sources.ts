/**
 * @file The sources of the kernels, for a reader of a figure. Loaded when somebody asks: it brings all kernels along.
 */
import hopSource from '../bench/hop.ts?raw';
import { GPU_KERNELS, WASM_KERNELS, type KernelId } from '../bench/kernels.ts';

export interface KernelSource {
  /** The kernel's id. */
  readonly title: string;
  /** What it exercises, in one sentence. */
  readonly description: string;
  readonly language: 'WGSL' | 'AssemblyScript' | 'TypeScript';
  /** As it is in the repository: a shader before it is unrolled to the shape that the metric names. */
  readonly code: string;
}

/** Shaders that are unrolled are shown with one chain and one line. */
const SMALLEST = { chains: 1, lines: 1, steps: 1 };
const IN_TYPESCRIPT: readonly string[] = ['webgpu.upload', 'webgpu.download'];

interface Described {
  readonly description: string;
  readonly source: (params: never) => string;
}

/** The kernel with this id; null for an unknown one. */
export function kernelSourceOf(id: string): KernelSource | null {
  if (id.startsWith('worker.hop')) {
    const description = 'a message from worker to worker and its answer, transferred or in shared memory';
    return { title: id, description, language: 'TypeScript', code: hopSource };
  }
  const kernels: Readonly<Record<KernelId, Described>> = { ...GPU_KERNELS, ...WASM_KERNELS };
  const kernel = id in kernels ? kernels[id as KernelId] : null;
  if (!kernel) return null;
  return {
    title: id,
    description: kernel.description,
    language: IN_TYPESCRIPT.includes(id)
      ? 'TypeScript'
      : id.startsWith('webgpu.')
        ? 'WGSL'
        : 'AssemblyScript',
    code: kernel.source(SMALLEST as never),
  };
}
