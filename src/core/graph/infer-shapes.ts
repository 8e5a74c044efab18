/**
 * @file Static shape inference for the operators of vision CNNs. Follows the ONNX operator specification (opset 11–21).
 * Shapes are lists of dimensions; images are `[N, C, H, W]`. What is not known here is an error that names the node.
 */
import type { AppError } from '../errors.ts';
import { dataTypeOf } from '../onnx/data-types.ts';
import { err, ok, type Result } from '../result.ts';
import type { DataType, Graph, GraphNode, ValueInfo } from './model.ts';
import { elementCount, intAttribute, intsAttribute, stringAttribute } from './model.ts';
import { integersOf } from './tensor.ts';

type Shape = readonly number[];
export type Values = ReadonlyMap<string, ValueInfo>;

class Unsupported extends Error {}

interface Scope {
  readonly node: GraphNode;
  /** Shape of the i-th input; throws when it is missing. */
  readonly shape: (i: number) => Shape;
  /** Integers of the i-th input when it is a constant; null when left out. */
  readonly constant: (i: number) => Shape | null;
}

/** Every value of the graph, constants and inputs included, by name. */
export function inferShapes(graph: Graph): Result<Values, Extract<AppError, { code: 'model-unsupported' }>> {
  const values = new Map<string, ValueInfo>(graph.inputs.map((input) => [input.name, input]));
  for (const [name, { dtype, shape }] of graph.initializers) values.set(name, { name, dtype, shape });
  for (const node of graph.nodes) {
    try {
      const shapes = outputShapes(node, values, graph);
      const dtype = outputType(node, values.get(node.inputs[0] ?? '')?.dtype ?? 'float32');
      node.outputs.forEach((name, i) => {
        const shape = shapes[i];
        if (name !== '' && shape) values.set(name, { name, dtype, shape });
      });
    } catch (thrown) {
      if (!(thrown instanceof Unsupported)) throw thrown;
      return err({ code: 'model-unsupported', node: node.name, detail: thrown.message });
    }
  }
  return ok(values);
}

/** Element type of a node's outputs: that of its first input, but for Cast. */
function outputType(node: GraphNode, input: DataType): DataType {
  if (node.opType !== 'Cast') return input;
  const to = dataTypeOf(intAttribute(node, 'to', 0));
  if (to === null) throw new Unsupported('Cast to an unknown element type');
  return to;
}

function outputShapes(node: GraphNode, values: Values, graph: Graph): readonly Shape[] {
  const rule = node.domain === '' ? RULES.get(node.opType) : undefined;
  if (!rule) throw new Unsupported(`operator ${node.opType}`);
  const shapes = rule({
    node,
    shape: (i) => {
      const found = values.get(node.inputs[i] ?? '');
      if (!found) throw new Unsupported(`input ${i} of ${node.opType} has no known shape`);
      return found.shape;
    },
    constant: (i) => {
      const name = node.inputs[i] ?? '';
      if (name === '') return null;
      const tensor = graph.initializers.get(name);
      const integers = tensor ? integersOf(tensor) : null;
      if (integers === null) throw new Unsupported(`${node.opType} with a computed shape`);
      return integers;
    },
  });
  if (shapes.some((shape) => shape.some((size) => !Number.isSafeInteger(size) || size < 1))) {
    throw new Unsupported(`${node.opType} with an empty result`);
  }
  return shapes;
}

export interface Window2d {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** `[top, left, bottom, right]` */
  readonly pads: readonly [number, number, number, number];
}

const pair = (list: Shape): readonly [number, number] => [list[0] ?? 1, list[1] ?? list[0] ?? 1];

/** Window of a 2-D Conv or pooling node over an `[N, C, H, W]` input, with `auto_pad` resolved. */
export function windowOf(node: GraphNode, kernel: Shape, input: Shape): Window2d {
  const strides = pair(intsAttribute(node, 'strides', [1, 1]));
  const dilations = pair(intsAttribute(node, 'dilations', [1, 1]));
  const size = pair(kernel);
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const explicit = intsAttribute(node, 'pads', [0, 0, 0, 0]);
  let pads: Window2d['pads'] = [explicit[0] ?? 0, explicit[1] ?? 0, explicit[2] ?? 0, explicit[3] ?? 0];
  if (autoPad === 'VALID') pads = [0, 0, 0, 0];
  if (autoPad.startsWith('SAME')) {
    const total = ([0, 1] as const).map((axis) => {
      const length = input[axis + 2] ?? 1;
      const reach = (size[axis] - 1) * dilations[axis] + 1;
      return Math.max(0, (Math.ceil(length / strides[axis]) - 1) * strides[axis] + reach - length);
    });
    const small = total.map((sum) => Math.floor(sum / 2));
    const large = total.map((sum) => Math.ceil(sum / 2));
    const [begin, end] = autoPad === 'SAME_UPPER' ? [small, large] : [large, small];
    pads = [begin[0] ?? 0, begin[1] ?? 0, end[0] ?? 0, end[1] ?? 0];
  }
  return { kernel: size, strides, dilations, pads };
}

/** Output length of a window along one spatial axis (0 = height, 1 = width). */
export function windowLength(window: Window2d, axis: 0 | 1, length: number, ceil = false): number {
  const reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const free = length + window.pads[axis] + window.pads[axis === 0 ? 2 : 3] - reach;
  const steps = (ceil ? Math.ceil : Math.floor)(free / window.strides[axis]);
  // A ceil-mode window must start inside the input or its leading pad (ONNX, MaxPool).
  const inside = !ceil || steps * window.strides[axis] < length + window.pads[axis];
  return steps + (inside ? 1 : 0);
}

