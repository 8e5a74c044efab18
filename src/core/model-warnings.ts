/** @file What a reader should know of a model file before trusting its counts; each warning is a phrase without a full stop. */
import { hasShapeRule } from './graph/infer-shapes.ts';
import type { Model } from './graph/model.ts';

/** The engine is tested with operator sets from this one on (PLATFORM). */
const OLDEST_OPSET = 13;

/** `file` is the model as it was read, `folded` how many of its nodes only made constants, `cuts` where it can be divided. */
export function modelWarnings(file: Model, folded: number, cuts: readonly unknown[]): readonly string[] {
  return [
    ...(file.opset < OLDEST_OPSET ? [`operator set ${file.opset} is older than ${OLDEST_OPSET}`] : []),
    ...[...file.otherOpsets.keys()].map((domain) => `uses operators outside ONNX: ${domain}`),
    ...unknownOperators(file).map(
      (name) => `${name} is not known here: it is priced by the tensors it reads and writes`,
    ),
    ...(folded === 1 ? ['1 node that only makes a constant (widened weights) is not counted'] : []),
    ...(folded > 1 ? [`${folded} nodes that only make constants (widened weights) are not counted`] : []),
    ...(cuts.length === 0
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
