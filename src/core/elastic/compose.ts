/**
 * @file Composes the network of one configuration out of an elastic model: choose branches, set statistics, set the input
 * side. The result is still multi-branch; fusing it is the same rewrite as for any other model (core/reparam). The model
 * it starts from is not changed.
 */
import type { AppError } from '../errors.ts';
import { dropUnread } from '../graph/drop-unread.ts';
import type { Graph, Model, Tensor, ValueInfo } from '../graph/model.ts';
import { BYTES_PER_ELEMENT } from '../graph/model.ts';
import { floatsOf, floatTensor } from '../graph/tensor.ts';
import { err, ok, type Result } from '../result.ts';
import type { Configuration, Elastic } from './elastic.ts';

type ComposeError = Extract<AppError, { code: 'manifest-invalid' }>;
const invalid = (detail: string): Result<never, ComposeError> => err({ code: 'manifest-invalid', detail });

/** `calibration` is the whole statistics file; it may be empty where the family has none. */
export function composeConfiguration(
  model: Model,
  elastic: Elastic,
  configuration: Configuration,
  calibration: Uint8Array<ArrayBuffer>,
): Result<Model, ComposeError> {
  const constants = elastic.calibration
    ? elastic.blocks.flatMap(({ mean, variance }) => [mean, variance])
    : [];
  const lost = constants.find((name) => !model.graph.initializers.has(name));
  if (lost !== undefined) return invalid(`elastic: the model has no constant “${lost}”`);
  const chosen = chooseKinds(model.graph, elastic, configuration);
  if (!chosen.ok) return chosen;
  const graph = setStatistics(chosen.value, elastic, configuration, calibration);
  if (!graph.ok) return graph;
  const inputs = graph.value.inputs.map((input) => withSide(input, configuration.side));
  const { name, outputs, nodes, initializers } = graph.value;
  // Without the shapes that the file states of values inside: they hold for its own input side only.
  return ok({ ...model, graph: { name, inputs, outputs, nodes, initializers } });
}

/** Reads other values as the chosen kinds say, and drops what nobody reads then. */
function chooseKinds(
  graph: Graph,
  { blocks }: Elastic,
  { kinds }: Configuration,
): Result<Graph, ComposeError> {
  const instead = new Map(blocks.flatMap((block, i) => Object.entries(block.kinds[kinds[i] ?? ''] ?? {})));
  const made = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const missing = [...instead].flat().find((name) => !made.has(name));
  if (missing !== undefined) return invalid(`elastic: the model makes no value “${missing}”`);
  const output = graph.outputs.find(({ name }) => instead.has(name));
  if (output) return invalid(`elastic: the model's output “${output.name}” cannot be replaced`);
  // A skipped block's input may be the output of another skipped block.
  const resolved = new Map<string, string>();
  for (const name of instead.keys()) {
    const seen = new Set<string>();
    let final = name;
    for (let next = instead.get(name); next !== undefined; next = instead.get(next)) {
      if (seen.has(next)) return invalid(`elastic: “${name}” is replaced in a circle`);
      seen.add(next);
      final = next;
    }
    resolved.set(name, final);
  }
  const nodes = graph.nodes.map((node) =>
    node.inputs.some((name) => resolved.has(name))
      ? { ...node, inputs: node.inputs.map((name) => resolved.get(name) ?? name) }
      : node,
  );
  return ok(dropUnread({ ...graph, nodes }));
}

/** The configuration's own mean and variance for every norm that is still there. */
function setStatistics(
  graph: Graph,
  { blocks, calibration: file }: Elastic,
  { id, offset }: Configuration,
  calibration: Uint8Array<ArrayBuffer>,
): Result<Graph, ComposeError> {
  if (file === null) return ok(graph);
  if (calibration.length !== file.bytes) {
    return invalid(`calibration: ${calibration.length} bytes, expected ${file.bytes}`);
  }
  const initializers = new Map(graph.initializers);
  let at = offset;
  for (const { mean, variance, channels } of blocks) {
    for (const name of [mean, variance]) {
      const before = initializers.get(name);
      if (!before) continue;
      const end = at + channels * BYTES_PER_ELEMENT.float16;
      if (before.shape.length !== 1 || before.shape[0] !== channels || end > calibration.length) {
        return invalid(`calibration: “${name}” does not fit configuration ${id}`);
      }
      const half: Tensor = { dtype: 'float16', shape: [channels], bytes: calibration.slice(at, end) };
      initializers.set(name, floatTensor([channels], floatsOf(half) ?? []));
      at = end;
    }
  }
  return ok({ ...graph, initializers });
}

const withSide = (input: ValueInfo, side: number): ValueInfo =>
  input.shape.length === 4 ? { ...input, shape: [...input.shape.slice(0, 2), side, side] } : input;
