/** @file Where feature maps lie: blocked by 8 channels with borders of zeros, in memory that is used again once a map was last read. */
import {
  lastReads,
  readBy,
  type ConvolutionStep,
  type FeatureMap,
  type Program,
  type Step,
  type Window,
} from '../program.ts';
import { BLOCK, PLACE_BYTES } from './kernels/kernel.ts';
import type { WinogradSize } from './kernels/winograd.ts';

/** `[top, left, bottom, right]` in places. */
export type Border = readonly [number, number, number, number];

/** A map in memory: blocks of 8 channels, or planes of one channel for a picture's few. */
export interface MapLayout extends FeatureMap {
  readonly border: Border;
  /** Bytes of a place. */
  readonly placeBytes: number;
  readonly rowBytes: number;
  readonly planeBytes: number;
  /** Blocks, or channels of a planar map. */
  readonly planes: number;
  readonly bytes: number;
}

export function layoutOf(map: FeatureMap, border: Border, isPlanar: boolean): MapLayout {
  const [top, left, bottom, right] = border;
  const placeBytes = isPlanar ? 4 : PLACE_BYTES;
  const rowBytes = (left + map.width + right) * placeBytes;
  const planeBytes = (top + map.height + bottom) * rowBytes;
  const planes = isPlanar ? map.channels : Math.ceil(map.channels / BLOCK);
  return { ...map, border, placeBytes, rowBytes, planeBytes, planes, bytes: planes * planeBytes };
}

/** Offset of a place in the first block; negative coordinates lie in the border. */
export const placeOffset = ({ border, rowBytes, placeBytes }: MapLayout, y: number, x: number): number =>
  (border[0] + y) * rowBytes + (border[1] + x) * placeBytes;

/** Winograd's kernels are for windows of 3×3 that move by one. */
export const isWinogradShape = ({ kernel, strides, dilations }: Window): boolean =>
  [...kernel].every((size) => size === 3) && [...strides, ...dilations].every((size) => size === 1);

/** A picture's few channels would fill a block with zeros; their window's rows are read whole. */
export const isPlanarInput = (program: Program): boolean => {
  const input = program.maps[program.input];
  const readers = program.steps.filter((step) => readBy(step).includes(program.input));
  const isRead = (step: Step): boolean =>
    step.kind === 'convolution' && step.dilations[1] === 1 && step.residual !== program.input;
  return input !== undefined && input.channels <= 4 && readers.length > 0 && readers.every(isRead);
};

/** Places beyond the map that its readers look at. */
function reachOf(step: Step, input: FeatureMap, output: FeatureMap): Border {
  if (step.kind !== 'convolution' && step.kind !== 'depthwise') return [0, 0, 0, 0];
  const [top, left, bottom, right] = step.pads;
  if (step.kind === 'depthwise' || !isWinogradShape(step)) return [top, left, bottom, right];
  const sizes: readonly WinogradSize[] = [2, 4];
  const beyond = (length: number, pad: number, results: number): number =>
    Math.max(...sizes.map((m) => Math.ceil(results / m) * m + 2 - pad - length));
  return [
    top,
    left,
    Math.max(bottom, beyond(input.height, top, output.height)),
    Math.max(right, beyond(input.width, left, output.width)),
  ];
}

export function layoutsOf(program: Program): readonly MapLayout[] {
  const { maps, steps } = program;
  return maps.map((map, index) => {
    const reaches = steps.flatMap((step) => {
      const [input, output] = [maps[step.input], maps[step.output]];
      return step.input === index && input && output ? [reachOf(step, input, output)] : [];
    });
    const side = (i: 0 | 1 | 2 | 3): number => Math.max(0, ...reaches.map((reach) => reach[i]));
    const border: Border = [side(0), side(1), side(2), side(3)];
    return layoutOf(map, border, index === program.input && isPlanarInput(program));
  });
}

export interface Places {
  /** Byte offset of each map. */
  readonly offsets: readonly number[];
  /** Whether a map has its memory for itself, so that its border stays as it is. */
  readonly isAlone: readonly boolean[];
  readonly bytes: number;
}

/** Maps that are alive at the same time never overlap; the largest are placed first, each as low as it fits. */
export function placeMaps(program: Program, layouts: readonly MapLayout[]): Places {
  const last = lastReads(program);
  const born = layouts.map((_, index) => program.steps.findIndex(({ output }) => output === index));
  const live = layouts.map(({ bytes }, index) => ({
    index,
    bytes: Math.ceil(bytes / 64) * 64,
    from: born[index] ?? -1,
    // What nobody reads is written all the same; a planar map's border is cleared by nobody.
    to:
      layouts[index]?.placeBytes === 4
        ? program.steps.length
        : Math.max(last[index] ?? -1, born[index] ?? -1),
  }));
  const placed: ((typeof live)[number] & { readonly offset: number })[] = [];
  for (const map of live.toSorted((a, b) => b.bytes - a.bytes)) {
    const rivals = placed
      .filter(({ from, to }) => from <= map.to && map.from <= to)
      .toSorted((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const rival of rivals) {
      if (offset + map.bytes <= rival.offset) break;
      offset = Math.max(offset, rival.offset + rival.bytes);
    }
    placed.push({ ...map, offset });
  }
  const of = (index: number) => placed.find((map) => map.index === index);
  const overlaps = (a: (typeof placed)[number], b: (typeof placed)[number]): boolean =>
    a.index !== b.index && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
  return {
    offsets: layouts.map((_, index) => of(index)?.offset ?? 0),
    isAlone: layouts.map((_, index) => {
      const map = of(index);
      return map !== undefined && !placed.some((other) => overlaps(map, other));
    }),
    bytes: Math.max(0, ...placed.map(({ offset, bytes }) => offset + bytes)),
  };
}

/** Offsets of the taps of a convolution in its input, whole rows of taps if that is planar: `[C][row]`. */
export function tapOffsets({ kernel, dilations }: ConvolutionStep, input: MapLayout): readonly number[] {
  const [height, width] = kernel;
  const isPlanar = input.placeBytes === 4;
  const rows = Array.from({ length: height }, (_, y) => y * dilations[0] * input.rowBytes);
  if (isPlanar)
    return Array.from({ length: input.channels }, (_, c) =>
      rows.map((row) => c * input.planeBytes + row),
    ).flat();
  return rows.flatMap((row) =>
    Array.from({ length: width }, (_, x) => row + x * dilations[1] * input.placeBytes),
  );
}
