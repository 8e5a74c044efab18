/**
 * @file Memory bandwidth of one WASM thread: a v128 copy between two areas that are too large for the caches. Halves
 * the size where the engine refuses the memory; the size in force is reported.
 */
import { err, ok } from '../../core/result.ts';
import { timed, type BenchmarkKernel } from '../kernel.ts';
import { fillPseudoRandom, verifyPseudoRandom } from '../pseudo-random.ts';
import bytes from './assembly/copy.as.ts?wasm';
import { growTo, instantiate, PAGE_BYTES } from './instance.ts';

export interface WasmCopyParams {
  /** Bytes of the source area, a multiple of 64. */
  readonly sizeBytes: number;
}

const MIN_BYTES = 2 ** 22;

export const wasmCopy: BenchmarkKernel<WasmCopyParams, null> = {
  id: 'wasm.copy',
  description: 'copy through memory with 128-bit loads and stores on one thread',
  flop: () => 0,
  bytes: ({ sizeBytes }) => 2 * sizeBytes,
  shape: ({ sizeBytes }) => `${sizeBytes / 2 ** 20} MiB copied`,
  prepare: async (wanted) => {
    const instance = await instantiate(bytes, 'copy');
    if (!instance.ok) return instance;
    const { memory, call } = instance.value;
    let { sizeBytes } = wanted;
    const source = PAGE_BYTES;
    while (!growTo(memory, source + 2 * sizeBytes)) {
      sizeBytes /= 2;
      if (sizeBytes < MIN_BYTES)
        return err({ code: 'worker-failed', worker: 'wasm bench', detail: 'memory refused' });
    }
    const target = source + sizeBytes;
    fillPseudoRandom(new Uint32Array(memory.buffer, source, sizeBytes / 4));
    return ok({
      params: { sizeBytes },
      runBatch: async (iterations) =>
        ok(
          await timed(() => {
            for (let i = 0; i < iterations; i++) call(source, target, sizeBytes);
          }),
        ),
      verify: () =>
        Promise.resolve(
          verifyPseudoRandom('wasm.copy', new Uint32Array(memory.buffer, target, sizeBytes / 4)),
        ),
      release: () => undefined, // The memory goes with the instance.
    });
  },
};
