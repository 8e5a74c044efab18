/**
 * @file Where the vertices and edges of a diagram lie, in CSS pixels. dagre lays out each stage from top to bottom; on a wide page
 * the stages stand side by side as columns, on a narrow one they are one column. Boxes are as tall as their text needs.
 */
import { Graph, layout as layOut, type EdgeLabel, type GraphLabel, type NodeLabel } from '@dagrejs/dagre';
import type { Diagram, Vertex } from './diagram.ts';
import { pathOf, wrapPath, type Box, type Point } from './paths.ts';
import { linesOf, type TextWidth } from './text.ts';
import { drawSketch, isBranched, type SketchDrawing } from './sketch.ts';

export interface PlacedVertex {
  readonly vertex: Vertex;
  readonly box: Box;
  /** Only where it branches: a chain says no more than its title. */
  readonly sketch: SketchDrawing | null;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly vertices: readonly PlacedVertex[];
  readonly edges: readonly { readonly id: string; readonly path: string }[];
  /** Around an expanded vertex and its members, outer ones first. */
  readonly frames: readonly { readonly id: string; readonly box: Box }[];
  /** Size of the images from here on; `x` is its right end, `y` its base line. */
  readonly labels: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}

/** Inner distances of a box that its style sheet repeats: padding, mark, gap. */
const INSET = { x: 9, y: 6, mark: 12, gap: 8 } as const;
const LINE = { title: 17, detail: 16 } as const;
const LEAST_HEIGHT = 44;
/** A vertex of the chain, and one inside a block, where several stand side by side. */
const WIDTH = { chain: 240, inside: 128 } as const;
const SEPARATION = { nodesep: 12, edgesep: 10, ranksep: 21 } as const;
/** Between columns, and above them for the label and the edge that comes in. */
const [GUTTER, HEADROOM] = [40, 22];
const FRAME_PADDING = [10, 5] as const;

const isInside = ({ kind, frames }: Vertex): boolean =>
  kind === 'layer' && (frames.at(-1) ?? '').startsWith('block:');

export const titleOf = ({ repeats, title }: Vertex): string =>
  repeats > 1 ? `${repeats} × ${title}` : title;

/** `chainWidth`: of a vertex of the chain; null stands for columns. */
export function layoutOf(diagram: Diagram, textWidth: TextWidth, chainWidth: number | null): Layout {
  const sized = diagram.vertices.map((vertex) => sizeOf(vertex, textWidth, chainWidth ?? WIDTH.chain));
  const columns = chainWidth === null ? diagram.stages.map((_, i) => i) : [null];
  const placed = new Map<string, PlacedVertex>();
  const edges: { id: string; path: string }[] = [];
  const top = chainWidth === null ? HEADROOM : 0;
  let [right, bottom] = [0, 0];
  for (const stage of columns) {
    const members = sized.filter(({ vertex }) => stage === null || vertex.stage === stage);
    const column = columnOf(members, diagram);
    const left = right === 0 ? 0 : right + GUTTER;
    const shift = ({ x, y }: Point): Point => ({ x: x - column.left + left, y: y + top });
    for (const each of column.vertices)
      placed.set(each.vertex.id, { ...each, box: { ...each.box, ...shift(each.box) } });
    for (const { id, points } of column.edges) edges.push({ id, path: pathOf(points.map(shift)) });
    right = left + column.width;
    bottom = Math.max(bottom, column.height + top);
  }
  const drawn = new Set(edges.map(({ id }) => id));
  for (const { id, from, to } of diagram.edges) {
    const [source, target] = [placed.get(from)?.box, placed.get(to)?.box];
    if (!drawn.has(id) && source && target) edges.push({ id, path: wrapPath(source, target, GUTTER) });
  }
  const vertices = [...placed.values()];
  const frames = framesOf(vertices);
  const lowest = Math.max(bottom, ...frames.map(({ box }) => box.y + box.height));
  return {
    width: right,
    height: lowest + top / 2,
    vertices,
    edges,
    frames,
    labels: labelsOf(diagram, vertices),
  };
}

function sizeOf(vertex: Vertex, textWidth: TextWidth, chainWidth: number): PlacedVertex {
  const width = isInside(vertex) ? WIDTH.inside : chainWidth;
  const sketch =
    vertex.sketch && isBranched(vertex.sketch) && vertex.isExpanded !== true
      ? drawSketch(vertex.sketch)
      : null;
  const room = width - 2 * INSET.x - INSET.mark - INSET.gap;
  const titles = linesOf(titleOf(vertex), room, textWidth) * LINE.title;
  const height = 2 * INSET.y + titles + LINE.detail + (sketch ? sketch.height + INSET.y : 0);
  return { vertex, sketch, box: { x: 0, y: 0, width, height: Math.max(LEAST_HEIGHT, height) } };
}

interface Column {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly vertices: readonly PlacedVertex[];
  readonly edges: readonly { readonly id: string; readonly points: readonly Point[] }[];
}

function columnOf(members: readonly PlacedVertex[], diagram: Diagram): Column {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph(SEPARATION);
  for (const { vertex, box } of members) graph.setNode(vertex.id, { width: box.width, height: box.height });
  const inside = diagram.edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const { from, to } of inside) graph.setEdge(from, to, {});
  layOut(graph);
  const vertices = members.map((member) => {
    const { x = 0, y = 0 } = graph.node(member.vertex.id);
    const { width, height } = member.box;
    return { ...member, box: { width, height, x: x - width / 2, y: y - height / 2 } };
  });
  const edges = inside.map(({ id, from, to }) => ({ id, points: graph.edge(from, to).points ?? [] }));
  const boxes = [...vertices.map(({ box }) => box), ...framesOf(vertices).map(({ box }) => box)];
  const corners = edges.flatMap(({ points }) => points.map(({ x }) => x));
  const left = Math.min(...boxes.map(({ x }) => x), ...corners);
  const right = Math.max(...boxes.map(({ x, width }) => x + width), ...corners);
  const height = Math.max(...boxes.map((box) => box.y + box.height));
  return { left, width: right - left, height, vertices, edges };
}

/** The boxes around the members of each expanded vertex. */
function framesOf(vertices: readonly PlacedVertex[]): Layout['frames'] {
  const heads = vertices.filter(({ vertex }) => vertex.isExpanded === true).map(({ vertex }) => vertex);
  return heads.map(({ id, frames }) => {
    const padding = FRAME_PADDING[frames.length - 1] ?? 5;
    const boxes = vertices.filter(({ vertex }) => vertex.frames.includes(id)).map(({ box }) => box);
    const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - x + 2 * padding;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - y + 2 * padding;
    return { id, box: { x: x - padding, y: y - padding, width, height } };
  });
}

function labelsOf({ stages }: Diagram, vertices: readonly PlacedVertex[]): Layout['labels'] {
  return stages.flatMap((text, stage) => {
    const first = vertices.find(({ vertex }) => vertex.stage === stage && vertex.kind !== 'input')?.box;
    return first && text !== '' ? [{ text, x: first.x + first.width, y: first.y - 6 }] : [];
  });
}
