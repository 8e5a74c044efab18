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

const POOLS = new Set(['MaxPool', 'AveragePool']);
const LAYOUT = new Set(['Reshape', 'Flatten', 'Transpose', 'Concat', 'Identity', 'Dropout', 'Cast']);

function flopAndClass(
  node: GraphNode,
  shapeOf: (name: string) => readonly number[],
): [number, OperatorClass] {
  const input = shapeOf(node.inputs[0] ?? '');
  const output = elementCount(shapeOf(node.outputs[0] ?? ''));
  if (node.opType === 'Conv') {
    const [, channelsPerGroup = 1, kh = 1, kw = 1] = shapeOf(node.inputs[1] ?? '');
    const groups = intAttribute(node, 'group', 1);
    const kind =
      groups > 1 && channelsPerGroup === 1
        ? 'depthwise'
        : groups === 1 && kh === 3 && kw === 3
          ? 'conv3x3'
          : groups === 1 && kh === 1 && kw === 1
            ? 'conv1x1'
            : 'conv-other';
    return [2 * output * channelsPerGroup * kh * kw, kind];
  }
  if (node.opType === 'Gemm') {
    const depth = input[intAttribute(node, 'transA', 0) === 1 ? 0 : 1] ?? 1;
    return [2 * output * depth, 'matmul'];
  }
  if (node.opType === 'MatMul') return [2 * output * (input.at(-1) ?? 1), 'matmul'];
  if (POOLS.has(node.opType))
    return [output * elementCount(intsAttribute(node, 'kernel_shape', [])), 'pooling'];
  if (node.opType.startsWith('Global') || node.opType === 'ReduceMean')
    return [elementCount(input), 'pooling'];
  if (LAYOUT.has(node.opType)) return [0, 'layout'];
  return [output * (node.opType === 'BatchNormalization' ? 2 : 1), 'elementwise'];
}

/** Counts of one node; `values` come from `inferShapes` on the same graph. */
export function countNode(node: GraphNode, graph: Graph, values: Values): NodeCount {
  const [flop, operatorClass] = flopAndClass(node, (name) => values.get(name)?.shape ?? []);
  const bytesOf = (names: readonly string[]): number =>
    names.reduce((sum, name) => {
      const value = values.get(name);
      return sum + (value ? byteCount(value) : 0);
    }, 0);
  return {
    operatorClass,
    flop,
    inputBytes: bytesOf(node.inputs.filter((name) => !graph.initializers.has(name))),
    weightBytes: bytesOf(node.inputs.filter((name) => graph.initializers.has(name))),
    outputBytes: bytesOf(node.outputs),
  };
}
