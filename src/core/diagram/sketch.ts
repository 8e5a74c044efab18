/** @file The inside of a block as a drawing of a few pixels, left to right, so that its branches are seen before it is opened. */
import { Graph, layout as layOut, type EdgeLabel, type GraphLabel, type NodeLabel } from '@dagrejs/dagre';
import type { OperatorClass } from '../graph/count.ts';
import type { Sketch } from './diagram.ts';
import { pathOf } from './paths.ts';

export interface SketchDrawing {
  readonly width: number;
  readonly height: number;
  /** Centres of the layers. */
  readonly marks: readonly {
    readonly operatorClass: OperatorClass;
    readonly x: number;
    readonly y: number;
  }[];
  readonly paths: readonly string[];
}

const MARK = 9;
/** Where the tensor comes in: a point. */
const ENTRY = '-1';
const DISTANCES = { rankdir: 'LR', nodesep: 4, edgesep: 5, ranksep: 8, marginx: 1, marginy: 1 } as const;

export const isBranched = ({ links }: Sketch): boolean =>
  links.some(([from], i) => links.some(([other], j) => i !== j && from === other));

export function drawSketch({ classes, links }: Sketch): SketchDrawing {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph(DISTANCES);
  graph.setNode(ENTRY, { width: 1, height: 1 });
  classes.forEach((_, i) => graph.setNode(String(i), { width: MARK, height: MARK }));
  for (const [from, to] of links) graph.setEdge(String(from), String(to), {});
  layOut(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    marks: classes.map((operatorClass, i) => {
      const { x = 0, y = 0 } = graph.node(String(i));
      return { operatorClass, x, y };
    }),
    paths: links.map(([from, to]) => pathOf(graph.edge(String(from), String(to)).points ?? [])),
  };
}
