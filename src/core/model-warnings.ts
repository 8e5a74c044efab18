/** @file What a reader should know of a model file before trusting its counts; each warning is a phrase without a full stop. */
import { hasShapeRule, type Values } from './graph/infer-shapes.ts';
import type { GraphNode, Model } from './graph/model.ts';

/** The engine is tested with operator sets from this one on (PLATFORM). */
const OLDEST_OPSET = 13;

/** What a form's description says that a warning may come of. */
interface Facts {
  readonly units: readonly unknown[];
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
}

/**
 * `file` is the model as it was read, `folded` how many of its nodes only made constants, `values` and
 * `facts` what was found out of it.
 */
export function modelWarnings(
  file: Model,
  folded: number,
  values: Values,
  { units, inputs, outputs }: Facts,
): readonly string[] {
  const unshaped = unshapedNodes(file, values);
  return [
    ...(file.opset < OLDEST_OPSET ? [`operator set ${file.opset} is older than ${OLDEST_OPSET}`] : []),
    ...[...file.otherOpsets.keys()].map((domain) => `uses operators outside ONNX: ${domain}`),
    ...unknownOperators(file).map(
      (name) => `${name} is not known here: it is priced by the tensors it reads and writes`,
    ),
    ...(unshaped.length > 0
      ? [`shapes after ${namesOf(unshaped)} are known only when it runs: nothing is counted there`]
      : []),
    ...(folded === 1 ? ['1 node that only makes a constant (widened weights) is not counted'] : []),
    ...(folded > 1 ? [`${folded} nodes that only make constants (widened weights) are not counted`] : []),
    ...(inputs.length > 1 || outputs.length > 1
      ? [
          `${inputs.length} inputs and ${outputs.length} outputs: it can be fused and divided, but not run in the page`,
        ]
      : units.length < 2
        ? ['no place where one tensor crosses: it cannot be divided between processors']
        : []),
  ];
}

const unknownOperators = ({ graph }: Model): readonly string[] => [
  ...new Set(
    graph.nodes
      .filter((node) => !hasShapeRule(node))
      .map(({ domain, opType }) => (domain === '' ? opType : `${domain}.${opType}`)),
  ),
];

/** Nodes with inputs of known shapes whose outputs have none: where knowledge ends. */
function unshapedNodes({ graph }: Model, values: Values): readonly GraphNode[] {
  const isKnown = (name: string): boolean => name === '' || values.has(name);
  return graph.nodes.filter((node) => node.inputs.every(isKnown) && !node.outputs.every(isKnown));
}

function namesOf(nodes: readonly GraphNode[]): string {
  const names = nodes.slice(0, 3).map(({ name, opType }) => `${opType} “${name}”`);
  return `${names.join(', ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`;
}
