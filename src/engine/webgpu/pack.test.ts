import { describe, expect, it } from 'vitest';
import { NO_CLAMP, type ConvolutionStep, type DepthwiseStep } from '../program.ts';
import { GROUP, packConvolution, packDepthwise } from './pack.ts';

const PARTS = {
  nodes: [],
  input: 0,
  output: 1,
  clamp: NO_CLAMP,
  kernel: [2, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
} as const;
const numbered = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i + 1);

describe('packed weights', () => {
  it('of a convolution: bias, then groups of 16 outputs a channel of a tap, zeros between', () => {
    const [outputs, channels, taps] = [18, 5, 6];
    const weights = numbered(outputs * channels * taps);
    const step: ConvolutionStep = {
      ...PARTS,
      kind: 'convolution',
      weights,
      bias: numbered(outputs),
      residual: null,
    };
    const packed = packConvolution(step, channels);
    expect(packed).toHaveLength(32 + 2 * taps * 8 * GROUP);
    expect([...packed.subarray(0, 19)]).toEqual([...step.bias, 0]);
    const at = (o: number, c: number, tap: number): number =>
      packed[32 + ((Math.floor(o / GROUP) * taps + tap) * 8 + c) * GROUP + (o % GROUP)] ?? NaN;
    let sum = 0;
    for (let o = 0; o < outputs; o++) {
      for (let c = 0; c < channels; c++) {
        for (let tap = 0; tap < taps; tap++) {
          expect(at(o, c, tap)).toBe(weights[(o * channels + c) * taps + tap]);
          sum += at(o, c, tap);
        }
      }
    }
    const total = packed.subarray(32).reduce((all, value) => all + value, 0);
    expect(total).toBe(sum);
  });
  it('of a depthwise convolution: bias, then the channels of a tap', () => {
    const step: DepthwiseStep = { ...PARTS, kind: 'depthwise', weights: numbered(30), bias: numbered(5) };
    const packed = packDepthwise(step);
    expect(packed).toHaveLength(8 * 7);
    expect([...packed.subarray(0, 8)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
    for (let tap = 0; tap < 6; tap++) {
      expect([...packed.subarray(8 * (tap + 1), 8 * (tap + 2))]).toEqual(
        [0, 1, 2, 3, 4].map((c) => c * 6 + tap + 1).concat([0, 0, 0]),
      );
    }
  });
});
