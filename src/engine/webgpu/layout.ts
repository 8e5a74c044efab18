/**
 * @file Where the values of feature maps lie on the GPU. A map is `[row][column][quad]`, a quad being four channels next
 * to each other (a vec4f, or in fp16 half of that); channels are padded to whole quads with values that no result depends on (their weights are zeros). Around it
 * lies a border of zeros as wide as the convolutions that read it pad it, so that no kernel asks where the picture ends.
 */
import { readBy, type FeatureMap, type Program, type Step, type Window } from '../program.ts';

/** Lengths and places count quads. */
export interface MapLayout extends FeatureMap {
  readonly quads: number;
  readonly border: Border;
  /** From one row to the next, border included. */
  readonly row: number;
  /** Place of channel 0 of the first pixel inside the border. */
  readonly start: number;
  readonly length: number;
}

export interface Border {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const VEC4_BYTES = 16;

/** Channels in quads. */
export const quadsOf = (channels: number): number => Math.ceil(channels / 4);

/** One layout a map, with the widest border that any of its readers needs. */
export function layoutsOf(program: Program): readonly MapLayout[] {
  return program.maps.map((map, index) => {
    const borders = program.steps
      .filter((step) => readBy(step).includes(index))
      .map((step) => borderOf(step, map, mapAt(program.maps, step.output)));
    const widest = (side: keyof Border): number => Math.max(0, ...borders.map((border) => border[side]));
    return layoutOf(map, {
      top: widest('top'),
      left: widest('left'),
      bottom: widest('bottom'),
      right: widest('right'),
    });
  });
}

export function layoutOf(map: FeatureMap, border: Border): MapLayout {
  const quads = quadsOf(map.channels);
  const row = (border.left + map.width + border.right) * quads;
  return {
    ...map,
    quads,
    border,
    row,
    start: border.top * row + border.left * quads,
    length: (border.top + map.height + border.bottom) * row,
  };
}

export function hasBorder({ border: { top, left, bottom, right } }: MapLayout): boolean {
  return top + left + bottom + right > 0;
}

/** What lies outside `input` under some window of the step. */
function borderOf(step: Step, input: FeatureMap, output: FeatureMap): Border {
  if (step.kind !== 'convolution' && step.kind !== 'depthwise')
    return { top: 0, left: 0, bottom: 0, right: 0 };
  const [top, left] = step.pads;
  return {
    top,
    left,
    bottom: overhang(step, 0, input.height, output.height),
    right: overhang(step, 1, input.width, output.width),
  };
}

function overhang(
  { kernel, strides, dilations, pads }: Window,
  axis: 0 | 1,
  length: number,
  outputs: number,
) {
  const end = (outputs - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis];
  return Math.max(0, end - length);
}

export function mapAt<T extends FeatureMap>(maps: readonly T[], index: number): T {
  const map = maps[index];
  if (!map) throw new Error(`the program has no map ${index}`);
  return map;
}
