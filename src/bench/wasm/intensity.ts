/**
 * @file The knee of one WASM thread: the arithmetic kernel (assembly/fma*.as.ts) on many blocks and few steps, from
 * memory bound to compute bound. One iteration is one pass over the array.
 */
import { ok, type Result } from '../../core/result.ts';
import { sizeText, timed, type BenchmarkKernel } from '../kernel.ts';
import { verifyWholeNumbers } from '../pseudo-random.ts';
import { arenaOf, wipe } from './arena.ts';
import plainSource from './assembly/fma.as.ts?raw';
import plainBytes from './assembly/fma.as.ts?wasm';
import relaxedSource from './assembly/fma.relaxed.as.ts?raw';
import relaxedBytes from './assembly/fma.relaxed.as.ts?wasm';
import { functionOf, instantiate } from './instance.ts';

export interface WasmIntensityParams {
  /** Bytes of one array, a multiple of 192. */
  readonly arrayBytes: number;
  /** FMA on each element, at least 1. */
  readonly steps: number;
}

const BLOCK_BYTES = 192;
const OPERANDS = 0;

/** Every element arrives `steps` higher than it was read. */
export const checkIntensity = (kernel: string, elements: Float32Array, steps: number): Result<null> =>
  verifyWholeNumbers(kernel, elements, (b) => b + steps);

function kernel(
  id: string,
  module: Uint8Array<ArrayBuffer>,
  source: string,
): BenchmarkKernel<WasmIntensityParams, null> {
  return {
    id,
    description: 'FMA on vectors that stream through memory, more or fewer a vector, on one thread',
    flop: ({ arrayBytes, steps }) => (arrayBytes / 4) * steps * 2,
    bytes: ({ arrayBytes }) => 2 * arrayBytes,
    workingSet: ({ arrayBytes }) => 2 * arrayBytes,
    shape: ({ arrayBytes, steps }) =>
      `${steps} FMA an element, ${sizeText(2 * arrayBytes)}, ${id.endsWith('relaxed') ? 'relaxed' : 'plain'} SIMD`,
    source: () => source,
    prepare: async ({ arrayBytes: wantedBytes, steps }) => {
      const arena = arenaOf(wantedBytes);
      if (!arena.ok) return arena;
      const { memory, a, b } = arena.value;
      const functions = await instantiate(module, memory);
      if (!functions.ok) return functions;
      const granted = Math.min(wantedBytes, arena.value.arrayBytes);
      const arrayBytes = Math.floor(granted / BLOCK_BYTES) * BLOCK_BYTES;
      wipe(arena.value, arrayBytes);
      new Float32Array(memory.buffer, OPERANDS, 8).fill(1);
      const fma = functionOf(functions.value, 'fma');
      return ok({
        params: { arrayBytes, steps },
        runBatch: async (iterations) => {
          const seconds = await timed(() => {
            for (let i = 0; i < iterations; i++) fma(OPERANDS, b, a, arrayBytes / BLOCK_BYTES, steps);
          });
          return ok({ seconds, gpuSeconds: null });
        },
        verify: () =>
          Promise.resolve(checkIntensity(id, new Float32Array(memory.buffer, a, arrayBytes / 4), steps)),
        release: () => undefined,
      });
    },
  };
}

export const wasmIntensitySimd = kernel('wasm.intensity.simd', plainBytes, plainSource);
export const wasmIntensityRelaxed = kernel('wasm.intensity.relaxed', relaxedBytes, relaxedSource);
