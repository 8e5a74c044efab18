/**
 * @file A model as a chain of *units*: the runs of layers between the cuts that a single fp32 tensor crosses. Plans are made of
 * these: a stage is a run of units, and one tensor goes from stage to stage.
 */
import { crossingsOf, segmentOf } from './cuts.ts';
import type { Values } from './infer-shapes.ts';
import type { Layer } from './layers.ts';
import type { Graph, Model, ValueInfo } from './model.ts';

export interface Unit {
  readonly index: number;
  /** Name of the unit's heaviest layer. */
  readonly name: string;
  readonly layers: readonly Layer[];
  /** The one tensor that enters, and the one that leaves. */
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

/** The chain of units; empty where the graph has more than one input or output and so is no chain. */
export function unitsOf(graph: Graph, values: Values, layers: readonly Layer[]): readonly Unit[] {
  const [entry] = graph.inputs;
  const exit = values.get(graph.outputs[0]?.name ?? '');
  if (!entry || !exit || graph.inputs.length > 1 || graph.outputs.length > 1) return [];
  const units: Unit[] = [];
  let input = entry;
  let start = 0;
  const close = (end: number, output: ValueInfo): void => {
    const inside = layers.slice(start, end);
    const heaviest = inside.reduce((best, layer) => (layer.flop > best.flop ? layer : best));
    units.push({ index: units.length, name: heaviest.name, layers: inside, input, output });
    input = output;
    start = end;
  };
  crossingsOf(graph, values, layers).forEach((crossing, i) => {
    const [output, ...others] = crossing ?? [];
    // The same tensor crosses on both sides of a layer nobody reads; such a layer goes with the next unit.
    const isAlone = output?.dtype === 'float32' && others.length === 0;
    if (isAlone && output.name !== input.name && output.name !== exit.name) close(i + 1, output);
  });
  if (layers.length > 0) close(layers.length, exit);
  return units;
}

/** Units `from`…`to` (inclusive) as a model of their own; its input is the tensor that crosses the cut before. */
export function stageOf(
  model: Model,
  values: Values,
  units: readonly Unit[],
  from: number,
  to: number,
): Model {
  const inside = units.slice(from, to + 1);
  if (!units[from] || !units[to] || from > to)
    throw new RangeError(`no units ${from}…${to} in ${units.length}`);
  return segmentOf(
    model,
    values,
    inside.flatMap(({ layers }) => layers.flatMap(({ nodes }) => nodes)),
  );
}
