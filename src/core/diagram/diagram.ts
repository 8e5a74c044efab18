/**
 * @file A form as a diagram: vertices and data edges, inputs first and outputs last. A block of one layer is a vertex; a block
 * of several, and a run of repeated blocks, is one vertex that can be expanded: it then stays as the head of its members.
 * A form that is no chain of blocks is drawn layer by layer. Geometry is not known here.
 */
import type { FormDescription } from '../prepare-model.ts';
import { blockDetail, blockTitle, layerDetails, layerTitle, shapeText } from './block-text.ts';
import { blockKey, blocksOf, linksOf, runsOf, stagesOf, type Block, type Link } from './blocks.ts';
import type { OperatorClass } from '../graph/count.ts';
import type { Layer } from '../graph/layers.ts';
import type { ValueInfo } from '../graph/model.ts';

/** The inside of a vertex, small: its layers by class, and who reads whom (-1: what enters). */
export interface Sketch {
  readonly classes: readonly OperatorClass[];
  readonly links: readonly Link[];
}

export interface Vertex {
  /** Stays the same when others expand. */
  readonly id: string;
  readonly kind: 'input' | 'output' | 'layer' | 'block' | 'repeat';
  /** What it is: `Conv 3×3`. */
  readonly title: string;
  /** What else is known of it: `48 → 96, stride 2`. */
  readonly detail: string;
  /** Of its heaviest layer; null for input and output. */
  readonly operatorClass: OperatorClass | null;
  /** How often its pattern stands there. */
  readonly repeats: number;
  readonly layers: readonly Layer[];
  /** Of its pattern, once; null for a single layer. */
  readonly sketch: Sketch | null;
  readonly flop: number;
  readonly bytes: number;
  readonly weightBytes: number;
  /** Of the form's FLOP, 0 … 1. */
  readonly share: number;
  /** The tensors that enter and leave; null inside a block, where shapes are not described. */
  readonly input: ValueInfo | null;
  readonly output: ValueInfo | null;
  /** Null where there is nothing to expand. */
  readonly isExpanded: boolean | null;
  /** Ids of the expanded vertices it belongs to, outermost first; an expanded vertex belongs to itself. */
  readonly frames: readonly string[];
  /** Index of its stage. */
  readonly stage: number;
}

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface Diagram {
  readonly vertices: readonly Vertex[];
  readonly edges: readonly Edge[];
  /** Height × width of each stage's outputs, or empty. */
  readonly stages: readonly string[];
}

/** The diagram of a form; `expanded` holds ids of vertices that show their members. */
export function diagramOf(form: FormDescription, expanded: ReadonlySet<string> = new Set()): Diagram {
  const blocks = blocksOf(form.units);
  const drawing: Drawing = { form, expanded, vertices: [], edges: [], stage: 0, source: 'input:0' };
  form.inputs.forEach((input, i) => {
    put(drawing, {
      id: `input:${i}`,
      kind: 'input',
      title: 'Input',
      detail: shapeText(input),
      output: input,
    });
  });
  const stages = blocks.length > 1 ? stagesOf(blocks) : [];
  if (stages.length === 0) putLayers(drawing, form.layers, form.inputs, form.output, []);
  stages.forEach((each, i) => {
    drawing.stage = i;
    for (const { start, period, count } of runsOf(each.blocks.map(blockKey))) {
      const members = each.blocks.slice(start, start + period * count);
      if (count > 1) putRepeat(drawing, members, count);
      else for (const block of members) putBlock(drawing, block, []);
    }
  });
  form.outputs.forEach((output, i) => {
    const id = `output:${i}`;
    put(drawing, { id, kind: 'output', title: 'Output', detail: shapeText(output), input: output });
    const makes = ({ layers }: Vertex): boolean => layers.some((layer) => outputsOf(layer).has(output.name));
    const maker = drawing.vertices.findLast((vertex) => vertex.isExpanded !== true && makes(vertex));
    connect(drawing, maker?.id ?? drawing.source, id);
  });
  const { vertices, edges } = drawing;
  return { vertices, edges, stages: stages.length === 0 ? [''] : stages.map(({ size }) => size) };
}

/** A diagram in the making. */
interface Drawing {
  readonly form: FormDescription;
  readonly expanded: ReadonlySet<string>;
  readonly vertices: Vertex[];
  readonly edges: Edge[];
  stage: number;
  /** The vertex whose output crosses to whatever comes next. */
  source: string;
}

