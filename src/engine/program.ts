/**
 * @file What our own engine runs: a straight list of steps over feature maps of one picture. Fusing leaves a network of almost
 * one operator, so there are few kinds; bias, residual and clamp belong to the step that computes the value they change.
 */

/** A feature map `[C, H, W]` of one picture. */
export interface FeatureMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Which map of a program. */
export type MapIndex = number;

/** Bounds of an activation: Relu is `[0, ∞]`, Relu6 `[0, 6]`, none `[-∞, ∞]`. */
export interface Clamp {
  readonly min: number;
  readonly max: number;
}

interface StepParts {
  /** Nodes of the graph that this step computes, the one that does the work first. */
  readonly nodes: readonly string[];
  readonly input: MapIndex;
  readonly output: MapIndex;
  readonly clamp: Clamp;
}

export interface Window {
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [y: number, x: number];
  readonly dilations: readonly [y: number, x: number];
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

/** `clamp(convolution + bias + residual)`; a dense layer is one whose window is its whole input. */
export interface ConvolutionStep extends StepParts, Window {
  readonly kind: 'convolution';
  /** `[O, C, kernel height, kernel width]` */
  readonly weights: Float32Array;
  /** `[O]` */
  readonly bias: Float32Array;
  readonly residual: MapIndex | null;
}

/** One filter a channel: `clamp(convolution + bias)`. */
export interface DepthwiseStep extends StepParts, Window {
  readonly kind: 'depthwise';
  /** `[C, kernel height, kernel width]` */
  readonly weights: Float32Array;
  /** `[C]` */
  readonly bias: Float32Array;
}

/** The mean of each channel: `[C, 1, 1]`. */
export interface MeanStep extends StepParts {
  readonly kind: 'mean';
}

/** `clamp(input + other)`, without `other` an activation that no step before could take. */
export interface AddStep extends StepParts {
  readonly kind: 'add';
  readonly other: MapIndex | null;
}

export type Step = ConvolutionStep | DepthwiseStep | MeanStep | AddStep;

export interface Program {
  readonly maps: readonly FeatureMap[];
  readonly input: MapIndex;
  readonly output: MapIndex;
  /** In an order in which each reads what is there. */
  readonly steps: readonly Step[];
}

export const NO_CLAMP: Clamp = { min: -Infinity, max: Infinity };

/** Maps that a step reads. */
export function readBy(step: Step): readonly MapIndex[] {
  const other = step.kind === 'convolution' ? step.residual : step.kind === 'add' ? step.other : null;
  return other === null ? [step.input] : [step.input, other];
}

/** Floating-point operations, a fused multiply-add as two; activations and additions of residuals not counted. */
export function flopOf({ maps }: Program, step: Step): number {
  const input = maps[step.input];
  const output = maps[step.output];
  if (!input || !output) return 0;
  const results = output.channels * output.height * output.width;
  switch (step.kind) {
    case 'convolution':
      return 2 * results * input.channels * step.kernel[0] * step.kernel[1];
    case 'depthwise':
      return 2 * results * step.kernel[0] * step.kernel[1];
    case 'mean':
      return input.channels * input.height * input.width;
    case 'add':
      return results;
  }
}

/** When each map is read for the last time: after that step its memory is free. */
export function lastReads({ maps, steps, output }: Program): readonly number[] {
  const last = maps.map(() => -1);
  for (const [i, step] of steps.entries()) for (const index of readBy(step)) last[index] = i;
  last[output] = steps.length;
  return last;
}
