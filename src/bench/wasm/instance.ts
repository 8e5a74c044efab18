/**
 * @file A compiled benchmark module: its memory and its one exported function. Memory is laid out by the kernel in
 * TypeScript; the modules have no data of their own.
 */
import { detailOf } from '../../core/errors.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A WebAssembly page. */
export const PAGE_BYTES = 65_536;

export interface BenchInstance {
  readonly memory: WebAssembly.Memory;
  readonly call: (...args: number[]) => void;
}

/** `worker-failed` where the module does not validate here (relaxed SIMD) or its export is missing. */
export async function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  exportName: string,
): Promise<Result<BenchInstance>> {
  try {
    const { instance } = await WebAssembly.instantiate(bytes);
    const memory = instance.exports['memory'];
    const call = instance.exports[exportName];
    if (!(memory instanceof WebAssembly.Memory) || typeof call !== 'function') {
      throw new Error(`the module does not export memory and ${exportName}`);
    }
    return ok({ memory, call: call as BenchInstance['call'] });
  } catch (thrown) {
    return err({ code: 'worker-failed', worker: 'wasm bench', detail: detailOf(thrown) });
  }
}

/** Grows the memory to `bytes`; false where the engine refuses. */
export function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missingPages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  try {
    if (missingPages > 0) memory.grow(missingPages);
    return true;
  } catch {
    return false; // RangeError: out of address space or over the engine's limit.
  }
}
