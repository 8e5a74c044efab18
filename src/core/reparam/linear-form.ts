/**
 * @file A linear form: "this value is one convolution of that value". Re-parameterization is arithmetic on these –
 * scale one (batch norm), add two (parallel branches), make one from nothing (identity) – and only the sum is written
 * back as a Conv node. Weights are kept in double precision until then.
 * Sources: RepVGG (Ding et al., CVPR 2021), Diverse Branch Block (CVPR 2021), transforms I and II.
 */
import type { Window2d } from '../graph/infer-shapes.ts';
import { windowLength } from '../graph/infer-shapes.ts';

export interface LinearForm {
  /** The value that is convolved. */
  readonly source: string;
  readonly groups: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly window: Window2d;
  /** `[outputChannels, inputChannels / groups, kernelHeight, kernelWidth]`, row-major. */
  readonly weight: Float64Array;
  /** `[outputChannels]` */
  readonly bias: Float64Array;
}

/** The identity on `channels` channels: a depthwise 1×1 convolution with weight 1. */
export function identityForm(source: string, channels: number): LinearForm {
  return {
    source,
    groups: channels,
    inputChannels: channels,
    outputChannels: channels,
    window: { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] },
    weight: new Float64Array(channels).fill(1),
    bias: new Float64Array(channels),
  };
}

/** `scale ⊙ form + shift`, per output channel: how a batch norm (`γ/√(σ²+ε)`, `β − μ·γ/√(σ²+ε)`) is absorbed. */
export function affine(form: LinearForm, scale: Float64Array, shift: Float64Array): LinearForm {
  const perChannel = form.weight.length / form.outputChannels;
  const weight = new Float64Array(form.weight);
  for (let channel = 0, i = 0; channel < form.outputChannels; channel++) {
    const factor = scale[channel] ?? NaN;
    for (const end = i + perChannel; i < end; i++) weight[i] = (weight[i] ?? 0) * factor;
  }
  return {
    ...form,
    weight,
    bias: form.bias.map((b, channel) => b * (scale[channel] ?? NaN) + (shift[channel] ?? NaN)),
  };
}

/** Why two forms cannot be one convolution, or null if they can. `length` = input height and width. */
export function mergeObstacle(
  a: LinearForm,
  b: LinearForm,
  length: readonly [number, number],
): string | null {
  if (a.source !== b.source) return 'its branches read different values';
  if (a.outputChannels !== b.outputChannels) return 'its branches differ in channels';
  if (a.window.strides.some((stride, i) => stride !== b.window.strides[i]))
    return 'its branches differ in stride';
  const window = commonWindow(a.window, b.window);
  if (window === null) return 'its branches differ in dilation';
  const fits = [a, b].every((form) =>
    ([0, 1] as const).every(
      (axis) => windowLength(form.window, axis, length[axis]) === windowLength(window, axis, length[axis]),
    ),
  );
  return fits ? null : 'no single padding gives both branches their borders';
}

/** The smallest window that covers both, tap for tap; null where the taps do not lie on one grid. */
function commonWindow(a: Window2d, b: Window2d): Window2d | null {
  const axes = ([0, 1] as const).map((axis) => {
    // A one-tap kernel lies on every grid, as long as its tap does.
    const dilation = Math.max(...[a, b].map((w) => (w.kernel[axis] > 1 ? w.dilations[axis] : 1)));
    const spans = [a, b].map((w) => ({
      begin: w.pads[axis],
      taps: w.kernel[axis],
      dilation: w.dilations[axis],
      end: w.pads[axis + 2] ?? 0,
    }));
    const begin = Math.max(...spans.map((span) => span.begin));
    const onGrid = spans.every(
      (span) => (span.taps === 1 || span.dilation === dilation) && (begin - span.begin) % dilation === 0,
    );
    if (!onGrid) return null;
    const taps = Math.max(...spans.map((span) => (begin - span.begin) / dilation + span.taps));
    // The last tap reaches as far past the end as the branch that reaches furthest.
    const end = Math.max(
      ...spans.map((span) => span.end + (taps - (begin - span.begin) / dilation - span.taps) * dilation),
    );
    return { begin, taps, dilation, end };
  });
  const [h, w] = axes;
  if (!h || !w) return null;
  return {
    kernel: [h.taps, w.taps],
    strides: a.strides,
    dilations: [h.dilation, w.dilation],
    pads: [h.begin, w.begin, h.end, w.end],
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The sum of two forms that `mergeObstacle` found none for. */
export function addForms(a: LinearForm, b: LinearForm): LinearForm {
  const window = commonWindow(a.window, b.window);
  if (window === null) throw new Error('addForms needs forms without a merge obstacle');
  const groups = greatestCommonDivisor(a.groups, b.groups);
  const empty: LinearForm = {
    ...a,
    groups,
    window,
    weight: new Float64Array(
      a.outputChannels * (a.inputChannels / groups) * window.kernel[0] * window.kernel[1],
    ),
    bias: a.bias.map((value, channel) => value + (b.bias[channel] ?? NaN)),
  };
  accumulate(empty, a);
  accumulate(empty, b);
  return empty;
}

/** Adds the taps of `part` into `sum`, whose window covers it and whose groups divide its groups. */
function accumulate(sum: LinearForm, part: LinearForm): void {
  const [kh, kw] = part.window.kernel;
  const [sumKh, sumKw] = sum.window.kernel;
  if (kh === sumKh && kw === sumKw && part.groups === sum.groups) {
    // Tap for tap the same layout: most of a network's weights come this way.
    for (let i = 0; i < sum.weight.length; i++) sum.weight[i] = (sum.weight[i] ?? 0) + (part.weight[i] ?? 0);
    return;
  }
  const top = (sum.window.pads[0] - part.window.pads[0]) / sum.window.dilations[0];
  const left = (sum.window.pads[1] - part.window.pads[1]) / sum.window.dilations[1];
  const perGroup = part.inputChannels / part.groups;
  const sumPerGroup = sum.inputChannels / sum.groups;
  for (let o = 0; o < part.outputChannels; o++) {
    const firstInput = Math.floor(o / (part.outputChannels / part.groups)) * perGroup;
    const sumFirstInput = Math.floor(o / (sum.outputChannels / sum.groups)) * sumPerGroup;
    for (let i = 0; i < perGroup; i++) {
      const target = o * sumPerGroup + firstInput + i - sumFirstInput;
      for (let y = 0; y < kh; y++) {
        for (let x = 0; x < kw; x++) {
          const to = (target * sumKh + top + y) * sumKw + left + x;
          sum.weight[to] = (sum.weight[to] ?? 0) + (part.weight[((o * perGroup + i) * kh + y) * kw + x] ?? 0);
        }
      }
    }
  }
}
