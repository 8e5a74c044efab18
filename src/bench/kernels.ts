/** @file Every kernel by its id, with what it runs on: a GPU, or the worker alone. */
import type { BenchmarkKernel } from './kernel.ts';
import { gpuDot, gpuFma, gpuHalf } from './webgpu/arithmetic.ts';
import type { BenchGpu } from './webgpu/bench-gpu.ts';
import { gpuIntensity } from './webgpu/intensity.ts';
import { gpuMatmul } from './webgpu/matmul.ts';
import { gpuOverhead } from './webgpu/overhead.ts';
import { gpuStream } from './webgpu/stream.ts';
import { gpuDownload, gpuUpload } from './webgpu/transfer.ts';
import { gpuWorkgroup } from './webgpu/workgroup.ts';
import { wasmFmaRelaxed, wasmFmaScalar, wasmFmaSimd } from './wasm/fma.ts';
import { wasmIntensityRelaxed, wasmIntensitySimd } from './wasm/intensity.ts';
import { wasmStream } from './wasm/stream.ts';

export const GPU_KERNELS = {
  'webgpu.fma.f32': gpuFma,
  'webgpu.fma.f16': gpuHalf,
  'webgpu.dot.i8': gpuDot,
  'webgpu.matmul': gpuMatmul,
  'webgpu.read': gpuStream.read,
  'webgpu.write': gpuStream.write,
  'webgpu.copy': gpuStream.copy,
  'webgpu.triad': gpuStream.triad,
  'webgpu.workgroup': gpuWorkgroup,
  'webgpu.intensity': gpuIntensity,
  'webgpu.dispatch': gpuOverhead.dispatch,
  'webgpu.submit': gpuOverhead.submit,
  'webgpu.first-use': gpuOverhead['first-use'],
  'webgpu.upload': gpuUpload,
  'webgpu.download': gpuDownload,
} as const;

export const WASM_KERNELS = {
  'wasm.fma.scalar': wasmFmaScalar,
  'wasm.fma.simd': wasmFmaSimd,
  'wasm.fma.relaxed': wasmFmaRelaxed,
  'wasm.read': wasmStream.read,
  'wasm.write': wasmStream.write,
  'wasm.copy': wasmStream.copy,
  'wasm.triad': wasmStream.triad,
  'wasm.intensity.simd': wasmIntensitySimd,
  'wasm.intensity.relaxed': wasmIntensityRelaxed,
} as const;

type GpuKernels = typeof GPU_KERNELS;
type WasmKernels = typeof WASM_KERNELS;
type ParamsOf<K> = K extends BenchmarkKernel<infer Params, BenchGpu> | BenchmarkKernel<infer Params, null>
  ? Params
  : never;
type Requests<Kernels> = {
  [Id in keyof Kernels]: { readonly kernel: Id; readonly params: ParamsOf<Kernels[Id]> };
}[keyof Kernels];

export type GpuRequest = Requests<GpuKernels>;
export type WasmRequest = Requests<WasmKernels>;
/** A kernel and its parameters. */
export type BenchRequest = GpuRequest | WasmRequest;
export type KernelId = BenchRequest['kernel'];

export const isGpuRequest = (request: BenchRequest): request is GpuRequest => request.kernel in GPU_KERNELS;

/** The kernel of a request; its parameters fit, as the request's type says. */
export const gpuKernelOf = ({ kernel }: GpuRequest): BenchmarkKernel<unknown, BenchGpu> =>
  GPU_KERNELS[kernel] as BenchmarkKernel<unknown, BenchGpu>;
export const wasmKernelOf = ({ kernel }: WasmRequest): BenchmarkKernel<unknown, null> =>
  WASM_KERNELS[kernel] as BenchmarkKernel<unknown, null>;
