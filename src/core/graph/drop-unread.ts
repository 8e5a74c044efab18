/** @file Removes what nobody reads: nodes whose results reach no output of the graph, and constants no node takes in. */
import type { Graph } from './model.ts';

/** The same graph without its dead nodes and constants. */
export function dropUnread(graph: Graph): Graph {
  const read = new Set(graph.outputs.map(({ name }) => name));
  // Backwards through the topological order, so that one pass sees every reader before what it reads.
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      const alive = node.outputs.some((name) => read.has(name));
      if (alive) for (const name of [...node.inputs, ...(node.captured ?? [])]) read.add(name);
      return alive;
    })
    .toReversed();
  return dropUnreadConstants({ ...graph, nodes });
}

/** The same graph without constants that neither a node nor an output names. */
export function dropUnreadConstants(graph: Graph): Graph {
  const read = new Set([
    ...graph.nodes.flatMap(({ inputs, captured = [] }) => [...inputs, ...captured]),
    ...graph.outputs.map(({ name }) => name),
  ]);
  return { ...graph, initializers: new Map([...graph.initializers].filter(([name]) => read.has(name))) };
}
