/**
 * @file Chooses how each convolution is computed by measuring the ways there are, each shape once, on one thread. What is computed is
 * the step alone on zeros: its time does not hang on the numbers.
 */
import type { ConvolutionStep, FeatureMap, Program } from '../program.ts';
import type { Choose } from './compile.ts';
import type { Target } from './assembler.ts';
import { type ConvolutionParts, type Variant } from './variants.ts';
import { WasmProgram } from './wasm-program.ts';

/** Runs of a variant; the fastest counts. */
const RUNS = 4;
/** At first the browser runs code that it has not optimised yet. */
const WARM_SECONDS = 0.01;

export interface TuneOptions {
  readonly target: Target;
  /** Shapes that come when it is spent get the first variant. */
  readonly budgetSeconds: number;
}

/** Measures when it is asked, and remembers by shape; one for all programs of a worker. */
export class Tuner {
  private readonly chosen = new Map<string, Variant>();
  private readonly warm = new Set<string>();
  private readonly options: TuneOptions;
  private spentSeconds = 0;

  constructor(options: TuneOptions) {
    this.options = options;
  }

  readonly choose: Choose = (parts, variants) => {
    const shape = shapeOf(parts);
    const known = this.chosen.get(shape);
    if (known) return known;
    if (variants.length < 2 || this.spentSeconds >= this.options.budgetSeconds) return variants[0];
    const start = performance.now();
    const best = this.fastest(parts, variants);
    this.spentSeconds += (performance.now() - start) / 1000;
    if (best) this.chosen.set(shape, best);
    return best;
  };

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
    const run = new WasmProgram(program, { target: this.options.target, choose: () => variant });
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
