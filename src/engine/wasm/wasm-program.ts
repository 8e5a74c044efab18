/** @file A program on one thread: its memory, its kernels, and runs of it. */
import type { Program, Step } from '../program.ts';
import type { Target } from './assembler.ts';
import { compile, type Choose, type Compiled, type Phase, type TensorPlace } from './compile.ts';
import { functionOf, moduleOf, type KernelFunction } from './kernel-code.ts';

export interface StepSeconds {
  readonly step: Step;
  readonly flop: number;
  readonly seconds: number;
}

export class WasmProgram {
  readonly phases: readonly Phase[];
  private readonly compiled: Compiled;
  private readonly memory: WebAssembly.Memory;
  private readonly functions: ReadonlyMap<string, KernelFunction>;

  /** Throws a RangeError where the browser has not as much memory. */
  constructor(program: Program, target: Target, choose: Choose) {
    this.compiled = compile(program, 1, choose);
    this.phases = this.compiled.phases;
    this.memory = this.compiled.heap.build(target.shared);
    const kernels = this.phases.flatMap(({ calls }) => calls.map(({ kernel }) => kernel));
    this.functions = new Map(
      kernels.map((kernel) => [kernel.name, functionOf(moduleOf(kernel, target), this.memory)]),
    );
  }

  /** `[C, H, W]` of the program's input → its output's, a new array. */
  run(input: Float32Array): Float32Array<ArrayBuffer> {
    this.write(this.compiled.input, input);
    for (const phase of this.phases) this.runPhase(phase);
    return this.read(this.compiled.output);
  }

  /** Seconds of every step of one run, as fine as the clock is. */
  runTimed(input: Float32Array, now: () => number = () => performance.now()): readonly StepSeconds[] {
    this.write(this.compiled.input, input);
    return this.phases.flatMap((phase) => {
      const start = now();
      this.runPhase(phase);
      const seconds = (now() - start) / 1000;
      return phase.step ? [{ step: phase.step, flop: phase.flop, seconds }] : [];
    });
  }

  runPhase({ calls }: Phase): void {
    const [scratch = 0] = this.compiled.scratch;
    for (const { kernel, descriptor, items } of calls)
      this.functions.get(kernel.name)?.(descriptor, 0, items, scratch);
  }

  private write(
    { address, rows, columns, rowStep, channels, channelStep }: TensorPlace,
    data: Float32Array,
  ): void {
    if (data.length !== channels * rows * columns)
      throw new Error(`the input has ${data.length} values, not ${channels * rows * columns}`);
    const memory = new Float32Array(this.memory.buffer, address);
    if (rowStep === columns && channelStep === rows * columns) memory.set(data);
    else
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < rows; y++) {
          const from = (c * rows + y) * columns;
          memory.set(data.subarray(from, from + columns), c * channelStep + y * rowStep);
        }
  }

  private read({ address, rows, columns, channels }: TensorPlace): Float32Array<ArrayBuffer> {
    const result = new Float32Array(channels * rows * columns);
    result.set(new Float32Array(this.memory.buffer, address, result.length));
    return result;
  }
}
