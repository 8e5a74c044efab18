/**
 * @file A linear form: "this value is one convolution of that value". Re-parameterization is arithmetic on these –
 * scale one (batch norm), add two (parallel branches), make one from nothing (identity). A form keeps its kernels apart, as
 * scaled terms of a sum; `kernelOf` adds them up once, in double precision, when a Conv node is written.
 * Sources: RepVGG (Ding et al., CVPR 2021), Diverse Branch Block (CVPR 2021), transforms I and II.
 */
import { windowLength, type Window2d } from '../graph/window.ts';

/** One kernel of a form's sum. */
export interface Term {
  readonly groups: number;
  readonly window: Window2d;
  /** `[outputChannels, inputChannels / groups, kernelHeight, kernelWidth]`, row-major. */
  readonly weight: Float32Array | Float64Array;
  /** Factor of each output channel. */
  readonly scale: Float64Array;
}

export interface LinearForm {
  /** The value that is convolved. */
  readonly source: string;
  readonly groups: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Covers the window of every term; `groups` divides the groups of every term. */
  readonly window: Window2d;
  readonly terms: readonly Term[];
  /** `[outputChannels]` */
  readonly bias: Float64Array;
}

/** A plain convolution as a form; `weight` is `[outputChannels, inputChannels / groups, kernelHeight, kernelWidth]`. */
export function convolutionForm(
  parts: Omit<LinearForm, 'terms'> & { readonly weight: Term['weight'] },
): LinearForm {
  const { weight, ...form } = parts;
  const { groups, window, outputChannels } = form;
  return { ...form, terms: [{ groups, window, weight, scale: new Float64Array(outputChannels).fill(1) }] };
}

/** The identity on `channels` channels: a depthwise 1×1 convolution with weight 1. */
export function identityForm(source: string, channels: number): LinearForm {
  return convolutionForm({
    source,
    groups: channels,
    inputChannels: channels,
    outputChannels: channels,
    window: { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] },
    weight: new Float64Array(channels).fill(1),
    bias: new Float64Array(channels),
  });
}

/** `scale ⊙ form + shift`, per output channel: how a batch norm (`γ/√(σ²+ε)`, `β − μ·γ/√(σ²+ε)`) is absorbed. */
export function affine(form: LinearForm, scale: Float64Array, shift: Float64Array): LinearForm {
  const scaled = (values: Float64Array): Float64Array =>
    values.map((value, channel) => value * (scale[channel] ?? NaN));
  return {
    ...form,
    terms: form.terms.map((term) => ({ ...term, scale: scaled(term.scale) })),
    bias: scaled(form.bias).map((value, channel) => value + (shift[channel] ?? NaN)),
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
  return {
    ...a,
    groups: greatestCommonDivisor(a.groups, b.groups),
    window,
    terms: [...a.terms, ...b.terms],
    bias: a.bias.map((value, channel) => value + (b.bias[channel] ?? NaN)),
  };
}

/**
 * The form's one kernel, `[outputChannels, inputChannels / groups, kernelHeight, kernelWidth]`. Each output channel is summed
 * in double precision and rounded to fp32 once.
 */
export function kernelOf(form: LinearForm): Float32Array<ArrayBuffer> {
  const perChannel = (form.inputChannels / form.groups) * form.window.kernel[0] * form.window.kernel[1];
  const kernel = new Float32Array(form.outputChannels * perChannel);
  const channel = new Float64Array(perChannel);
  for (let o = 0; o < form.outputChannels; o++) {
    channel.fill(0);
    for (const term of form.terms) accumulate(channel, o, term, form);
    kernel.set(channel, o * perChannel);
  }
  return kernel;
}

/** Adds output channel `o` of a term to `sum`, laid out as the form's window and groups say. */
function accumulate(sum: Float64Array, o: number, term: Term, form: LinearForm): void {
  const [kh, kw] = term.window.kernel;
  const [sumKh, sumKw] = form.window.kernel;
  const { weight } = term;
  const scale = term.scale[o] ?? NaN;
  const perGroup = form.inputChannels / term.groups;
  const begin = o * perGroup * kh * kw;
  if (kh === sumKh && kw === sumKw && term.groups === form.groups) {
    // Tap for tap the same layout: most of a network's weights come this way.
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (weight[begin + i] ?? 0) * scale;
    return;
  }
  const top = (form.window.pads[0] - term.window.pads[0]) / form.window.dilations[0];
  const left = (form.window.pads[1] - term.window.pads[1]) / form.window.dilations[1];
  const sumPerGroup = form.inputChannels / form.groups;
  const firstInput = Math.floor(o / (form.outputChannels / term.groups)) * perGroup;
  const sumFirstInput = Math.floor(o / (form.outputChannels / form.groups)) * sumPerGroup;
  for (let i = 0; i < perGroup; i++) {
    const target = firstInput + i - sumFirstInput;
    for (let y = 0; y < kh; y++) {
      for (let x = 0; x < kw; x++) {
        const to = (target * sumKh + top + y) * sumKw + left + x;
        sum[to] = (sum[to] ?? 0) + (weight[begin + (i * kh + y) * kw + x] ?? 0) * scale;
      }
    }
  }
}
