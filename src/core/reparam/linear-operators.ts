/**
 * @file Which nodes are linear, and as what: a convolution of their input (Conv, AveragePool, Pad), or a scale and shift of its
 * channels (BatchNormalization, arithmetic with constants). A node that looks linear but is not, or not certainly, comes with the
 * reason. Semantics: the ONNX operator specification, opset 11–21.
 */
import type { Values } from '../graph/infer-shapes.ts';
import type { Graph, GraphNode } from '../graph/model.ts';
import {
  elementCount,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../graph/model.ts';
import { numbersOf } from '../graph/numbers.ts';
import { floatsOf } from '../graph/tensor.ts';
import { windowLength, windowOf } from '../graph/window.ts';
import { convolutionForm, depthwiseForm, type LinearForm } from './linear-form.ts';

/** What the rules ask of the graph. */
export interface Scope {
  readonly graph: Graph;
  readonly values: Values;
}

export type Linear =
  | { readonly kind: 'form'; readonly form: LinearForm }
  /** `scale · input + shift`, a value a channel. */
  | {
      readonly kind: 'affine';
      readonly input: string;
      readonly scale: Float64Array;
      readonly shift: Float64Array;
    }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): Linear => ({ kind: 'refused', reason });

/** The node as a linear operator; null for one that is none. */
export function linearOf(node: GraphNode, scope: Scope): Linear | null {
  const linear = ruleOf(node, scope);
  if (linear?.kind !== 'affine') return linear;
  // Folded, an infinite scale would make every zero of the kernel a NaN.
  return areFinite(linear.scale, linear.shift) ? linear : refused('it divides by zero');
}

/** Whether all of it can be computed with. */
export const areFinite = (...lists: readonly Float64Array[]): boolean =>
  lists.every((list) => list.every(Number.isFinite));

function ruleOf(node: GraphNode, scope: Scope): Linear | null {
  if (node.domain !== '' || node.outputs.slice(1).some((name) => name !== '')) return null;
  switch (node.opType) {
    case 'Conv':
      return conv(node, scope);
    case 'AveragePool':
      return averagePool(node, scope);
    case 'Pad':
      return pad(node, scope);
    case 'BatchNormalization':
      return batchNorm(node, scope);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return arithmetic(node, scope);
    default:
      return null;
  }
}

/** Shape of an image value, `[N, C, H, W]`, of an element type that can be computed with; null for others. */
export function imageShape(
  name: string,
  { values }: Scope,
): readonly [number, number, number, number] | null {
  const value = values.get(name);
  const [n, c, h, w] = value?.shape ?? [];
  const isFloat = value?.dtype === 'float32' || value?.dtype === 'float16';
  if (!isFloat || n === undefined || c === undefined || h === undefined || w === undefined) return null;
  return value.shape.length === 4 ? [n, c, h, w] : null;
}

const floats = (name: string, { graph }: Pick<Scope, 'graph'>): Float32Array | null => {
  const tensor = graph.initializers.get(name);
  return tensor ? floatsOf(tensor) : null;
};

function conv(node: GraphNode, scope: Scope): Linear | null {
  const [source = '', weightName = '', biasName = ''] = node.inputs;
  const weight = scope.graph.initializers.get(weightName);
  const weights = weight ? floatsOf(weight) : null;
  const shape = imageShape(source, scope);
  const [outputChannels = 0, perGroup = 0, ...kernel] = weight?.shape ?? [];
  if (!weights || !shape || kernel.length !== 2) return null;
  const bias = biasName === '' ? new Float32Array(outputChannels) : floats(biasName, scope);
  if (bias === null) return null;
  const groups = intAttribute(node, 'group', 1);
  const form = convolutionForm({
    source,
    groups,
    inputChannels: perGroup * groups,
    outputChannels,
    window: windowOf(node, kernel, shape),
    weight: () => weights,
    bias: new Float64Array(bias),
  });
  return { kind: 'form', form };
}

/** Every tap weighs `1 / taps`, as long as the border divides by no fewer (DBB, transform V). */
function averagePool(node: GraphNode, scope: Scope): Linear | null {
  const [source = ''] = node.inputs;
  const shape = imageShape(source, scope);
  const kernel = intsAttribute(node, 'kernel_shape', []);
  if (!shape || kernel.length !== 2) return null;
  const window = windowOf(node, kernel, shape);
  const countsPadding = intAttribute(node, 'count_include_pad', 0) === 1;
  if (!countsPadding && window.pads.some((size) => size > 0))
    return refused('its average leaves the padding out, so the border weighs differently');
  const isWhole = ([0, 1] as const).every(
    (axis) =>
      windowLength(window, axis, shape[axis + 2] ?? 1, true) ===
      windowLength(window, axis, shape[axis + 2] ?? 1),
  );
  if (intAttribute(node, 'ceil_mode', 0) === 1 && !isWhole)
    return refused('its last window reaches over the border, and weighs differently');
  const tap = 1 / (window.kernel[0] * window.kernel[1]);
  return { kind: 'form', form: depthwiseForm(source, shape[1], window, tap) };
}

