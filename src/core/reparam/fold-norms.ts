/**
 * @file Batch norms after a transposed convolution or a Gemm fold into its weights and bias, output channel by output channel, like those
 * after a convolution (METHOD §1). Nothing else merges there, so these need no linear forms.
 */
import { consumerCounts, elementCount, floatAttribute, intAttribute } from '../graph/model.ts';
import type { Graph, GraphNode, Tensor } from '../graph/model.ts';
import { floatsOf, floatTensor } from '../graph/tensor.ts';
import { areFinite, scaleAndShift } from './linear-operators.ts';

interface Folded {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** The same function with those batch norms gone. */
export function foldNorms(graph: Graph): Graph {
  const consumers = consumerCounts(graph);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const initializers = new Map(graph.initializers);
  /** Nodes to write in the place of others; null for one that is gone. */
  const instead = new Map<GraphNode, GraphNode | null>();
  for (const norm of graph.nodes) {
    const [input = '', ...others] = norm.inputs;
    const maker = makers.get(input);
    const [output = '', ...more] = norm.outputs;
    if (norm.opType !== 'BatchNormalization' || norm.domain !== '' || !maker || maker.domain !== '') continue;
    if (consumers.get(input) !== 1 || more.some((name) => name !== '')) continue;
    const affine = intAttribute(norm, 'training_mode', 0) === 0 ? scaleAndShift(norm, others, graph) : null;
    const folded = affine && areFinite(...affine) ? fold(maker, affine, graph) : null;
    if (!folded) continue;
    const [weight, bias] = [`${output}/folded.weight`, `${output}/folded.bias`];
    if ([weight, bias].some((name) => initializers.has(name) || makers.has(name))) continue;
    initializers.set(weight, folded.weight).set(bias, folded.bias);
    instead.set(maker, { ...maker, inputs: [maker.inputs[0] ?? '', weight, bias], outputs: [output] });
    instead.set(norm, null);
  }
  if (instead.size === 0) return graph;
  const nodes = graph.nodes.flatMap((node) => {
    const other = instead.get(node);
    return other === undefined ? [node] : (other ?? []);
  });
  return { ...graph, nodes, initializers };
}

type Affine = readonly [scale: Float64Array, shift: Float64Array];

function fold(node: GraphNode, affine: Affine, graph: Graph): Folded | null {
  const tensor = graph.initializers.get(node.inputs[1] ?? '');
  const weights = tensor?.dtype === 'float32' ? floatsOf(tensor) : null;
  const biasName = node.inputs[2] ?? '';
  const given = graph.initializers.get(biasName);
  const bias = given?.dtype === 'float32' ? floatsOf(given) : null;
  if (!tensor || !weights || (biasName !== '' && !bias)) return null;
  // A Gemm may add its third input along rows.
  if (given && given.shape.length > 1) return null;
  const channelOf = channelsOf(node, tensor.shape);
  const [scale, shift] = affine;
  if (!channelOf || channelOf.count !== scale.length) return null;
  const beta = node.opType === 'Gemm' ? floatAttribute(node, 'beta', 1) : 1;
  if (beta !== 1 || (bias && bias.length !== scale.length)) return null;
  return {
    weight: floatTensor(
      tensor.shape,
      weights.map((value, i) => value * (scale[channelOf.at(i)] ?? NaN)),
    ),
    bias: floatTensor(
      [scale.length],
      scale.map((value, c) => (bias?.[c] ?? 0) * value + (shift[c] ?? NaN)),
    ),
  };
}

/** How many output channels a node's weights have, and which one the weight at a place belongs to. */
function channelsOf(
  node: GraphNode,
  shape: readonly number[],
): { readonly count: number; readonly at: (i: number) => number } | null {
  if (node.opType === 'ConvTranspose') {
    // `[Cin, Cout / groups, kH, kW]`: input channels of a group lead to output channels of that group.
    const [inputs = 1, perGroup = 1, ...kernel] = shape;
    const groups = intAttribute(node, 'group', 1);
    const taps = elementCount(kernel);
    const inputsPerGroup = inputs / groups;
    return {
      count: perGroup * groups,
      at: (i) => {
        const group = Math.floor(Math.floor(i / (perGroup * taps)) / inputsPerGroup);
        return group * perGroup + (Math.floor(i / taps) % perGroup);
      },
    };
  }
  if (node.opType !== 'Gemm') return null;
  const [rows = 1, columns = 1] = shape;
  return intAttribute(node, 'transB', 0) === 1
    ? { count: rows, at: (i) => Math.floor(i / columns) }
    : { count: columns, at: (i) => i % columns };
}
