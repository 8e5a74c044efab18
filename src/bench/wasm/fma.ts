/**
 * @file Peak f32 arithmetic of one WASM thread: scalar, SIMD, relaxed SIMD (see assembly/). One iteration is one call of
 * `steps` steps from the same starts, so that results stay exact however long a batch is.
 */
import { ok, type Result } from '../../core/result.ts';
import { timed, wrongElement, type BenchmarkKernel } from '../kernel.ts';
import plainSource from './assembly/fma.as.ts?raw';
import plainBytes from './assembly/fma.as.ts?wasm';
import relaxedSource from './assembly/fma.relaxed.as.ts?raw';
import relaxedBytes from './assembly/fma.relaxed.as.ts?wasm';
import scalarSource from './assembly/scalar.as.ts?raw';
import scalarBytes from './assembly/scalar.as.ts?wasm';
import { functionOf, instantiate } from './instance.ts';

export interface WasmFmaParams {
  readonly steps: number;
}

/** As in the AssemblyScript sources. */
const CHAINS = 12;
/** Byte offsets in the module's memory. */
const OPERANDS = 0;
const STARTS = 1024;
const RESULTS = 2048;

/** Element i starts as i, so it must end as i + steps. */
export function verifyWasmFma(kernel: string, results: Float32Array, params: WasmFmaParams): Result<null> {
  for (let i = 0; i < results.length; i++) {
    if (results[i] !== i + params.steps) return wrongElement(kernel, i, i + params.steps, results[i]);
  }
  return ok(null);
}

interface Parts {
  readonly id: string;
  readonly description: string;
  /** Elements of a chain. */
  readonly lanes: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: string;
}

function kernel({ id, description, lanes, bytes, source }: Parts): BenchmarkKernel<WasmFmaParams, null> {
  const elements = CHAINS * lanes;
  return {
    id,
    description,
    flop: ({ steps }) => steps * elements * 2,
    bytes: () => 4 * 2 * elements,
    workingSet: () => 4 * 2 * elements,
    shape: ({ steps }) => `${CHAINS} chains × ${lanes === 1 ? 'f32' : 'f32x4'}, ${steps} steps`,
    source: () => source,
    prepare: async (params) => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const functions = await instantiate(bytes, memory);
      if (!functions.ok) return functions;
      const fma = functionOf(functions.value, 'fma');
      new Float32Array(memory.buffer, OPERANDS, 2 * lanes).fill(1);
      new Float32Array(memory.buffer, STARTS, elements).set(Array.from({ length: elements }, (_, i) => i));
      return ok({
        params,
        runBatch: async (iterations) => {
          const seconds = await timed(() => {
            for (let i = 0; i < iterations; i++) fma(OPERANDS, STARTS, RESULTS, 1, params.steps);
          });
          return ok({ seconds, gpuSeconds: null });
        },
        verify: () =>
          Promise.resolve(verifyWasmFma(id, new Float32Array(memory.buffer, RESULTS, elements), params)),
        release: () => undefined,
      });
    },
  };
}

export const wasmFmaScalar = kernel({
  id: 'wasm.fma.scalar',
  description: 'f32 multiply and add, one element at a time, on one thread',
  lanes: 1,
  bytes: scalarBytes,
  source: scalarSource,
});
export const wasmFmaSimd = kernel({
  id: 'wasm.fma.simd',
  description: 'f32x4 multiply and add, two instructions, on one thread',
  lanes: 4,
  bytes: plainBytes,
  source: plainSource,
});
export const wasmFmaRelaxed = kernel({
  id: 'wasm.fma.relaxed',
  description: 'f32x4 fused multiply-add of relaxed SIMD on one thread',
  lanes: 4,
  bytes: relaxedBytes,
  source: relaxedSource,
});
