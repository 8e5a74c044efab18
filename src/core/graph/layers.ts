/**
 * @file Layers: what a processor runs as one kernel – a node and the activation that follows it. A layer is a point on
 * the Roofline and the grain of every cost. Bytes are inputs + weights + output of the layer.
 */
import type { Graph, GraphNode } from './model.ts';
import { consumerCounts } from './model.ts';
import { countNode, type OperatorClass } from './count.ts';
import type { Values } from './infer-shapes.ts';
import { productOf, type Product } from './product.ts';

export interface Layer {
  readonly index: number;
  /** Name of the first node: the one that does the work. */
  readonly name: string;
  readonly opType: string;
  readonly nodes: readonly GraphNode[];
  readonly operatorClass: OperatorClass;
  readonly flop: number;
  readonly bytes: number;
  readonly weightBytes: number;
  /** Of a convolution or a dense layer whose shapes are known. */
  readonly product?: Product;
  /** It only adds something to what a convolution before computed, which nobody else reads: engines may do both at once. */
  readonly addsToConvolution?: true;
}

const ACTIVATIONS = new Set(['Relu', 'Clip', 'LeakyRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh']);

/** FLOP per byte of a layer, unit or model. */
export function operationalIntensity(work: { readonly flop: number; readonly bytes: number }): number {
  return work.bytes === 0 ? 0 : work.flop / work.bytes;
}

/** The layers of a shaped graph, in order; every node belongs to exactly one. */
export function layersOf(graph: Graph, values: Values): readonly Layer[] {
  const consumers = consumerCounts(graph);
  const groups: GraphNode[][] = [];
  for (const node of graph.nodes) {
    const group = groups.at(-1);
    const previous = group?.at(-1)?.outputs[0];
    const fuses =
      ACTIVATIONS.has(node.opType) &&
      previous === node.inputs[0] &&
      consumers.get(node.inputs[0] ?? '') === 1;
    if (group && fuses) group.push(node);
    else groups.push([node]);
  }
  const makers = new Map(groups.map((nodes) => [nodes.at(-1)?.outputs[0] ?? '', nodes] as const));
  const addsToConvolution = ({ opType, inputs }: GraphNode): boolean =>
    opType === 'Add' &&
    inputs.some((name) => {
      const maker = makers.get(name);
      return maker?.length === 1 && maker[0]?.opType === 'Conv' && consumers.get(name) === 1;
    });
  return groups.flatMap((nodes, index) => {
    const [main] = nodes;
    if (!main) return [];
    const counts = nodes.map((node) => countNode(node, graph, values));
    const first = countNode(main, graph, values);
    const product = productOf(main, values);
    return {
      index,
      name: main.name,
      opType: main.opType,
      nodes,
      operatorClass: first.operatorClass,
      flop: counts.reduce((sum, count) => sum + count.flop, 0),
      bytes: first.inputBytes + first.weightBytes + first.outputBytes,
      weightBytes: first.weightBytes,
      ...(product && { product }),
      ...(addsToConvolution(main) && { addsToConvolution: true as const }),
    };
  });
}
