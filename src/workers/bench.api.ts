/**
 * @file The benchmark worker: hosts one kernel at a time and runs batches of it. The measuring protocol stays with the
 * caller, so that several workers can run the same batch together. Failures are Results, never thrown.
 */
import type { StartBarrier } from '../bench/barrier.ts';
import type { HopRequest } from '../bench/hop.ts';
import type { BenchRequest } from '../bench/kernels.ts';
import type { BatchTime } from '../bench/protocol.ts';
import type { Result } from '../core/result.ts';

export type { BenchRequest, GpuRequest, WasmRequest } from '../bench/kernels.ts';

/** What one iteration costs with the parameters in force, which may be smaller than asked for. */
export interface KernelFacts {
  readonly flopPerIteration: number;
  readonly bytesPerIteration: number;
  readonly workingSetBytes: number;
  readonly shape: string;
  /** The arrays are smaller than asked for: memory was refused. */
  readonly isSmaller: boolean;
}

export interface BenchApi {
  /**
   * Replaces the kernel before it. The first `webgpu.*` request opens the GPU, as does the first one after it was lost:
   * the loss is told once, by whatever call met it.
   */
  prepare(request: BenchRequest, barrier: StartBarrier | null): Promise<Result<KernelFacts>>;
  /** How long `iterations` iterations took, from the moment all parties of the barrier had arrived. */
  runBatch(iterations: number): Promise<Result<BatchTime>>;
  /** Checks every element that the last batch left behind. */
  verify(): Promise<Result<null>>;
  release(): Promise<Result<null>>;
  /** Makes messages to another worker the kernel: see bench/hop.ts. */
  prepareHop(request: HopRequest): Promise<Result<null>>;
  /** Sends every buffer that arrives on the port straight back, transferred. */
  echo(port: MessagePort): Promise<Result<null>>;
  /** Answers `rounds` rounds of a shared buffer: waits for each, touches every word, and says so (see bench/hop.ts). */
  answer(buffer: SharedArrayBuffer, rounds: number): Promise<Result<null>>;
  /** Runs the prepared kernel over and over until `rest`, for another processor to be measured meanwhile. */
  keepBusy(): Promise<Result<null>>;
  rest(): Promise<Result<null>>;
  /** Ends the GPU as a driver would: for tests of what follows. */
  loseGpu(): Promise<Result<null>>;
}
