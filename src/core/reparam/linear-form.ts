/**
 * @file A linear form: "this value is one convolution of that value". Re-parameterization is arithmetic on these –
 * scale one (batch norm), add two (parallel branches), stack two (concatenation), make one from nothing (identity), and
 * follow one by another (sequence.ts). A form keeps its kernels apart, as scaled terms of a sum, and computes none until
 * `kernelOf` adds them up: whether a form is worth having is known from its sizes alone.
 * Sources: RepVGG (Ding et al., CVPR 2021); Diverse Branch Block (CVPR 2021), transforms I, II, IV, V and VI.
 */
import { windowLength, type Window2d } from '../graph/window.ts';

export type Weights = Float32Array | Float64Array;

/** One kernel of a form's sum. It gives the output channels from `firstOutput` on, as many as `scale` is long. */
export interface Term {
  readonly groups: number;
  readonly window: Window2d;
  readonly firstOutput: number;
  /** Factor of each of its output channels. */
  readonly scale: Float64Array;
  /** `[outputs of the term, inputChannels / groups, kernelHeight, kernelWidth]`, row-major; computed when it is asked for. */
  readonly weight: () => Weights;
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
  const scale = new Float64Array(outputChannels).fill(1);
  return { ...form, terms: [{ groups, window, firstOutput: 0, scale, weight }] };
}

/** One tap in place: what the identity, a batch norm and a zero padding see. */
const POINT: Window2d = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

/** The same kernel for every channel by itself (depthwise), every tap of weight `tap`: identity, padding, average pooling. */
export function depthwiseForm(
  source: string,
  channels: number,
  window: Window2d = POINT,
  tap = 1,
): LinearForm {
  const taps = window.kernel[0] * window.kernel[1];
  return convolutionForm({
    source,
    groups: channels,
    inputChannels: channels,
    outputChannels: channels,
    window,
    weight: () => new Float64Array(channels * taps).fill(tap),
    bias: new Float64Array(channels),
  });
}

/** `scale ⊙ form + shift`, per output channel: how a batch norm (`γ/√(σ²+ε)`, `β − μ·γ/√(σ²+ε)`) is absorbed. */
export function affine(form: LinearForm, scale: Float64Array, shift: Float64Array): LinearForm {
  return {
    ...form,
    terms: form.terms.map((term) => ({
      ...term,
      scale: term.scale.map((value, i) => value * (scale[term.firstOutput + i] ?? NaN)),
    })),
    bias: form.bias.map((value, channel) => value * (scale[channel] ?? NaN) + (shift[channel] ?? NaN)),
  };
}

/** Why two forms of the same source cannot be one convolution, or null if they can. `length` = input height and width. */
export function mergeObstacle(
  a: LinearForm,
  b: LinearForm,
  length: readonly [number, number],
): string | null {
  if (a.source !== b.source) return 'its branches read different values';
  if (a.window.strides.some((stride, i) => stride !== b.window.strides[i]))
    return 'its branches differ in stride';
  const window = commonWindow(a.window, b.window);
  const fits = [a, b].every((form) =>
    AXES.every(
      (axis) => windowLength(form.window, axis, length[axis]) === windowLength(window, axis, length[axis]),
    ),
  );
  return fits ? null : 'no single padding gives both branches their borders';
}

const AXES = [0, 1] as const;

