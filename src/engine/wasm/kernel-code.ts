/**
 * @file Kernels as compiled modules, one function each. They are kept: browsers optimise code while it runs, and the next program
 * that uses a kernel, on any thread, starts from there.
 */
import { assemble, type Target } from './assembler.ts';
import { argumentsOf, PARAMETERS, type Kernel } from './kernels/kernel.ts';

/** Runs the items `from` … `to - 1` that a descriptor tells of. */
export type KernelFunction = (descriptor: number, from: number, to: number, scratch: number) => void;

const EXPORT = 'run';
const modules = new Map<string, WebAssembly.Module>();

/** `(x · 1 + 0)` with relaxed SIMD: a browser without it does not validate this. */
const probe = (): Uint8Array<ArrayBuffer> =>
  assemble(
    [
      {
        name: EXPORT,
        params: 0,
        body: (builder) => {
          const x = builder.v128();
          return x.set(builder.madd(x, x, x));
        },
      },
    ],
    { relaxed: true, shared: false },
  );

/** Whether this browser has relaxed SIMD, and so one instruction for a multiply-add. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(probe());

export function moduleOf(kernel: Kernel, target: Target): WebAssembly.Module {
  const key = `${kernel.name}/${String(target.relaxed)}/${String(target.shared)}`;
  const kept = modules.get(key);
  if (kept) return kept;
  const bytes = assemble(
    [
      {
        name: EXPORT,
        params: PARAMETERS,
        body: (builder) => kernel.body(builder, argumentsOf(kernel, builder)),
      },
    ],
    target,
  );
  const made = new WebAssembly.Module(bytes);
  modules.set(key, made);
  return made;
}

export function functionOf(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelFunction {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const found = exports[EXPORT];
  if (typeof found !== 'function') throw new Error(`a kernel's module exports no ${EXPORT}`);
  return found as KernelFunction;
}
