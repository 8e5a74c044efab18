/**
 * @file Layers and blocks in words: `Conv 3×3` and `48 → 96, stride 2`; `Conv 3×3 + Conv 1×1 + identity` for branches, with
 * arrows for what runs one after another. What is not known – a kernel, a channel count – is left out.
 */
import { linksOf, type Block } from './blocks.ts';
import { channelsOf, imageChannels } from './channels.ts';
import type { OperatorClass } from '../graph/count.ts';
import type { Layer } from '../graph/layers.ts';
import { intAttribute, intsAttribute, type GraphNode, type ValueInfo } from '../graph/model.ts';

/** More main layers than this are counted, not listed. */
const LISTED = 4;
const KERNELS: Partial<Readonly<Record<OperatorClass, string>>> = { conv3x3: '3×3', conv1x1: '1×1' };
const ARITHMETIC = new Set<OperatorClass>(['conv3x3', 'conv1x1', 'depthwise', 'conv-other', 'matmul']);
const isMain = ({ operatorClass }: Layer): boolean => ARITHMETIC.has(operatorClass);

const operatorName = (opType: string): string => opType.replace(/Normalization$/, 'Norm');

/** `Conv 3×3`, `Depthwise 5×5`, `MaxPool 2×2`, `Gemm`. */
export function layerTitle({ nodes: [main], opType, operatorClass }: Layer): string {
  const kernel = main ? intsAttribute(main, 'kernel_shape', []).join('×') : '';
  const name = operatorClass === 'depthwise' ? 'Depthwise' : operatorName(opType);
  return [name, kernel || (KERNELS[operatorClass] ?? '')].filter(Boolean).join(' ');
}

const count = (value: number): string => value.toLocaleString('en-US');

function channelText(before: number | undefined, after: number | undefined): readonly string[] {
  return before === undefined || after === undefined ? [] : [`${count(before)} → ${count(after)}`];
}

function strideText(nodes: readonly GraphNode[]): readonly string[] {
  const strides = nodes.map((node) => intsAttribute(node, 'strides', []));
  const [largest] = strides.filter((each) => each.some((step) => step > 1));
  if (!largest) return [];
  return [`stride ${new Set(largest).size === 1 ? (largest[0] ?? '') : largest.join('×')}`];
}

function groupText({ nodes: [main], operatorClass }: Layer): readonly string[] {
  const groups = main && operatorClass === 'conv-other' ? intAttribute(main, 'group', 1) : 1;
  return groups > 1 ? [`${groups} groups`] : [];
}

const activationsOf = ({ nodes }: Layer): readonly string[] =>
  nodes.slice(1).map(({ opType }) => operatorName(opType));

/** Of products inside a block it is not known which axis holds what. */
const showsChannels = (layer: Layer, { layers }: Block): boolean =>
  isMain(layer) && (layer.operatorClass !== 'matmul' || layers.length === 1);

/** What each layer of a block does beside its title: channels – or what shape comes out –, stride, groups, activation. */
export function layerDetails(block: Block): readonly string[] {
  const channels = channelsOf(block);
  return block.layers.map((layer) => {
    const [main] = layer.nodes;
    const [before] = main?.inputs.flatMap((name) => channels.get(name) ?? []) ?? [];
    const after = channels.get(main?.outputs[0] ?? '');
    const shape = block.layers.length === 1 && !isMain(layer) ? [shapeText(block.output)] : [];
    return [
      ...(showsChannels(layer, block) ? channelText(before, after) : shape),
      ...strideText(layer.nodes),
      ...groupText(layer),
      ...activationsOf(layer),
    ].join(', ');
  });
}

/** Channels in and out of one block or several, and the largest stride inside. */
export function blockDetail(blocks: readonly Block[]): string {
  const layers = blocks.flatMap((block) => block.layers);
  const last = layers.at(-1);
  return [
    ...channelText(imageChannels(blocks[0]?.input), imageChannels(blocks.at(-1)?.output)),
    ...strideText(layers.flatMap(({ nodes }) => nodes)),
    ...(last ? activationsOf(last) : []),
  ].join(', ');
}

/** What a block is made of, by its main layers: convolutions and products, else whatever there is. */
export function blockTitle({ layers, input }: Block): string {
  const main = layers.filter(isMain);
  if (main.length <= 1) return layers.map(layerTitle).join(' → ');
  const { order, hasIdentity } = pathsOf(layers, input.name);
  const titles = main.map(layerTitle);
  const listed =
    titles.length > LISTED
      ? counted(titles)
      : titles.join({ parallel: ' + ', serial: ' → ', mixed: ', ' }[order]);
  return hasIdentity ? `${listed} + identity` : listed;
}

function counted(titles: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  return [...counts].map(([title, n]) => (n === 1 ? title : `${n} × ${title}`)).join(', ');
}

interface Paths {
  /** Whether the main layers run side by side, one after another, or some of both. */
  readonly order: 'parallel' | 'serial' | 'mixed';
  /** Whether a path leads past all of them. */
  readonly hasIdentity: boolean;
}

function pathsOf(layers: readonly Layer[], input: string): Paths {
  const links = linksOf(layers, [input]);
  const above: ReadonlySet<number>[] = [];
  const isBeside: boolean[] = [];
  layers.forEach((layer, i) => {
    const sources = links.filter(([, to]) => to === i).map(([from]) => from);
    above.push(
      new Set(
        sources.flatMap((from) => [
          ...(above[from] ?? []),
          ...(layers[from] && isMain(layers[from]) ? [from] : []),
        ]),
      ),
    );
    isBeside.push(!isMain(layer) && sources.some((from) => from < 0 || isBeside[from] === true));
  });
  const depths = layers.flatMap((layer, i) => (isMain(layer) ? [above[i]?.size ?? 0] : []));
  const order = depths.every((depth) => depth === 0)
    ? 'parallel'
    : depths.every((depth, i) => depth === i)
      ? 'serial'
      : 'mixed';
  return { order, hasIdentity: isBeside.at(-1) === true };
}

/** `1 × 3 × 224 × 224`. */
export const shapeText = ({ shape }: ValueInfo): string => shape.map(count).join(' × ');
