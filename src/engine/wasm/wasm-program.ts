/** @file A loaded program: its memory, its kernels, and runs of it. */
import type { Program, Step } from '../program.ts';
import type { Target } from './assembler.ts';
import { compile, type CompileOptions, type Compiled, type Phase } from './compile.ts';
import { Counters, Crew, type BoundPhase } from './crew.ts';
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
  private readonly bound: readonly BoundPhase[];
  private readonly counters: Counters;
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
    this.countersAt = heap.reserve(4 * Counters.lengthFor(calls.length, crew.threads));
    this.memory = heap.build(target.shared);
    this.kernels = [...new Map(calls.map(({ kernel }) => [kernel.name, kernel])).values()];
    const functions = new Map(
      this.kernels.map((kernel) => [kernel.name, functionOf(moduleOf(kernel, target), this.memory)]),
    );
    this.bound = this.phases.map(({ calls, helps }) => ({
      helps,
      calls: calls.flatMap(({ kernel, descriptor, items }) => {
        const run = functions.get(kernel.name);
        return run ? [{ run, descriptor, items }] : [];
      }),
    }));
    this.counters = crew.counters(this.memory, this.countersAt, this.bound);
    this.input = new Float32Array(this.memory.buffer, input.address, input.length);
    this.output = new Float32Array(this.memory.buffer, output.address, output.length);
  }

  /** What one of the other threads must know to help. */
  forThread(thread: number): ThreadProgram {
    const { kernels, target, memory, id } = this;
    return {
      kind: 'load',
      id,
      memory,
      modules: kernels.map((kernel) => moduleOf(kernel, target)),
      phases: this.phases.map(({ calls, helps }) => ({
        helps,
        calls: calls.map(({ kernel, descriptor, items }) => ({
          module: kernels.findIndex(({ name }) => name === kernel.name),
          descriptor,
          items,
        })),
      })),
      counters: this.countersAt,
      scratch: this.compiled.scratch[thread] ?? 0,
    };
  }

  /** `[C, H, W]` of the program's input → its output's, a new array. */
  run(input: Float32Array): Float32Array<ArrayBuffer> {
    this.begin(input);
    let first = 0;
    for (const phase of this.bound) first = this.runPhase(phase, first);
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
      const bound = this.bound[i];
      if (!bound) return [];
      const start = performance.now();
      let turns = 0;
      let elapsed: number;
      do {
        this.runPhase(bound, first);
        elapsed = performance.now() - start;
      } while (this.crew.threads === 1 && ++turns < MOST_TURNS && elapsed < leastMs);
      first += bound.calls.length;
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
    this.counters.begin();
    this.crew.command(this.id);
  }

  private runPhase(phase: BoundPhase, first: number): number {
    this.crew.runPhase(phase, this.counters, first, this.compiled.scratch[0] ?? 0);
    return first + phase.calls.length;
  }

  private write(data: Float32Array): void {
    const { length } = this.input;
    if (data.length !== length) throw new Error(`the input has ${data.length} values, not ${length}`);
    this.input.set(data);
  }
}
