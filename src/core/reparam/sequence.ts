/**
 * @file Two convolutions one after the other as a single one (Diverse Branch Block, transform III; OREPA). The inner one's output
 * is known only inside its borders: where the outer one pads, it reads zeros there, while a single convolution would read
 * what the inner one *would have* computed. So padding is where such merges go wrong, and what is checked here.
 */
import { windowLength, type Window2d } from '../graph/window.ts';
import {
  convolutionForm,
  greatestCommonDivisor,
  kernelOf,
  weightsAnOutput,
  type LinearForm,
} from './linear-form.ts';

/** More taps along an axis than any network has. */
const MOST_TAPS = 64;

/** Multiply-adds that it takes to compute the kernel of `outer` after `inner`. */
export const sequenceWork = (inner: LinearForm, outer: LinearForm): number =>
  outer.outputChannels * weightsAnOutput(outer) * weightsAnOutput(inner);

/** Why `outer` after `inner` is not one convolution, or null if it is. `length` = height and width of what `inner` reads. */
export function sequenceObstacle(
  inner: LinearForm,
  outer: LinearForm,
  length: readonly [number, number],
): string | null {
  if (Math.max(...windowAfter(inner.window, outer.window).kernel) > MOST_TAPS)
    return 'as one convolution its kernel would be too large';
  if (outer.window.pads.every((pad) => pad === 0)) return null;
  if (inner.bias.some((value) => value !== 0))
    return 'its padding is zero where the layer before it would give its bias';
  return ([0, 1] as const).every((axis) => isZeroBeyond(inner.window, outer.window, axis, length[axis]))
    ? null
    : 'its padding is zero where the layer before it would see the edge of the image';
}

/** Whether every position of the inner output that the outer one pads would read nothing but the inner one's own padding. */
function isZeroBeyond(inner: Window2d, outer: Window2d, axis: 0 | 1, length: number): boolean {
  const [stride, begin] = [inner.strides[axis], inner.pads[axis]];
  const reach = (inner.kernel[axis] - 1) * inner.dilations[axis];
  const before = outer.pads[axis] === 0 || reach - stride - begin < 0;
  const first = windowLength(inner, axis, length) * stride - begin;
  return before && (outer.pads[axis + 2] === 0 || first >= length);
}

/**
 * `outer` after `inner`, that `sequenceObstacle` found none for. Taps and padding of both add up, the outer one's in steps of the
 * inner stride; the bias is the outer one's plus what it makes of the inner one's.
 */
export function followForm(inner: LinearForm, outer: LinearForm): LinearForm {
  const form: Omit<LinearForm, 'terms'> = {
    source: inner.source,
    groups: greatestCommonDivisor(inner.groups, outer.groups),
    inputChannels: inner.inputChannels,
    outputChannels: outer.outputChannels,
    window: windowAfter(inner.window, outer.window),
    bias: biasAfter(inner, outer),
  };
  return convolutionForm({ ...form, weight: () => kernelAfter(inner, outer, { ...form, terms: [] }) });
}

function windowAfter(inner: Window2d, outer: Window2d): Window2d {
  const [h, w] = ([0, 1] as const).map((axis) => {
    const stride = inner.strides[axis];
    const [own, step] = [inner.dilations[axis], outer.dilations[axis] * stride];
    const reach = (inner.kernel[axis] - 1) * own + (outer.kernel[axis] - 1) * step;
    const dilation =
      greatestCommonDivisor(inner.kernel[axis] > 1 ? own : 0, outer.kernel[axis] > 1 ? step : 0) || 1;
    return {
      taps: reach / dilation + 1,
      stride: outer.strides[axis] * stride,
      dilation,
      begin: inner.pads[axis] + outer.pads[axis] * stride,
      end: (inner.pads[axis + 2] ?? 0) + (outer.pads[axis + 2] ?? 0) * stride,
    };
  });
  if (!h || !w) throw new Error('a window has two axes');
  return {
    kernel: [h.taps, w.taps],
    strides: [h.stride, w.stride],
    dilations: [h.dilation, w.dilation],
    pads: [h.begin, w.begin, h.end, w.end],
  };
}

