/**
 * @file Channels of the tensors inside a block. A description holds the shapes of the tensors that enter and leave a block
 * only; the rest follows from them, from groups and from the size of the weights. What does not follow is left out.
 */
import type { Block } from './blocks.ts';
import type { Layer } from '../graph/layers.ts';
import {
  BYTES_PER_ELEMENT,
  elementCount,
  intAttribute,
  intsAttribute,
  type ValueInfo,
} from '../graph/model.ts';

/** Axis 1 of an image `[N, C, H, W]` and of `[N, C]`, else the last one: `[N, T, C]`. */
export function imageChannels(value: ValueInfo | undefined): number | undefined {
  if (!value || value.shape.length < 2) return undefined;
  return value.shape.length === 3 ? value.shape.at(-1) : value.shape[1];
}

const whole = (value: number): number | undefined =>
  Number.isInteger(value) && value > 0 ? value : undefined;

interface Convolution {
  readonly groups: number;
  /** Weights and biases together. */
  readonly constants: number;
  /** Taps of the kernel; NaN where it is not stated. */
  readonly taps: number;
  readonly biases: 0 | 1;
}

function convolutionOf(
  { nodes: [node], operatorClass, weightBytes }: Layer,
  bytes: number,
): Convolution | null {
  if (node?.opType !== 'Conv') return null;
  const kernel = intsAttribute(node, 'kernel_shape', []);
  const fallback = { conv3x3: 9, conv1x1: 1 }[operatorClass as string] ?? NaN;
  return {
    groups: intAttribute(node, 'group', 1),
    constants: weightBytes / bytes,
    taps: kernel.length > 0 ? elementCount(kernel) : fallback,
    biases: (node.inputs[2] ?? '') === '' ? 0 : 1,
  };
}

/** The channels on both sides of a convolution, as far as they follow from one of them. */
function acrossConvolution(
  { groups, constants, taps, biases }: Convolution,
  [before, after]: readonly [number | undefined, number | undefined],
  isDepthwise: boolean,
): readonly [number | undefined, number | undefined] {
  if (isDepthwise) return [groups, whole(constants / (taps + biases))];
  // constants = after × (before / groups × taps + biases)
  return [
    before ?? (after === undefined ? undefined : whole(((constants / after - biases) * groups) / taps)),
    after ?? (before === undefined ? undefined : whole(constants / ((before / groups) * taps + biases))),
  ];
}

/** Channels by the name of the tensor. */
export function channelsOf({ layers, input, output }: Block): ReadonlyMap<string, number> {
  const bytes = BYTES_PER_ELEMENT[input.dtype];
  const known = new Map<string, number>();
  const inside = new Set([
    input.name,
    ...layers.flatMap(({ nodes }) => nodes.flatMap((node) => node.outputs)),
  ]);
  const learn = (name: string, channels: number | undefined): void => {
    if (channels !== undefined && inside.has(name) && !known.has(name)) known.set(name, channels);
  };
  learn(input.name, imageChannels(input));
  learn(output.name, imageChannels(output));
  let before = -1;
  while (known.size > before) {
    before = known.size;
    for (const layer of layers) {
      const convolution = convolutionOf(layer, bytes);
      layer.nodes.forEach((node, i) => {
        const [from = '', to = ''] = [node.inputs[0], node.outputs[0]];
        if (i === 0 && convolution) {
          const sides = [known.get(from), known.get(to)] as const;
          const [left, right] = acrossConvolution(convolution, sides, layer.operatorClass === 'depthwise');
          learn(from, left);
          learn(to, right);
        } else if (i > 0 || layer.operatorClass === 'elementwise' || layer.operatorClass === 'pooling') {
          const all = [...node.inputs, ...node.outputs].filter((name) => inside.has(name));
          const [channels] = all.flatMap((name) => known.get(name) ?? []);
          for (const name of all) learn(name, channels);
        }
      });
    }
  }
  return known;
}