function spatial(input: Shape, channels: number, window: Window2d, ceil = false): Shape {
  if (input.length !== 4) throw new Unsupported('images that are not [N, C, H, W]');
  const [n = 1, , h = 1, w = 1] = input;
  return [n, channels, windowLength(window, 0, h, ceil), windowLength(window, 1, w, ceil)];
}

function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new Unsupported(`shapes [${a.join()}] and [${b.join()}] together`);
    return Math.max(x, y);
  });
}

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

type Rule = (scope: Scope) => readonly Shape[];
const same: Rule = ({ shape }) => [shape(0)];
const elementwise: Rule = ({ shape }) => [broadcast(shape(0), shape(1))];
const globalPool: Rule = ({ shape }) => [shape(0).map((size, i) => (i < 2 ? size : 1))];
const pool: Rule = ({ node, shape }) => {
  const window = windowOf(node, intsAttribute(node, 'kernel_shape', []), shape(0));
  return [spatial(shape(0), shape(0)[1] ?? 1, window, intAttribute(node, 'ceil_mode', 0) === 1)];
};

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...[
    'BatchNormalization',
    'Relu',
    'Clip',
    'LeakyRelu',
    'Sigmoid',
    'HardSigmoid',
    'HardSwish',
    'Tanh',
    'Elu',
    'Gelu',
    'Erf',
    'Softmax',
    'LogSoftmax',
    'Identity',
    'Dropout',
    'Neg',
    'Exp',
    'Sqrt',
    'PRelu',
    'Cast',
  ].map((opType): [string, Rule] => [opType, same]),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min'].map((opType): [string, Rule] => [opType, elementwise]),
  ...['GlobalAveragePool', 'GlobalMaxPool'].map((opType): [string, Rule] => [opType, globalPool]),
  ...['MaxPool', 'AveragePool'].map((opType): [string, Rule] => [opType, pool]),
  [
    'Conv',
    ({ node, shape }) => {
      const [out = 1, perGroup = 1, ...kernel] = shape(1);
      const groups = intAttribute(node, 'group', 1);
      if (kernel.length !== 2 || shape(0)[1] !== perGroup * groups || out % groups !== 0) {
        throw new Unsupported(
          `Conv of weights [${shape(1).join()}] in ${groups} groups over [${shape(0).join()}]`,
        );
      }
      return [spatial(shape(0), out, windowOf(node, kernel, shape(0)))];
    },
  ],
  [
    'Gemm',
    ({ node, shape }) => [
      [
        shape(0)[intAttribute(node, 'transA', 0) === 1 ? 1 : 0] ?? 1,
        shape(1)[intAttribute(node, 'transB', 0) === 1 ? 0 : 1] ?? 1,
      ],
    ],
  ],
  [
    'MatMul',
    ({ shape }) => {
      const [a, b] = [shape(0), shape(1)];
      if (a.length < 2 || b.length < 2) throw new Unsupported('MatMul with vectors');
      return [[...broadcast(a.slice(0, -2), b.slice(0, -2)), a.at(-2) ?? 1, b.at(-1) ?? 1]];
    },
  ],
  [
    'Flatten',
    ({ node, shape }) => {
      const axis = axisOf(intAttribute(node, 'axis', 1), shape(0).length);
      return [[elementCount(shape(0).slice(0, axis)), elementCount(shape(0).slice(axis))]];
    },
  ],
  [
    'Reshape',
    ({ shape, constant }) => {
      const target = (constant(1) ?? []).map((size, i) => (size === 0 ? (shape(0)[i] ?? 1) : size));
      const known = elementCount(target.filter((size) => size > 0));
      const result = target.map((size) => (size === -1 ? elementCount(shape(0)) / known : size));
      if (elementCount(result) !== elementCount(shape(0))) {
        throw new Unsupported(`Reshape of [${shape(0).join()}] to [${target.join()}]`);
      }
      return [result];
    },
  ],
  [
    'Transpose',
    ({ node, shape }) => {
      const reversed = shape(0).map((_, i) => shape(0).length - 1 - i);
      const order = intsAttribute(node, 'perm', reversed);
      if (order.length !== reversed.length || !reversed.every((axis) => order.includes(axis))) {
        throw new Unsupported(`Transpose by [${order.join()}]`);
      }
      return [order.map((axis) => shape(0)[axis] ?? 1)];
    },
  ],
  [
    'Concat',
    ({ node, shape }) => {
      const axis = axisOf(intAttribute(node, 'axis', 0), shape(0).length);
      const total = node.inputs.reduce((sum, _, i) => sum + (shape(i)[axis] ?? 0), 0);
      return [shape(0).map((size, i) => (i === axis ? total : size))];
    },
  ],
  [
    'ReduceMean',
    ({ node, shape, constant }) => {
      const rank = shape(0).length;
      const all = shape(0).map((_, i) => i);
      const axes = (node.inputs.length > 1 ? constant(1) : null) ?? intsAttribute(node, 'axes', all);
      const reduced = new Set(axes.map((axis) => axisOf(axis, rank)));
      const kept = shape(0).map((size, i) => (reduced.has(i) ? 1 : size));
      return [intAttribute(node, 'keepdims', 1) === 1 ? kept : kept.filter((_, i) => !reduced.has(i))];
    },
  ],
]);
