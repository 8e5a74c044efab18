/** @file Weights in the order in which the kernels read them; what fills up a block is zero. */
import type { ConvolutionStep, DepthwiseStep } from '../program.ts';
import { BLOCK, LANES } from './kernels/kernel.ts';
import type { WinogradSize } from './kernels/winograd.ts';

const blocksOf = (channels: number): number => Math.ceil(channels / BLOCK);

/** `[O / 8][C / 8][tap][8 inputs][8 results]`, for `inputs` channels. */
export function panelsOf({ weights, bias, kernel }: ConvolutionStep, inputs: number): Float32Array {
  const [outputs, taps] = [bias.length, kernel[0] * kernel[1]];
  const depth = blocksOf(inputs) * taps * BLOCK;
  const panels = new Float32Array(blocksOf(outputs) * depth * BLOCK);
  // Place by place of a panel, which is then written once from its start to its end: models have millions.
  for (let first = 0; first < outputs; first += BLOCK) {
    const results = Math.min(BLOCK, outputs - first);
    for (let c = 0; c < inputs; c++) {
      const place = first * depth + (Math.floor(c / BLOCK) * taps * BLOCK + (c % BLOCK)) * BLOCK;
      for (let tap = 0; tap < taps; tap++) {
        const [from, to] = [(first * inputs + c) * taps + tap, place + tap * BLOCK * BLOCK];
        for (let o = 0; o < results; o++) panels[to + o] = weights[from + o * inputs * taps] ?? 0;
      }
    }
  }
  return panels;
}

/** `[O / 8][C][tap][8 results]`, for a planar input. */
export function planarPanelsOf({ weights, bias, kernel }: ConvolutionStep, inputs: number): Float32Array {
  const depth = inputs * kernel[0] * kernel[1];
  const panels = new Float32Array(blocksOf(bias.length) * depth * BLOCK);
  for (let o = 0; o < bias.length; o++) {
    const panel = Math.floor(o / BLOCK) * depth * BLOCK + (o % BLOCK);
    for (let k = 0; k < depth; k++) panels[panel + k * BLOCK] = weights[o * depth + k] ?? 0;
  }
  return panels;
}

/** G·g of a line of a filter, written to `to` from `at` on: m + 2 values. */
type KernelTransform = (g0: number, g1: number, g2: number, to: Float64Array, at: number) => void;

const KERNEL_TRANSFORM: Readonly<Record<WinogradSize, KernelTransform>> = {
  2: (g0, g1, g2, to, at) => {
    to[at] = g0;
    to[at + 1] = (g0 + g1 + g2) / 2;
    to[at + 2] = (g0 - g1 + g2) / 2;
    to[at + 3] = g2;
  },
  4: (g0, g1, g2, to, at) => {
    const near = (g0 + g2) / 6;
    const far = g0 / 24 + g2 / 6;
    to[at] = g0 / 4;
    to[at + 1] = -near - g1 / 6;
    to[at + 2] = g1 / 6 - near;
    to[at + 3] = far + g1 / 12;
    to[at + 4] = far - g1 / 12;
    to[at + 5] = g2;
  },
};

/** `G·g·Gᵀ` of every filter, `[O / 8][position][C][8 results]`. Written for speed: models have hundreds of thousands. */
export function winogradPanelsOf(
  { weights, bias }: ConvolutionStep,
  inputs: number,
  m: WinogradSize,
): Float32Array {
  const transform = KERNEL_TRANSFORM[m];
  const side = m + 2;
  const depth = blocksOf(inputs) * BLOCK;
  const positionStep = depth * BLOCK;
  const outputs = bias.length;
  const panels = new Float32Array(blocksOf(outputs) * side * side * positionStep);
  const [columns, square] = [new Float64Array(3 * side), new Float64Array(side * side)];
  for (let first = 0; first < outputs; first += BLOCK) {
    const panel = first * side * side * depth;
    const results = Math.min(BLOCK, outputs - first);
    for (let c = 0; c < inputs; c++) {
      for (let o = 0; o < results; o++) {
        const filter = ((first + o) * inputs + c) * 9;
        for (let x = 0; x < 3; x++) {
          const g = filter + x;
          transform(at(weights, g), at(weights, g + 3), at(weights, g + 6), columns, x * side);
        }
        for (let y = 0; y < side; y++)
          transform(at(columns, y), at(columns, side + y), at(columns, 2 * side + y), square, y * side);
        let to = panel + c * BLOCK + o;
        for (let position = 0; position < side * side; position++, to += positionStep)
          panels[to] = at(square, position);
      }
    }
  }
  return panels;
}

const at = (list: Float32Array | Float64Array, index: number): number => list[index] ?? 0;

/** `[C / 8][2][tap][4]` */
export function depthwisePanelsOf({ weights, bias, kernel }: DepthwiseStep): Float32Array {
  const taps = kernel[0] * kernel[1];
  const panels = new Float32Array(blocksOf(bias.length) * BLOCK * taps);
  for (let c = 0; c < bias.length; c++)
    for (let tap = 0; tap < taps; tap++)
      panels[(Math.floor(c / LANES) * taps + tap) * LANES + (c % LANES)] = weights[c * taps + tap] ?? 0;
  return panels;
}

/** A bias for whole blocks. */
export function wholeBlocks(bias: Float32Array): Float32Array {
  const whole = new Float32Array(blocksOf(bias.length) * BLOCK);
  whole.set(bias);
  return whole;
}
