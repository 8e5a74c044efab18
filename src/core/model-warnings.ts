/** @file What a reader should know of a model file before trusting its counts; each warning is a phrase without a full stop. */
import type { Model } from './graph/model.ts';

/** The engine is tested with operator sets from this one on (PLATFORM). */
const OLDEST_OPSET = 13;

/** `file` is the model as it was read; `nodes` and `cuts` are what is left once constants are folded. */
export function modelWarnings(
  file: Model,
  { nodes, cuts }: { readonly nodes: number; readonly cuts: readonly unknown[] },
): readonly string[] {
  const folded = file.graph.nodes.length - nodes;
  return [
    ...(file.opset < OLDEST_OPSET ? [`operator set ${file.opset} is older than ${OLDEST_OPSET}`] : []),
    ...[...file.otherOpsets.keys()].map((domain) => `uses operators outside ONNX: ${domain}`),
    ...(folded === 1 ? ['1 node that only makes a constant (widened weights) is not counted'] : []),
    ...(folded > 1 ? [`${folded} nodes that only make constants (widened weights) are not counted`] : []),
    ...(cuts.length === 0
      ? ['no place where one tensor crosses: it cannot be divided between processors']
      : []),
  ];
}
