/** @file Leaves out nodes that pass their input on unchanged: Identity, and Dropout where nothing is dropped (inference). */
import type { Graph, GraphNode } from './model.ts';

function passesOn(node: GraphNode, graph: Graph): boolean {
  if (node.domain !== '') return false;
  if (node.opType === 'Identity') return true;
  const training = graph.initializers.get(node.inputs[2] ?? '');
  const isTraining = (node.inputs[2] ?? '') !== '' && training?.bytes[0] !== 0;
  return node.opType === 'Dropout' && node.outputs.length === 1 && !isTraining;
}

/** The same function without them, except where one makes an output of the graph: that has to keep its name. */
export function bypassIdentities(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  // A sub-graph reads by name and is not rewritten.
  const captured = new Set(graph.nodes.flatMap((node) => node.captured ?? []));
  const same = new Map<string, string>();
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    const inputs = node.inputs.map((name) => same.get(name) ?? name);
    if (passesOn(node, graph) && !outputs.has(output) && !captured.has(output))
      same.set(output, inputs[0] ?? '');
    else nodes.push(same.size === 0 ? node : { ...node, inputs });
  }
  return same.size === 0 ? graph : { ...graph, nodes };
}
