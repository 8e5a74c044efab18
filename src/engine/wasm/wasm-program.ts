/** @file A loaded program: its memory, its kernels, and runs of it. */
import type { Program, Step } from '../program.ts';
import type { Target } from './assembler.ts';
import { compile, type CompileOptions, type Compiled, type Phase, type TensorPlace } from './compile.ts';
import { Crew, type BoundPhases } from './crew.ts';
import { functionOf, moduleOf } from './kernel-code.ts';
import type { Kernel } from './kernels/kernel.ts';
import type { ThreadProgram } from './thread.api.ts';

/** Ten ticks of an isolated page's clock; where ticks are longer, turns end it. */
const LEAST_MS = 0.05;
const MOST_TURNS = 32;

export interface StepSeconds {
  readonly step: Step;
  readonly flop: number;
  readonly seconds: number;
}

export interface TimedRun {
  readonly output: Float32Array<ArrayBuffer>;
  readonly steps: readonly StepSeconds[];
}

export interface ProgramOptions extends Omit<CompileOptions, 'threads'> {
  readonly target: Target;
  /** Who runs it; one thread unless told. */
  readonly crew?: Crew;
  readonly id?: number;
}

export class WasmProgram {
  readonly id: number;
  readonly phases: readonly Phase[];
  private readonly crew: Crew;
  private readonly target: Target;
  private readonly compiled: Compiled;
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: readonly Kernel[];
  private readonly bound: BoundPhases;
  private readonly counters: Int32Array;
  private readonly countersAt: number;
  private readonly input: Float32Array;
  private readonly output: Float32Array;

  /** Throws a RangeError where the browser has not as much memory. */
  constructor(program: Program, { target, crew = new Crew(1), id = 0, ...options }: ProgramOptions) {
    this.id = id;
    this.crew = crew;
    this.target = target;
    this.compiled = compile(program, { ...options, threads: crew.threads });
    this.phases = this.compiled.phases;
    const { heap, input, output } = this.compiled;
    const calls = this.phases.flatMap((phase) => phase.calls);
    const counters = calls.length * crew.threads;
    this.countersAt = heap.reserve(4 * counters);
    this.memory = heap.build(target.shared);
    this.counters = new Int32Array(this.memory.buffer, this.countersAt, counters);
    this.kernels = [...new Map(calls.map(({ kernel }) => [kernel.name, kernel])).values()];
    const functions = new Map(
      this.kernels.map((kernel) => [kernel.name, functionOf(moduleOf(kernel, target), this.memory)]),
    );
    this.bound = this.phases.map((phase) =>
      phase.calls.flatMap(({ kernel, descriptor, items }) => {
        const run = functions.get(kernel.name);
        return run ? [{ run, descriptor, items }] : [];
      }),
    );
    this.input = new Float32Array(this.memory.buffer, input.address);
    this.output = new Float32Array(this.memory.buffer, output.address, sizeOf(output));
  }

  /** What one of the other threads must know to help. */
  forThread(thread: number): ThreadProgram {
    const { kernels, target, memory, id } = this;
    return {
      kind: 'load',
      id,
      memory,
      modules: kernels.map((kernel) => moduleOf(kernel, target)),
      phases: this.phases.map(({ calls }) =>
        calls.map(({ kernel, descriptor, items }) => ({
          module: kernels.findIndex(({ name }) => name === kernel.name),
          descriptor,
          items,
        })),
      ),
      counters: this.countersAt,
      scratch: this.compiled.scratch[thread] ?? 0,
    };
  }

  /** `[C, H, W]` of the program's input → its output's, a new array. */
  run(input: Float32Array): Float32Array<ArrayBuffer> {
    this.begin(input);
    let first = 0;
    for (const calls of this.bound) first = this.runPhase(calls, first);
    return this.output.slice();
  }

  /**
   * As `run`, and the seconds of every step. One that takes no longer than the clock's tick is run again for a while, on the same
   * input; with several threads, which go on together, as fine as the clock is.
   */
  runTimed(input: Float32Array, leastMs = LEAST_MS): TimedRun {
    this.begin(input);
    let first = 0;
    const steps = this.phases.flatMap(({ step, flop }, i) => {
      const calls = this.bound[i] ?? [];
      const start = performance.now();
      let turns = 0;
      let elapsed: number;
      do {
        this.runPhase(calls, first);
        elapsed = performance.now() - start;
      } while (this.crew.threads === 1 && ++turns < MOST_TURNS && elapsed < leastMs);
      first += calls.length * this.crew.threads;
      return step ? [{ step, flop, seconds: elapsed / 1000 / Math.max(1, turns) }] : [];
    });
    return { output: this.output.slice(), steps };
  }

  /** What is computed, in order. */
  get steps(): readonly Step[] {
    return this.phases.flatMap(({ step }) => step ?? []);
  }

  private begin(input: Float32Array): void {
    this.write(input);
    if (this.crew.threads === 1) return;
    this.counters.fill(0);
    this.crew.command(this.id);
  }

  private runPhase(calls: BoundPhases[number], first: number): number {
    this.crew.runPhase(calls, this.counters, first, this.compiled.scratch[0] ?? 0);
    return first + calls.length * this.crew.threads;
  }

  private write(data: Float32Array): void {
    const { rows, columns, rowStep, channels, channelStep } = this.compiled.input;
    const wanted = sizeOf(this.compiled.input);
    if (data.length !== wanted) throw new Error(`the input has ${data.length} values, not ${wanted}`);
    if (rowStep === columns && channelStep === rows * columns) {
      this.input.set(data);
      return;
    }
    // Element by element: a view a row would be garbage a frame.
    let from = 0;
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < rows; y++) {
        const to = c * channelStep + y * rowStep;
        for (let x = 0; x < columns; x++) this.input[to + x] = data[from++] ?? 0;
      }
  }
}

const sizeOf = ({ channels, rows, columns }: TensorPlace): number => channels * rows * columns;