/** Input channels of a form that its output channel `o` reads: the first of them. */
const firstInputOf = (form: Omit<LinearForm, 'terms'>, o: number): number =>
  Math.floor(o / (form.outputChannels / form.groups)) * (form.inputChannels / form.groups);

function biasAfter(inner: LinearForm, outer: LinearForm): Float64Array {
  if (inner.bias.every((value) => value === 0)) return outer.bias;
  const kernel = kernelOf(outer, Float64Array);
  const taps = outer.window.kernel[0] * outer.window.kernel[1];
  const perOutput = weightsAnOutput(outer);
  return outer.bias.map((own, o) => {
    const first = firstInputOf(outer, o);
    let sum = own;
    for (let i = 0; i < perOutput; i++)
      sum += (kernel[o * perOutput + i] ?? NaN) * (inner.bias[first + Math.floor(i / taps)] ?? NaN);
    return sum;
  });
}

/** Every tap of the outer kernel puts a scaled copy of the inner one where it looks. */
function kernelAfter(inner: LinearForm, outer: LinearForm, form: LinearForm): Float64Array {
  const [a, b] = [kernelOf(inner, Float64Array), kernelOf(outer, Float64Array)];
  const [iw, ow] = [inner.window.kernel[1], outer.window.kernel[1]];
  const [innerTaps, outerTaps] = [inner, outer].map(({ window }) => window.kernel[0] * window.kernel[1]);
  if (innerTaps === undefined || outerTaps === undefined) throw new Error('two forms');
  const [kh, kw] = form.window.kernel;
  const [dh, dw] = form.window.dilations;
  // Where a tap stands among those of the result.
  const place = (tap: number, width: number, down: number, right: number): number =>
    Math.floor(tap / width) * (down / dh) * kw + (tap % width) * (right / dw);
  const innerPlaces = Array.from({ length: innerTaps }, (_, tap) =>
    place(tap, iw, inner.window.dilations[0], inner.window.dilations[1]),
  );
  const [middles, inputs] = [outer.inputChannels / outer.groups, inner.inputChannels / inner.groups];
  const copy = inputs * innerTaps;
  const perOutput = weightsAnOutput(form);
  const kernel = new Float64Array(form.outputChannels * perOutput);
  const sum = new Float64Array(copy);
  for (let o = 0; o < form.outputChannels; o++) {
    const [firstMiddle, firstInput] = [firstInputOf(outer, o), firstInputOf(form, o)];
    for (let tap = 0; tap < outerTaps; tap++) {
      const down = outer.window.dilations[0] * inner.window.strides[0];
      const at = place(tap, ow, down, outer.window.dilations[1] * inner.window.strides[1]);
      // Middle channels of one inner group read the same inputs: their copies are added up before they are put in place.
      for (let m = 0; m < middles;) {
        const shift = firstInputOf(inner, firstMiddle + m);
        sum.fill(0);
        for (; m < middles && firstInputOf(inner, firstMiddle + m) === shift; m++) {
          const weight = b[(o * middles + m) * outerTaps + tap] ?? NaN;
          const begin = (firstMiddle + m) * copy;
          for (let i = 0; i < copy; i++) sum[i] = (sum[i] ?? NaN) + weight * (a[begin + i] ?? NaN);
        }
        const to = o * perOutput + (shift - firstInput) * kh * kw + at;
        for (let i = 0; i < copy; i++) {
          const place = to + Math.floor(i / innerTaps) * kh * kw + (innerPlaces[i % innerTaps] ?? NaN);
          kernel[place] = (kernel[place] ?? NaN) + (sum[i] ?? NaN);
        }
      }
    }
  }
  return kernel;
}
