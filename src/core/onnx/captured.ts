/** @file Which values of the graph around it a node with sub-graphs (If, Loop, Scan) reads: ONNX lets them use outer names freely. */
import type { GraphProto, NodeProto } from 'onnx-buf';

/** Names that the sub-graphs of a node read and do not make themselves; mostly none. */
export function capturedNames(node: NodeProto): readonly string[] {
  const graphs = node.attribute.flatMap(({ g, graphs: several }) => (g ? [g, ...several] : several));
  return graphs.length === 0 ? [] : [...new Set(graphs.flatMap(namesFromOutside))];
}

function namesFromOutside(graph: GraphProto): readonly string[] {
  const own = new Set([
    '',
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
  ]);
  for (const { output } of graph.node) for (const name of output) own.add(name);
  const read = [
    ...graph.node.flatMap((node) => [...node.input, ...capturedNames(node)]),
    ...graph.output.map(({ name }) => name),
  ];
  return read.filter((name) => !own.has(name));
}
