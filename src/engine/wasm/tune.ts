/**
 * @file Chooses how each convolution is computed by measuring the ways there are, each shape once, on one thread. What is computed is
 * the step alone on zeros: its time does not hang on the numbers.
 */
import type { ConvolutionStep, FeatureMap, Program } from '../program.ts';
import type { Target } from './assembler.ts';
import { compile, type Choose } from './compile.ts';
import type { ConvolutionParts, Variant } from './variants.ts';
import { WasmProgram } from './wasm-program.ts';

/** Runs of a variant; the fastest counts. */
const RUNS = 4;
/** At first the browser runs code that it has not optimised yet. */
const WARM_SECONDS = 0.01;

/** The fastest variant of each shape; plain data, good for every worker of this device. */
export type Tuning = readonly (readonly [shape: string, variant: Variant])[];

export class Tuner {
  private readonly chosen = new Map<string, Variant>();
  private readonly warm = new Set<string>();
  private readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  /** What was measured to be the fastest, or the first. */
  readonly choose: Choose = (parts, variants) => this.chosen.get(shapeOf(parts)) ?? variants[0];

  /** Measures the shapes of a program that were not measured yet, until the time is up. */
  tune(program: Program, seconds: number): Tuning {
    const end = performance.now() + 1000 * seconds;
    compile(program, {
      threads: 1,
      isDry: true,
      choose: (parts, variants) => {
        const shape = shapeOf(parts);
        if (!this.chosen.has(shape) && variants.length > 1 && performance.now() < end) {
          const best = this.fastest(parts, variants);
          if (best) this.chosen.set(shape, best);
        }
        return this.choose(parts, variants);
      },
    });
    return [...this.chosen];
  }

  /** Takes over what was measured elsewhere. */
  adopt(tuning: Tuning): void {
    for (const [shape, variant] of tuning) this.chosen.set(shape, variant);
  }

  private fastest(
    { step, input, output }: ConvolutionParts,
    variants: readonly Variant[],
  ): Variant | undefined {
    const program = stepAlone(step, input, output);
    let [best, least] = [variants[0], Infinity];
    for (const variant of variants) {
      const seconds = this.secondsOf(program, variant);
      if (seconds < least) [best, least] = [variant, seconds];
    }
    return best;
  }

  private secondsOf(program: Program, variant: Variant): number {
    const run = new WasmProgram(program, { target: this.target, choose: () => variant, isDry: true });
    const zeros = new Float32Array(sizeOf(program.maps[program.input]));
    const kernels = run.phases.flatMap(({ calls }) => calls.map(({ kernel }) => kernel.name));
    const isWarm = kernels.every((name) => this.warm.has(name));
    const until = performance.now() + (isWarm ? 0 : WARM_SECONDS * 1000);
    do run.runTimed(zeros);
    while (performance.now() < until);
    kernels.forEach((name) => this.warm.add(name));
    const runs = Array.from({ length: RUNS }, () =>
      run.runTimed(zeros).steps.reduce((sum, { seconds }) => sum + seconds, 0),
    );
    return Math.min(...runs);
  }
}

function stepAlone(step: ConvolutionStep, input: FeatureMap, output: FeatureMap): Program {
  const alone = { ...step, input: 0, output: 1, residual: null };
  return { maps: [input, output], input: 0, output: 1, steps: [alone] };
}

/** All that the time of a convolution hangs on. */
const shapeOf = ({ step, input, output, residual }: ConvolutionParts): string =>
  [
    ...[input.channels, input.height, input.width, output.channels, output.height, output.width],
    ...[step.kernel, step.strides, step.dilations, step.pads, input.placeBytes, residual !== null],
  ].join();

const sizeOf = (map: FeatureMap | undefined): number => (map ? map.channels * map.height * map.width : 0);
