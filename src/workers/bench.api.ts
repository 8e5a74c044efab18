/**
 * @file The benchmark worker: hosts one kernel at a time and runs batches of it. The measuring protocol stays with the
 * caller, so that several workers can run the same batch together. Failures are Results, never thrown.
 */
import type { StartBarrier } from '../bench/barrier.ts';
import type { GpuCopyParams } from '../bench/webgpu/copy.ts';
import type { GpuFmaParams } from '../bench/webgpu/fma.ts';
import type { TransferParams } from '../bench/webgpu/transfer.ts';
import type { WasmCopyParams } from '../bench/wasm/copy.ts';
import type { WasmFmaParams } from '../bench/wasm/fma.ts';
import type { Result } from '../core/result.ts';

/** A kernel and its parameters. */
export type BenchRequest =
  | { readonly kernel: 'webgpu.fma.f32'; readonly params: GpuFmaParams }
  | { readonly kernel: 'webgpu.copy'; readonly params: GpuCopyParams }
  | { readonly kernel: 'webgpu.upload' | 'webgpu.download'; readonly params: TransferParams }
  | { readonly kernel: 'wasm.fma.simd' | 'wasm.fma.relaxed'; readonly params: WasmFmaParams }
  | { readonly kernel: 'wasm.copy'; readonly params: WasmCopyParams };

/** What one iteration costs with the parameters in force, which may be smaller than asked for. */
export interface KernelFacts {
  readonly flopPerIteration: number;
  readonly bytesPerIteration: number;
  readonly shape: string;
}

export interface BenchApi {
  /** Replaces the kernel before it. The first `webgpu.*` request opens the GPU; a lost GPU stays lost. */
  prepare(request: BenchRequest, barrier: StartBarrier | null): Promise<Result<KernelFacts>>;
  /** Seconds that `iterations` iterations took, from the moment all parties of the barrier had arrived. */
  runBatch(iterations: number): Promise<Result<number>>;
  /** Checks every element that the last batch left behind. */
  verify(): Promise<Result<null>>;
  release(): Promise<Result<null>>;
  /** Sends every buffer that arrives on the port straight back, transferred. */
  echo(port: MessagePort): Promise<Result<null>>;
}
