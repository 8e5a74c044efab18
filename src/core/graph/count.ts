/**
 * @file FLOP and bytes of a node: the two axes of a Roofline. 1 FMA = 2 FLOP. Bytes are the compulsory traffic: every
 * input, weight and output once, in its element type (Williams, Waterman, Patterson 2009, with weights counted too).
 */
import type { Graph, GraphNode } from './model.ts';
import { byteCount, elementCount, intAttribute, intsAttribute } from './model.ts';
import type { Values } from './infer-shapes.ts';

/** Classes of operators whose kernels behave alike, so that they can share a calibration (METHOD §3). */
export type OperatorClass =
  'conv3x3' | 'conv1x1' | 'depthwise' | 'conv-other' | 'matmul' | 'pooling' | 'elementwise' | 'layout';

export interface NodeCount {
  readonly operatorClass: OperatorClass;
  readonly flop: number;
  readonly inputBytes: number;
  readonly weightBytes: number;
  readonly outputBytes: number;
}

const POOLS = new Set(['MaxPool', 'AveragePool', 'LpPool']);
const LAYOUT = new Set([
  ...[
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Transpose',
    'Concat',
    'Split',
    'Slice',
    'Gather',
    'GatherElements',
  ],
  ...[
    'Pad',
    'Expand',
    'Tile',
    'DepthToSpace',
    'SpaceToDepth',
    'Shape',
    'Size',
    'ConstantOfShape',
    'Identity',
    'Dropout',
    'Cast',
  ],
]);
/** Which input holds the weights of a convolution. */
const CONVOLUTIONS = new Map([
  ['Conv', 1],
  ['ConvInteger', 1],
  ['QLinearConv', 3],
]);
const PRODUCTS = new Set(['MatMul', 'MatMulInteger', 'QLinearMatMul']);
/**
 * FLOP an element of the output, where it is not one: normalizations subtract a mean and divide by a deviation, which they
 * first add up; exponentials and their like count as one operation.
 */
const FLOP_AN_ELEMENT = new Map([
  ['BatchNormalization', 2],
  ['LayerNormalization', 7],
  ['InstanceNormalization', 7],
  ['GroupNormalization', 7],
  ['RMSNormalization', 5],
  ['Softmax', 4],
  ['LogSoftmax', 5],
  ['Gelu', 5],
  ['HardSwish', 4],
  ['Swish', 3],
  ['Mish', 4],
  ['HardSigmoid', 3],
  ['Sigmoid', 3],
  ['LeakyRelu', 2],
  ['PRelu', 2],
  ['Clip', 1],
  ['QuantizeLinear', 2],
  ['DequantizeLinear', 2],
  ['Resize', 7],
  ['Upsample', 7],
]);

function flopAndClass(
  node: GraphNode,
  shapeOf: (name: string) => readonly number[],
): [number, OperatorClass] {
  const input = shapeOf(node.inputs[0] ?? '');
  const output = elementCount(shapeOf(node.outputs[0] ?? ''));
  const weights = CONVOLUTIONS.get(node.opType);
  if (weights !== undefined) {
    const [, channelsPerGroup = 1, ...kernel] = shapeOf(node.inputs[weights] ?? '');
    const groups = intAttribute(node, 'group', 1);
    const kind =
      groups > 1 && channelsPerGroup === 1
        ? 'depthwise'
        : groups === 1 && kernel.join() === '3,3'
          ? 'conv3x3'
          : groups === 1 && kernel.join() === '1,1'
            ? 'conv1x1'
            : 'conv-other';
    return [2 * output * channelsPerGroup * elementCount(kernel), kind];
  }
  if (node.opType === 'ConvTranspose') {
    // Every input element is multiplied with every tap of every output channel of its group.
    const [, perGroup = 1, ...kernel] = shapeOf(node.inputs[1] ?? '');
    return [2 * elementCount(input) * perGroup * elementCount(kernel), 'conv-other'];
  }
  if (node.opType === 'Gemm') {
    const depth = input[intAttribute(node, 'transA', 0) === 1 ? 0 : 1] ?? 1;
    return [2 * output * depth, 'matmul'];
  }
  if (PRODUCTS.has(node.opType)) return [2 * output * (input.at(-1) ?? 1), 'matmul'];
  if (POOLS.has(node.opType))
    return [output * elementCount(intsAttribute(node, 'kernel_shape', [])), 'pooling'];
  if (/^(Global|Reduce|Arg)/.test(node.opType)) return [elementCount(input), 'pooling'];
  if (LAYOUT.has(node.opType)) return [0, 'layout'];
  return [output * (FLOP_AN_ELEMENT.get(node.opType) ?? 1), 'elementwise'];
}

/** Counts of one node; `values` come from `inferShapes` on the same graph. What has no known shape counts nothing. */
export function countNode(node: GraphNode, graph: Graph, values: Values): NodeCount {
  const [counted, operatorClass] = flopAndClass(node, (name) => values.get(name)?.shape ?? []);
  const isKnown = [...node.inputs, ...node.outputs].every((name) => name === '' || values.has(name));
  const bytesOf = (names: readonly string[]): number =>
    names.reduce((sum, name) => {
      const value = values.get(name);
      return sum + (value ? byteCount(value) : 0);
    }, 0);
  return {
    operatorClass,
    flop: isKnown ? counted : 0,
    inputBytes: bytesOf(node.inputs.filter((name) => !graph.initializers.has(name))),
    weightBytes: bytesOf(node.inputs.filter((name) => graph.initializers.has(name))),
    outputBytes: bytesOf(node.outputs),
  };
}
