/**
 * @file Convolutions and dense layers as the matrix products they are computed as: `groups` products of
 * [rows × depth] · [depth × columns]. A convolution's weights are `rows × depth`, and what stands under its window at every
 * place of the output is `depth × columns` ("im2col"; Chellapilla, Puri, Simard 2006). Times follow these sizes more closely
 * than FLOP and bytes alone (METHOD §3).
 */
import type { GraphNode } from './model.ts';
import { elementCount, intAttribute } from './model.ts';
import type { Values } from './infer-shapes.ts';
import { windowOf } from './window.ts';

export interface Product {
  /** Output channels of a group, or outputs of a dense layer. */
  readonly rows: number;
  /** Taps of the kernel × input channels of a group, or inputs of a dense layer. */
  readonly depth: number;
  /** Places of the output, batch included, or rows of a dense layer's input. */
  readonly columns: number;
  readonly groups: number;
  /** Whether the right factor has to be gathered: false where it is the input as it lies in memory. */
  readonly gathers: boolean;
  /** How many neighbouring columns are gathered from one row of the input: the output's width. */
  readonly width: number;
  /** Step of the window along that row: neighbours of stride 1 are copied together. */
  readonly stride: number;
}

/** The product that a node computes; undefined for other operators and where shapes are unknown. */
export function productOf(node: GraphNode, values: Values): Product | undefined {
  const shapeOf = (i: number): readonly number[] => values.get(node.inputs[i] ?? '')?.shape ?? [];
  const output = values.get(node.outputs[0] ?? '')?.shape ?? [];
  const [input, weights] = [shapeOf(0), shapeOf(1)];
  if (node.opType === 'Conv') return convolution(node, input, weights, output);
  const isGemm = node.opType === 'Gemm';
  if ((!isGemm && node.opType !== 'MatMul') || input.length < 2 || output.length < 2) return undefined;
  const transposed = isGemm && intAttribute(node, 'transA', 0) === 1;
  const depth = (transposed ? input.at(-2) : input.at(-1)) ?? 1;
  const rows = output.at(-1) ?? 1;
  // Weights that all share make one product of all rows.
  const isShared = weights.length === 2;
  const columns = isShared ? elementCount(output.slice(0, -1)) : (output.at(-2) ?? 1);
  const groups = isShared ? 1 : elementCount(output.slice(0, -2));
  return { rows, depth, columns, groups, gathers: false, width: columns, stride: 1 };
}

function convolution(
  node: GraphNode,
  input: readonly number[],
  weights: readonly number[],
  output: readonly number[],
): Product | undefined {
  if (input.length !== 4 || weights.length !== 4 || output.length !== 4) return undefined;
  const groups = Math.max(1, intAttribute(node, 'group', 1));
  const [outputs = 1, perGroup = 1, ...kernel] = weights;
  const { strides, pads } = windowOf(node, kernel, input);
  const isPlain = elementCount(kernel) === 1 && strides.every((s) => s === 1) && pads.every((p) => p === 0);
  return {
    rows: outputs / groups,
    depth: perGroup * elementCount(kernel),
    columns: (output[0] ?? 1) * elementCount(output.slice(2)),
    groups,
    gathers: !isPlain,
    width: output[3] ?? 1,
    stride: strides[1],
  };
}
