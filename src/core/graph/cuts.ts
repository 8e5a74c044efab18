/**
 * @file Where a graph can be divided, and its parts as models of their own. A *cut* is a place in topological order between two
 * layers; the values that cross it – made before, read after – have to travel. Constants do not: each part has its own.
 * No cut separates a node from the activation fused to it.
 */
import { dropUnreadConstants } from './drop-unread.ts';
import type { Values } from './infer-shapes.ts';
import type { Layer } from './layers.ts';
import type { Graph, GraphNode, Model, ValueInfo } from './model.ts';
import { byteCount } from './model.ts';

export interface Cut {
  /** The crossing values by name, so that it is the same cut for as long as the model has them. */
  readonly id: string;
  /** Index of the last layer before it. */
  readonly afterLayer: number;
  /** What crosses, in the order in which it is made; inputs of the graph that are still needed first. */
  readonly tensors: readonly string[];
  readonly bytes: number;
}

/** More crossing values than this are no place to divide a network, and would take memory by the square. */
const MOST_TENSORS = 64;

/** All that a node reads: its inputs, and what its sub-graphs take from around them. */
const readsOf = ({ inputs, captured = [] }: GraphNode): readonly string[] => [...inputs, ...captured];

/** After each layer but the last: the values that cross there, or null where they are too many or one has no known shape. */
export function crossingsOf(
  graph: Graph,
  values: Values,
  layers: readonly Layer[],
): readonly (readonly ValueInfo[] | null)[] {
  const lastRead = new Map<string, number>();
  for (const { index, nodes } of layers) for (const name of nodes.flatMap(readsOf)) lastRead.set(name, index);
  const ending = new Map<number, string[]>();
  for (const [name, index] of lastRead) {
    const list = ending.get(index);
    if (list) list.push(name);
    else ending.set(index, [name]);
  }
  const live = new Set(graph.inputs.map(({ name }) => name).filter((name) => lastRead.has(name)));
  return layers.slice(0, -1).map(({ index, nodes }) => {
    for (const name of nodes.flatMap(({ outputs }) => outputs))
      if (name !== '' && (lastRead.get(name) ?? -1) > index) live.add(name);
    for (const name of ending.get(index) ?? []) live.delete(name);
    if (live.size === 0 || live.size > MOST_TENSORS) return null;
    const found = [...live].flatMap((name) => values.get(name) ?? []);
    return found.length === live.size ? found : null;
  });
}

/** All valid cuts, in order. The same values crossing twice (around a layer that nobody reads) are one cut. */
export function cutsOf(graph: Graph, values: Values, layers: readonly Layer[]): readonly Cut[] {
  let before = graph.inputs.map(({ name }) => name).join();
  const taken = new Set<string>();
  return crossingsOf(graph, values, layers).flatMap((crossing, afterLayer) => {
    const tensors = (crossing ?? []).map(({ name }) => name);
    if (!crossing || tensors.join() === before) return [];
    before = tensors.join();
    const bytes = crossing.reduce((sum, value) => sum + byteCount(value), 0);
    const name = `after:${tensors.toSorted().join('+')}`;
    // Around an output that nobody reads on, the same values cross again.
    const id = taken.has(name) ? `${name}@${layers[afterLayer]?.name ?? afterLayer}` : name;
    taken.add(id);
    return [{ id, afterLayer, tensors, bytes }];
  });
}

/**
 * Some nodes of a model, in order, as a model of their own: what they read and do not make is its input, what others (or the
 * caller) read of it its output. Throws where a value has no known type or nothing is left to give.
 */
export function segmentOf(model: Model, values: Values, nodes: readonly GraphNode[]): Model {
  const { graph } = model;
  const inside = new Set(nodes);
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const typed = (name: string): ValueInfo => {
    const value = values.get(name);
    if (!value) throw new RangeError(`“${name}” has no known shape`);
    return value;
  };
  const read = new Set(nodes.flatMap(readsOf).filter((name) => name !== ''));
  const isGiven = (name: string): boolean => !made.has(name) && !graph.initializers.has(name);
  const wanted = new Set(graph.outputs.map(({ name }) => name).filter((name) => made.has(name)));
  for (const node of graph.nodes)
    if (!inside.has(node)) for (const name of readsOf(node)) if (made.has(name)) wanted.add(name);
  wanted.delete('');
  if (wanted.size === 0) throw new RangeError('nothing of this part is read');
  const segment = {
    ...graph,
    inputs: [...read].filter(isGiven).map(typed),
    outputs: [...wanted].map(typed),
    nodes: [...nodes],
  };
  return { ...model, graph: dropUnreadConstants(segment) };
}
