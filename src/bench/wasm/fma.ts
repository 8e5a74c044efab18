/**
 * @file Peak f32 arithmetic of one WASM thread, plain or relaxed SIMD (see assembly/fma*.as.ts). One iteration is one
 * call of `steps` steps from the same starts, so that results stay exact however long a batch is.
 */
import { ok, type Result } from '../../core/result.ts';
import { timed, wrongElement, type BenchmarkKernel } from '../kernel.ts';
import plainBytes from './assembly/fma.as.ts?wasm';
import relaxedBytes from './assembly/fma.relaxed.as.ts?wasm';
import { instantiate } from './instance.ts';

export interface WasmFmaParams {
  readonly steps: number;
}

/** As in the AssemblyScript source. */
const CHAINS = 12;
const LANES = 4;
const ELEMENTS = CHAINS * LANES;
/** Byte offsets in the module's memory. */
const OPERANDS = 0;
const STARTS = 1024;
const RESULTS = 2048;

/** Element i starts as i, so it must end as i + steps. */
export function verifyWasmFma(kernel: string, results: Float32Array, params: WasmFmaParams): Result<null> {
  for (let i = 0; i < ELEMENTS; i++) {
    if (results[i] !== i + params.steps) return wrongElement(kernel, i, i + params.steps, results[i]);
  }
  return ok(null);
}

function kernel(
  id: string,
  description: string,
  bytes: Uint8Array<ArrayBuffer>,
): BenchmarkKernel<WasmFmaParams, null> {
  return {
    id,
    description,
    flop: ({ steps }) => steps * ELEMENTS * 2,
    bytes: () => 4 * (2 * LANES + 2 * ELEMENTS),
    shape: ({ steps }) => `${CHAINS} chains × f32x4, ${steps} steps`,
    prepare: async (params) => {
      const instance = await instantiate(bytes, 'fma');
      if (!instance.ok) return instance;
      const { memory, call } = instance.value;
      new Float32Array(memory.buffer, OPERANDS, 2 * LANES).fill(1);
      new Float32Array(memory.buffer, STARTS, ELEMENTS).set(Array.from({ length: ELEMENTS }, (_, i) => i));
      return ok({
        params,
        runBatch: async (iterations) =>
          ok(
            await timed(() => {
              for (let i = 0; i < iterations; i++) call(OPERANDS, STARTS, RESULTS, params.steps);
            }),
          ),
        verify: () =>
          Promise.resolve(verifyWasmFma(id, new Float32Array(memory.buffer, RESULTS, ELEMENTS), params)),
        release: () => undefined,
      });
    },
  };
}

export const wasmFmaSimd = kernel(
  'wasm.fma.simd',
  'f32x4 multiply and add, two instructions, on one thread',
  plainBytes,
);
export const wasmFmaRelaxed = kernel(
  'wasm.fma.relaxed',
  'f32x4 fused multiply-add of relaxed SIMD on one thread',
  relaxedBytes,
);