/** Zeros around the image: a single tap that may stand outside. */
function pad(node: GraphNode, scope: Scope): Linear | null {
  const [source = '', padsName = '', valueName = '', axesName = ''] = node.inputs;
  const shape = imageShape(source, scope);
  if (!shape) return null;
  const constant = (name: string): readonly number[] | null => {
    const tensor = scope.graph.initializers.get(name);
    return tensor ? numbersOf(tensor) : null;
  };
  const given = padsName === '' ? intsAttribute(node, 'pads', []) : constant(padsName);
  const axes =
    axesName === '' ? [0, 1, 2, 3] : constant(axesName)?.map((axis) => (axis < 0 ? axis + 4 : axis));
  const value = valueName === '' ? floatAttribute(node, 'value', 0) : (constant(valueName) ?? [NaN])[0];
  if (!given || !axes || given.length !== 2 * axes.length) return refused('its padding is computed');
  if (stringAttribute(node, 'mode', 'constant') !== 'constant' || value !== 0)
    return refused('it pads with something else than zeros');
  const sides = [0, 1, 2, 3].map((axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? [0, 0] : [given[at] ?? 0, given[at + axes.length] ?? 0];
  });
  const [batch = [], channels = [], [top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = sides;
  if (
    [...batch, ...channels].some((size) => size !== 0) ||
    [top, bottom, left, right].some((size) => size < 0)
  )
    return refused('it pads more than the borders of the image');
  const window = {
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [top, left, bottom, right],
  } as const;
  return { kind: 'form', form: depthwiseForm(source, shape[1], window) };
}

/** `scale = γ/√(σ²+ε)`, `shift = β − μ·scale` (METHOD §1) of a batch norm; null where `parameters` are not constants. */
export function scaleAndShift(
  node: GraphNode,
  parameters: readonly string[],
  graph: Graph,
): readonly [scale: Float64Array, shift: Float64Array] | null {
  const [gamma, beta, mean, variance] = parameters.map((name) => floats(name, { graph }));
  if (!gamma || !beta || !mean || !variance) return null;
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] ?? NaN) + epsilon));
  return [scale, Float64Array.from(beta, (b, c) => b - (mean[c] ?? NaN) * (scale[c] ?? NaN))];
}

function batchNorm(node: GraphNode, scope: Scope): Linear | null {
  const [input = '', ...parameters] = node.inputs;
  const found = scaleAndShift(node, parameters, scope.graph);
  if (found?.[0].length !== scope.values.get(input)?.shape[1] || !found)
    return refused('its statistics are not constants of the model');
  if (intAttribute(node, 'training_mode', 0) !== 0)
    return refused('it is in training mode: its statistics change with the input');
  if (!imageShape(input, scope)) return refused('its input is not an image');
  const [scale, shift] = found;
  return { kind: 'affine', input, scale, shift };
}

/** Arithmetic of an image with a constant that is one number, or one a channel. */
function arithmetic(node: GraphNode, scope: Scope): Linear | null {
  const [left = '', right = ''] = node.inputs;
  const isSwapped = scope.graph.initializers.has(left);
  const [input, constant] = isSwapped ? [right, left] : [left, right];
  const shape = imageShape(input, scope);
  const numbers = shape && channelConstant(constant, shape[1], scope);
  if (!numbers) return null;
  const [one, zero] = [new Float64Array(numbers.length).fill(1), new Float64Array(numbers.length)];
  switch (node.opType) {
    case 'Add':
      return { kind: 'affine', input, scale: one, shift: numbers };
    case 'Sub':
      return isSwapped
        ? { kind: 'affine', input, scale: one.fill(-1), shift: numbers }
        : { kind: 'affine', input, scale: one, shift: numbers.map((value) => -value) };
    case 'Mul':
      return { kind: 'affine', input, scale: numbers, shift: zero };
    default:
      return isSwapped
        ? null
        : { kind: 'affine', input, scale: numbers.map((value) => 1 / value), shift: zero };
  }
}

/** A constant that broadcasts along channels only, one value each; null for any other. */
function channelConstant(name: string, channels: number, scope: Scope): Float64Array | null {
  const shape = scope.graph.initializers.get(name)?.shape;
  const values = floats(name, scope);
  if (!shape || !values || shape.length > 4) return null;
  const isEach = shape.length >= 3 && shape.at(-3) === channels && elementCount(shape) === channels;
  if (elementCount(shape) !== 1 && !isEach) return null;
  return Float64Array.from({ length: channels }, (_, c) => values[isEach ? c : 0] ?? NaN);
}