function connect({ edges }: Drawing, from: string, to: string): void {
  edges.push({ id: `${from} ${to}`, from, to });
}

function follow(drawing: Drawing, id: string): void {
  connect(drawing, drawing.source, id);
  drawing.source = id;
}

function put(drawing: Drawing, vertex: Pick<Vertex, 'id' | 'kind' | 'title'> & Partial<Vertex>): void {
  const { id, layers = [], isExpanded = null, frames = [] } = vertex;
  const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const flop = sum((layer) => layer.flop);
  const [heaviest] = layers.toSorted((a, b) => b.flop - a.flop);
  drawing.vertices.push({
    detail: '',
    repeats: 1,
    sketch: null,
    input: null,
    output: null,
    ...vertex,
    operatorClass: heaviest?.operatorClass ?? null,
    layers,
    flop,
    bytes: sum((layer) => layer.bytes),
    weightBytes: sum((layer) => layer.weightBytes),
    share: drawing.form.flop === 0 ? 0 : flop / drawing.form.flop,
    isExpanded,
    frames: isExpanded === true ? [...frames, id] : frames,
    stage: drawing.stage,
  });
}

function putRepeat(drawing: Drawing, blocks: readonly Block[], repeats: number): void {
  const pattern = blocks.slice(0, blocks.length / repeats);
  const layers = blocks.flatMap((block) => block.layers);
  const id = `repeat:${layers[0]?.index ?? 0}`;
  const isExpanded = drawing.expanded.has(id);
  put(drawing, {
    ...{ id, kind: 'repeat', title: pattern.map(blockTitle).join(', '), detail: blockDetail(blocks) },
    ...{ repeats, layers, sketch: sketchOf(pattern), isExpanded },
    ...{ input: blocks[0]?.input ?? null, output: blocks.at(-1)?.output ?? null },
  });
  follow(drawing, id);
  if (isExpanded) for (const block of blocks) putBlock(drawing, block, [id]);
}

function putBlock(drawing: Drawing, block: Block, frames: readonly string[]): void {
  const { layers, input, output } = block;
  const [first, ...others] = layers;
  if (!first) return;
  if (others.length === 0) {
    const [detail = ''] = layerDetails(block);
    const id = layerId(first);
    put(drawing, { id, kind: 'layer', title: layerTitle(first), detail, layers, input, output, frames });
    follow(drawing, id);
    return;
  }
  const id = `block:${first.index}`;
  const isExpanded = drawing.expanded.has(id);
  const texts = { title: blockTitle(block), detail: blockDetail([block]) };
  const sketch = sketchOf([block]);
  put(drawing, { id, kind: 'block', ...texts, layers, sketch, input, output, isExpanded, frames });
  follow(drawing, id);
  if (isExpanded) putLayers(drawing, layers, [input], output, [...frames, id]);
}

/** Layers one by one, below what gives them their inputs: the head of their block, or the inputs of the form. */
function putLayers(
  drawing: Drawing,
  layers: readonly Layer[],
  inputs: readonly ValueInfo[],
  output: ValueInfo,
  frames: readonly string[],
): void {
  const head = frames.at(-1);
  const [input = output] = inputs;
  const details = layerDetails({ layers, input, output });
  layers.forEach((layer, i) => {
    const [id, detail = ''] = [layerId(layer), details[i]];
    put(drawing, { id, kind: 'layer', title: layerTitle(layer), detail, layers: [layer], frames });
    if (outputsOf(layer).has(output.name)) drawing.source = id;
  });
  const names = inputs.map(({ name }) => name);
  for (const [from, to] of linksOf(layers, names)) {
    const [producer, consumer] = [layers[from], layers[to]];
    if (consumer)
      connect(drawing, producer ? layerId(producer) : (head ?? `input:${-1 - from}`), layerId(consumer));
  }
}

const layerId = ({ index }: Layer): string => `layer:${index}`;

const outputsOf = ({ nodes }: Layer): ReadonlySet<string> => new Set(nodes.flatMap((node) => node.outputs));

function sketchOf(pattern: readonly Block[]): Sketch | null {
  const layers = pattern.flatMap((block) => block.layers);
  if (layers.length < 2) return null;
  const classes = layers.map((layer) => layer.operatorClass);
  return { classes, links: linksOf(layers, [pattern[0]?.input.name ?? '']) };
}
