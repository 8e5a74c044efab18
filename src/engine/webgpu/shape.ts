/** @file The uniform that tells a kernel about its step: `Shape` of kernels/shape.wgsl, field by field. */
import type { Precision } from '../../core/engine.ts';
import type { Program, Step, Window } from '../program.ts';
import { mapAt, type MapLayout } from './layout.ts';
import { LARGEST } from './precision.ts';

/** Bytes of a uniform, as far apart as every device lets them be bound. */
export const UNIFORM_BYTES = 256;

/** A window of one tap a place: steps that only go through their input. */
const POINT: Window = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

/** How the window of a step lies in its input; the mean is one window as large as the map. */
export function windowOfStep(program: Program, step: Step): Window {
  if (step.kind === 'convolution' || step.kind === 'depthwise') return step;
  if (step.kind === 'add') return POINT;
  const { height, width } = mapAt(program.maps, step.input);
  return { ...POINT, kernel: [height, width] };
}

/** What a step adds to its values; null where nothing. */
export const otherOf = (step: Step): number | null =>
  step.kind === 'convolution' ? step.residual : step.kind === 'add' ? step.other : null;

export function shapeOf(
  program: Program,
  layouts: readonly MapLayout[],
  step: Step,
  precision: Precision,
): ArrayBuffer {
  const most = LARGEST[precision];
  const { kernel, strides, dilations, pads } = windowOfStep(program, step);
  const input = mapAt(layouts, step.input);
  const output = mapAt(layouts, step.output);
  const otherIndex = otherOf(step);
  const other = otherIndex === null ? output : mapAt(layouts, otherIndex);
  const whole = [
    output.height,
    output.width,
    output.quads,
    output.row,
    output.start,
    input.quads,
    input.start - pads[0] * input.row - pads[1] * input.quads,
    strides[0] * input.row,
    strides[1] * input.quads,
    dilations[0] * input.row,
    dilations[1] * input.quads,
    kernel[0],
    kernel[1],
    other.row,
    other.start,
    input.height * input.width,
    otherIndex === null ? 0 : 1,
  ];
  const shape = new ArrayBuffer(UNIFORM_BYTES);
  new Uint32Array(shape).set(whole);
  const bounds = [step.clamp.min, step.clamp.max].map((bound) => Math.min(most, Math.max(-most, bound)));
  new Float32Array(shape).set(bounds, whole.length);
  return shape;
}

/** `Planes` of kernels/pack.wgsl. */
export function planesOf({ channels, height, width, quads, row, start }: MapLayout): ArrayBuffer {
  const shape = new ArrayBuffer(UNIFORM_BYTES);
  new Uint32Array(shape).set([channels, height, width, quads, row, start]);
  return shape;
}