/** The smallest window whose taps include those of both, on the finest grid that either needs. */
function commonWindow(a: Window2d, b: Window2d): Window2d {
  const [h, w] = AXES.map((axis) => {
    const spans = [a, b].map((window) => ({
      begin: window.pads[axis],
      reach: (window.kernel[axis] - 1) * window.dilations[axis],
      dilation: window.kernel[axis] > 1 ? window.dilations[axis] : 0,
      end: window.pads[axis + 2] ?? 0,
    }));
    const begin = Math.max(...spans.map((span) => span.begin));
    // Where the last tap stands, counted from the first of the common window.
    const last = Math.max(...spans.map((span) => begin - span.begin + span.reach));
    const grid = spans.reduce(
      (common, span) =>
        greatestCommonDivisor(greatestCommonDivisor(common, span.dilation), begin - span.begin),
      0,
    );
    // It reaches as far past the end as the branch that reaches furthest.
    const end = Math.max(...spans.map((span) => span.end + last - (begin - span.begin + span.reach)));
    const dilation = grid === 0 ? 1 : grid;
    return { begin, taps: last / dilation + 1, dilation, end };
  });
  if (!h || !w) throw new Error('a window has two axes');
  return {
    kernel: [h.taps, w.taps],
    strides: a.strides,
    dilations: [h.dilation, w.dilation],
    pads: [h.begin, w.begin, h.end, w.end],
  };
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The sum of two forms with as many channels, that `mergeObstacle` found none for. */
export function addForms(a: LinearForm, b: LinearForm): LinearForm {
  return {
    ...a,
    groups: greatestCommonDivisor(a.groups, b.groups),
    window: commonWindow(a.window, b.window),
    terms: [...a.terms, ...b.terms],
    bias: a.bias.map((value, channel) => value + (b.bias[channel] ?? NaN)),
  };
}

/** The output channels of two forms one after the other (DBB, transform IV), that `mergeObstacle` found none for. */
export function stackForms(a: LinearForm, b: LinearForm): LinearForm {
  const moved = b.terms.map((term) => ({ ...term, firstOutput: term.firstOutput + a.outputChannels }));
  const bias = new Float64Array(a.outputChannels + b.outputChannels);
  bias.set(a.bias);
  bias.set(b.bias, a.outputChannels);
  return {
    ...a,
    // The groups of the parts are not those of the whole: their outputs would have to be interleaved.
    groups: 1,
    outputChannels: a.outputChannels + b.outputChannels,
    window: commonWindow(a.window, b.window),
    terms: [...a.terms, ...moved],
    bias,
  };
}

/**
 * The form's one kernel, `[outputChannels, inputChannels / groups, kernelHeight, kernelWidth]`, each output channel summed in
 * double precision.
 */
export function kernelOf<T extends Weights>(form: LinearForm, kind: new (length: number) => T): T {
  const perChannel = weightsAnOutput(form);
  const kernel = new kind(form.outputChannels * perChannel);
  const terms = form.terms.map((term) => ({ ...term, weight: term.weight() }));
  const channel = new Float64Array(perChannel);
  for (let o = 0; o < form.outputChannels; o++) {
    channel.fill(0);
    for (const term of terms) accumulate(channel, o, term, form);
    kernel.set(channel, o * perChannel);
  }
  return kernel;
}

/** Weights of one output channel of a form: its multiply-adds for one output element. */
export function weightsAnOutput({ inputChannels, groups, window }: LinearForm): number {
  return (inputChannels / groups) * window.kernel[0] * window.kernel[1];
}

/** Adds output channel `o` of a term to `sum`, laid out as the form's window and groups say. */
function accumulate(
  sum: Float64Array,
  o: number,
  term: Omit<Term, 'weight'> & { readonly weight: Weights },
  form: LinearForm,
): void {
  const own = o - term.firstOutput;
  const scale = term.scale[own];
  if (scale === undefined) return;
  const [kh, kw] = term.window.kernel;
  const [sumKh, sumKw] = form.window.kernel;
  const { weight } = term;
  const perGroup = form.inputChannels / term.groups;
  const begin = own * perGroup * kh * kw;
  if (kh === sumKh && kw === sumKw && term.groups === form.groups) {
    // Tap for tap the same layout: most of a network's weights come this way.
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (weight[begin + i] ?? 0) * scale;
    return;
  }
  const top = (form.window.pads[0] - term.window.pads[0]) / form.window.dilations[0];
  const left = (form.window.pads[1] - term.window.pads[1]) / form.window.dilations[1];
  const down = kh > 1 ? term.window.dilations[0] / form.window.dilations[0] : 1;
  const right = kw > 1 ? term.window.dilations[1] / form.window.dilations[1] : 1;
  const sumPerGroup = form.inputChannels / form.groups;
  const firstInput = Math.floor(own / (term.scale.length / term.groups)) * perGroup;
  const sumFirstInput = Math.floor(o / (form.outputChannels / form.groups)) * sumPerGroup;
  for (let i = 0; i < perGroup; i++) {
    const target = firstInput + i - sumFirstInput;
    for (let y = 0; y < kh; y++) {
      for (let x = 0; x < kw; x++) {
        const to = (target * sumKh + top + y * down) * sumKw + left + x * right;
        sum[to] = (sum[to] ?? 0) + (weight[begin + (i * kh + y) * kw + x] ?? 0) * scale;
      }
    }
  }
}
