/** @file The sliding window of a 2-D convolution or pooling: kernel, stride, dilation and padding, and the length it leaves. */
import type { GraphNode } from './model.ts';
import { intsAttribute, stringAttribute } from './model.ts';

type Shape = readonly number[];

export interface Window2d {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** `[top, left, bottom, right]` */
  readonly pads: readonly [number, number, number, number];
}

const pair = (list: Shape): readonly [number, number] => [list[0] ?? 1, list[1] ?? list[0] ?? 1];

/** Window of a 2-D Conv or pooling node over an `[N, C, H, W]` input, with `auto_pad` resolved. */
export function windowOf(node: GraphNode, kernel: Shape, input: Shape): Window2d {
  const strides = pair(intsAttribute(node, 'strides', [1, 1]));
  const dilations = pair(intsAttribute(node, 'dilations', [1, 1]));
  const size = pair(kernel);
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const explicit = intsAttribute(node, 'pads', [0, 0, 0, 0]);
  let pads: Window2d['pads'] = [explicit[0] ?? 0, explicit[1] ?? 0, explicit[2] ?? 0, explicit[3] ?? 0];
  if (autoPad === 'VALID') pads = [0, 0, 0, 0];
  if (autoPad.startsWith('SAME')) {
    const total = ([0, 1] as const).map((axis) => {
      const length = input[axis + 2] ?? 1;
      const reach = (size[axis] - 1) * dilations[axis] + 1;
      return Math.max(0, (Math.ceil(length / strides[axis]) - 1) * strides[axis] + reach - length);
    });
    const small = total.map((sum) => Math.floor(sum / 2));
    const large = total.map((sum) => Math.ceil(sum / 2));
    const [begin, end] = autoPad === 'SAME_UPPER' ? [small, large] : [large, small];
    pads = [begin[0] ?? 0, begin[1] ?? 0, end[0] ?? 0, end[1] ?? 0];
  }
  return { kernel: size, strides, dilations, pads };
}

/** Output length of a window along one spatial axis (0 = height, 1 = width). */
export function windowLength(window: Window2d, axis: 0 | 1, length: number, ceil = false): number {
  const reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const free = length + window.pads[axis] + window.pads[axis === 0 ? 2 : 3] - reach;
  const steps = (ceil ? Math.ceil : Math.floor)(free / window.strides[axis]);
  // A ceil-mode window must start inside the input or its leading pad (ONNX, MaxPool).
  const inside = !ceil || steps * window.strides[axis] < length + window.pads[axis];
  return steps + (inside ? 1 : 0);
}
