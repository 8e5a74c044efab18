/**
 * @file A model as a chain of *units*: the runs of layers between its valid *cuts*. A cut is a place in topological
 * order where exactly one tensor crosses, so that what is before and what is after are models of their own. No cut
 * separates a layer from its fused activation.
 */
import type { Graph, Model, ValueInfo } from './model.ts';
import { byteCount } from './model.ts';
import type { Layer } from './layers.ts';
import type { Values } from './infer-shapes.ts';
import { dropUnreadConstants } from './drop-unread.ts';

export interface Unit {
  readonly index: number;
  /** Name of the unit's heaviest layer. */
  readonly name: string;
  readonly layers: readonly Layer[];
  /** The one tensor that enters, and the one that leaves. */
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

/** A cut after unit `afterUnit`: its tensor has to travel from one processor to the next. */
export interface Cut {
  readonly id: string;
  readonly afterUnit: number;
  readonly tensors: readonly string[];
  readonly bytes: number;
}

/** After each layer: the name of the only value that later layers (or the caller) still need, or null if several. */
function crossings(graph: Graph, layers: readonly Layer[]): readonly (string | null)[] {
  const lastRead = new Map<string, number>();
  for (const { index, nodes } of layers) {
    for (const name of nodes.flatMap((node) => node.inputs)) lastRead.set(name, index);
  }
  for (const output of graph.outputs) lastRead.set(output.name, layers.length);
  const live = new Set(graph.inputs.map(({ name }) => name));
  return layers.map(({ index, nodes }) => {
    for (const name of nodes.flatMap((node) => node.outputs)) if (name !== '') live.add(name);
    for (const name of live) if ((lastRead.get(name) ?? -1) <= index) live.delete(name);
    const [only] = live;
    return live.size === 1 && only !== undefined ? only : null;
  });
}

/** The chain of units; empty where the graph has more than one input or output and so is no chain. */
export function unitsOf(graph: Graph, values: Values, layers: readonly Layer[]): readonly Unit[] {
  const [entry] = graph.inputs;
  if (!entry || graph.inputs.length > 1 || graph.outputs.length > 1) return [];
  const units: Unit[] = [];
  let input = entry;
  let start = 0;
  crossings(graph, layers).forEach((crossing, i) => {
    const output = values.get(crossing ?? '');
    // The same tensor crosses on both sides of a layer nobody reads; such a layer goes with the next unit.
    if (!output || output.name === input.name) return;
    const inside = layers.slice(start, i + 1);
    const heaviest = inside.reduce((best, layer) => (layer.flop > best.flop ? layer : best));
    units.push({ index: units.length, name: heaviest.name, layers: inside, input, output });
    input = output;
    start = i + 1;
  });
  return units;
}

export function cutsOf(units: readonly Unit[]): readonly Cut[] {
  return units.slice(0, -1).map(({ index, output }) => ({
    id: `after:${output.name}`,
    afterUnit: index,
    tensors: [output.name],
    bytes: byteCount(output),
  }));
}

/** Units `from`…`to` (inclusive) as a model of their own; its input is the tensor that crosses the cut before. */
export function segmentOf(model: Model, units: readonly Unit[], from: number, to: number): Model {
  const [first, last] = [units[from], units[to]];
  if (!first || !last || from > to) throw new RangeError(`no units ${from}…${to} in ${units.length}`);
  const nodes = units.slice(from, to + 1).flatMap((unit) => unit.layers.flatMap((layer) => layer.nodes));
  const graph = { ...model.graph, inputs: [first.input], outputs: [last.output], nodes };
  return { ...model, graph: dropUnreadConstants(graph) };
}
