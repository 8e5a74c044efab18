/** @file What lowering asks of a graph: shapes and constants, or an obstacle. */
import type { Values } from '../core/graph/infer-shapes.ts';
import type { Graph, GraphNode } from '../core/graph/model.ts';
import { numbersOf } from '../core/graph/numbers.ts';
import { floatsOf } from '../core/graph/tensor.ts';
import type { FeatureMap } from './program.ts';

/** Thrown inside lowering, and caught at its door. */
export class Unsupported extends Error {
  readonly node: string;
  constructor(node: string, detail: string) {
    super(detail);
    this.node = node;
  }
}

export class GraphView {
  readonly graph: Graph;
  private readonly values: Values;

  constructor(graph: Graph, values: Values) {
    this.graph = graph;
    this.values = values;
  }

  shape(node: GraphNode, name: string): readonly number[] {
    const value = this.values.get(name);
    if (!value || value.isOpen === true)
      throw new Unsupported(node.name, `the shape of “${name}” is unknown`);
    return value.shape;
  }

  constant(node: GraphNode, name: string): Float32Array {
    const tensor = this.graph.initializers.get(name);
    const floats = tensor && (floatsOf(tensor) ?? Float32Array.from(numbersOf(tensor) ?? []));
    if (!floats) throw new Unsupported(node.name, `“${name}” is not constant`);
    return floats;
  }
}

/** `[1, C, H, W]`, or one row `[1, C]`. */
export function featureMapOf(node: string, shape: readonly number[]): FeatureMap {
  const [batch, channels = 0, height = 1, width = 1] = shape;
  if (batch !== 1 || (shape.length !== 4 && shape.length !== 2))
    throw new Unsupported(node, `a value of shape [${shape.join(', ')}]`);
  return { channels, height, width };
}
