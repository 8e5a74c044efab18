/**
 * @file A chain of units as a reader sees it. A *block* is a unit and the normalizations and other light layers that follow it
 * alone; a *stage* is a run of blocks whose outputs are images of one size; a *run* is a pattern of blocks that a stage
 * repeats. Blocks are alike when their operators, kernels, strides, groups and wiring are: channels may differ.
 */
import type { Layer } from '../graph/layers.ts';
import type { GraphNode, ValueInfo } from '../graph/model.ts';
import { intsAttribute, intAttribute } from '../graph/model.ts';
import type { Unit } from '../graph/units.ts';

export interface Block {
  readonly layers: readonly Layer[];
  /** The one tensor that enters, and the one that leaves. */
  readonly input: ValueInfo;
  readonly output: ValueInfo;
}

export interface Stage {
  /** Height × width of its outputs; empty where they are no images. */
  readonly size: string;
  readonly blocks: readonly Block[];
}

/** `count` repeats of the `period` keys that begin at `start`; a count of 1 repeats nothing. */
export interface Run {
  readonly start: number;
  readonly period: number;
  readonly count: number;
}

/** From layer to layer of a list, by index; -1 stands for the first tensor that enters, -2 for the second … */
export type Link = readonly [from: number, to: number];

/** Longest pattern that is looked for, in blocks. */
const LONGEST_PERIOD = 6;

/** Who reads whom among `layers`. Constants and tensors from elsewhere are no links. */
export function linksOf(layers: readonly Layer[], inputs: readonly string[]): readonly Link[] {
  const producers = new Map(inputs.map((name, i) => [name, -1 - i]));
  const links: Link[] = [];
  layers.forEach(({ nodes }, to) => {
    const read = nodes.flatMap((node) => [...node.inputs, ...(node.captured ?? [])]);
    const sources = read.flatMap((name) => producers.get(name) ?? []);
    for (const from of new Set(sources)) links.push([from, to]);
    for (const name of nodes.flatMap((node) => node.outputs)) producers.set(name, to);
  });
  return links;
}

const isLight = ({ layers: [layer, ...others] }: Unit): boolean =>
  layer?.operatorClass === 'elementwise' && others.length === 0;

export function blocksOf(units: readonly Unit[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const unit of units) {
    const { layers, input, output } = unit;
    const last = blocks.at(-1);
    if (last && isLight(unit)) blocks[blocks.length - 1] = joined(last, unit);
    else blocks.push({ layers, input, output });
  }
  return blocks;
}

const joined = (before: Block, after: Block): Block => ({
  layers: [...before.layers, ...after.layers],
  input: before.input,
  output: after.output,
});

/** `112 × 112` of `[N, C, H, W]`; empty for anything that is no image, a single pixel too. */
function imageSize({ shape }: ValueInfo): string {
  const [, , ...size] = shape;
  return size.length === 2 && size.some((side) => side > 1) ? size.join(' × ') : '';
}

/** What is no image any more stays in the stage before it. */
export function stagesOf(blocks: readonly Block[]): readonly Stage[] {
  const stages: { size: string; blocks: Block[] }[] = [];
  for (const block of blocks) {
    const size = imageSize(block.output);
    const last = stages.at(-1);
    if (last && (size === '' || size === last.size)) last.blocks.push(block);
    else stages.push({ size, blocks: [block] });
  }
  return stages;
}

function nodeKey(node: GraphNode, isDepthwise: boolean): string {
  const sizes = ['kernel_shape', 'strides', 'dilations'].map((name) =>
    intsAttribute(node, name, []).join('x'),
  );
  return [node.opType, ...sizes, isDepthwise ? 'depthwise' : intAttribute(node, 'group', 1)].join(' ');
}

/** Equal for blocks that are alike. */
export function blockKey({ layers, input }: Block): string {
  const kinds = layers.map(({ nodes, operatorClass }) =>
    [operatorClass, ...nodes.map((node) => nodeKey(node, operatorClass === 'depthwise'))].join('+'),
  );
  return `${kinds.join('|')} ${linksOf(layers, [input.name]).join(';')}`;
}

/** How often the `period` keys at `start` stand there one after another, up to `end` (exclusive). */
function repeatsAt(keys: readonly string[], start: number, period: number, end: number): number {
  let same = 0;
  while (start + period + same < end && keys[start + same] === keys[start + period + same]) same++;
  return 1 + Math.floor(same / period);
}

/**
 * Covers keys `start` … `end` (exclusive) with runs, in order: the repeat that covers most comes first, of equals the one
 * with the shortest pattern, then the one furthest left; what is before and after it is covered the same way.
 */
export function runsOf(keys: readonly string[], start = 0, end = keys.length): readonly Run[] {
  let best: Run = { start, period: 1, count: 1 };
  for (let period = 1; period <= Math.min(LONGEST_PERIOD, (end - start) / 2); period++) {
    for (let at = start; at + 2 * period <= end; at++) {
      const count = repeatsAt(keys, at, period, end);
      if (count > 1 && count * period > best.count * best.period) best = { start: at, period, count };
    }
  }
  if (best.count === 1) {
    return Array.from({ length: end - start }, (_, i) => ({ start: start + i, period: 1, count: 1 }));
  }
  const after = best.start + best.count * best.period;
  return [...runsOf(keys, start, best.start), best, ...runsOf(keys, after, end)];
}
