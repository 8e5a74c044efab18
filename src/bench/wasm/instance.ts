/**
 * @file A compiled benchmark module: its memory and its functions. Memory is laid out by the kernels in TypeScript; the
 * modules have no data of their own.
 */
import { detailOf } from '../../core/errors.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A WebAssembly page. */
export const PAGE_BYTES = 65_536;

/** The exported functions by name. */
export type Functions = Readonly<Record<string, (...args: number[]) => void>>;

/** Compiled once a worker: engines optimise a module while it runs, and the next visit shall find that done. */
const compiled = new Map<Uint8Array<ArrayBuffer>, WebAssembly.Module>();

/** `worker-failed` where the module does not validate here (relaxed SIMD). */
export async function instantiate(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
): Promise<Result<Functions>> {
  try {
    const module = compiled.get(bytes) ?? (await WebAssembly.compile(bytes));
    compiled.set(bytes, module);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return ok(instance.exports as Functions);
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

/** The function of that name; a module without it is a bug. */
export function functionOf(functions: Functions, name: string): (...args: number[]) => void {
  const found = functions[name];
  if (found === undefined) throw new Error(`the module does not export ${name}`);
  return found;
}
