/**
 * @file Weights as the kernels read them: the bias, then the filters. A convolution's outputs are in groups of 16 (four quads, a
 * cache line of f32): `[bias: O][O / 16][kernel height][kernel width][C][16]`; a depthwise one's filters are
 * `[bias: C][kernel height][kernel width][C]`. Channels are padded with zeros, inputs to whole quads, outputs to whole groups.
 */
import type { ConvolutionStep, DepthwiseStep } from '../program.ts';
import { quadsOf } from './layout.ts';

/** Outputs of a group. */
export const GROUP = 16;

export function packConvolution(step: ConvolutionStep, channels: number): Float32Array<ArrayBuffer> {
  const { weights, bias } = step;
  const taps = step.kernel[0] * step.kernel[1];
  const outputs = bias.length;
  const padded = Math.ceil(outputs / GROUP) * GROUP;
  const rows = taps * quadsOf(channels) * 4;
  const packed = new Float32Array(padded + padded * rows);
  packed.set(bias);
  for (let o = 0; o < outputs; o++) {
    const column = padded + Math.floor(o / GROUP) * rows * GROUP + (o % GROUP);
    for (let c = 0; c < channels; c++) {
      const filter = (o * channels + c) * taps;
      for (let tap = 0; tap < taps; tap++) {
        packed[column + (tap * quadsOf(channels) * 4 + c) * GROUP] = weights[filter + tap] ?? 0;
      }
    }
  }
  return packed;
}

export function packDepthwise({ weights, bias, kernel }: DepthwiseStep): Float32Array<ArrayBuffer> {
  const taps = kernel[0] * kernel[1];
  const padded = quadsOf(bias.length) * 4;
  const packed = new Float32Array(padded * (1 + taps));
  packed.set(bias);
  for (let c = 0; c < bias.length; c++) {
    for (let tap = 0; tap < taps; tap++) packed[padded * (1 + tap) + c] = weights[c * taps + tap] ?? 0;
  }
  return packed;
}
