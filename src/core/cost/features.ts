/**
 * @file What a layer's kernel does, as a few counts that its time is a sum of (METHOD §3). Which of them matter is known from how
 * engines compute a convolution: what stands under the window is gathered into a matrix, row by row of the picture (a 1 × 1 has it
 * already), packed for the product and multiplied, sixteen columns at once; the sums are written and activated. A depthwise
 * one does so channel by channel. The rest moves bytes. (onnxruntime, core/mlas/lib/convolve.cpp and sgemm.cpp.)
 */
import type { OperatorClass } from '../graph/count.ts';
import type { Layer } from '../graph/layers.ts';

/**
 * - `layer`: 1, for what each run of a kernel costs; `group`: groups of a convolution, each a product of its own;
 * - `flop`: operations, of a product with its columns filled up to sixteen;
 * - `rows`: stretches of an input row that are gathered; `gathered`: elements in them; `stepped`: those that a stride above 1
 *   picks one by one, or the window of a pooling; `packed`: elements of the product's right factor;
 * - `output`, `weights`: elements; `bytes`: inputs, weights and output;
 * - `spilled`: elements of inputs and output, as far as they do not fit into the caches nearest to a core;
 * - `cold`, `coldWeights`: 1 and `weights`, as far as the network is so large that what a layer needs has left those caches since
 *   the last run.
 */
export const FEATURES = [
  'layer',
  'group',
  'flop',
  'rows',
  'gathered',
  'stepped',
  'packed',
  'output',
  'weights',
  'bytes',
  'spilled',
  'cold',
  'coldWeights',
] as const;
export type Feature = (typeof FEATURES)[number];

/** Columns that a product is computed in at once. */
const LANES = 16;

/**
 * Kernels that share coefficients: a class of operators, but for convolutions with a window, which are one kernel whatever its size
 * (`conv`), and two that engines often do not run at all – sums that a convolution before takes along, and layouts that move
 * nothing.
 */
export type KernelClass = Exclude<OperatorClass, 'conv3x3' | 'conv-other'> | 'conv' | 'fused-sum' | 'reshape';

/** What the time of each kind of kernel is made of. */
export const KERNEL_FEATURES: Readonly<Record<KernelClass, readonly Feature[]>> = {
  conv: ['layer', 'flop', 'rows', 'gathered', 'stepped', 'output', 'weights', 'spilled', 'coldWeights'],
  conv1x1: ['layer', 'flop', 'stepped', 'packed', 'output', 'weights', 'spilled', 'coldWeights'],
  depthwise: ['layer', 'group', 'rows', 'gathered', 'stepped', 'output', 'spilled'],
  matmul: ['layer', 'weights', 'cold', 'coldWeights'],
  pooling: ['layer', 'flop', 'stepped', 'bytes', 'cold'],
  elementwise: ['layer', 'flop', 'bytes', 'cold'],
  layout: ['layer', 'bytes', 'cold'],
  'fused-sum': ['layer', 'bytes'],
  reshape: ['layer', 'cold'],
};

export const KERNEL_CLASSES = Object.keys(KERNEL_FEATURES) as readonly KernelClass[];

const RESHAPES = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);
/**
 * Whose coefficients price a layer; null where its shapes are unknown. A dense layer over many rows is the product that a 1 × 1
 * convolution is.
 */
export function kernelClassOf({
  operatorClass,
  opType,
  product,
  addsToConvolution,
}: Layer): KernelClass | null {
  if (addsToConvolution === true) return 'fused-sum';
  if (RESHAPES.has(opType)) return 'reshape';
  switch (operatorClass) {
    case 'pooling':
    case 'elementwise':
    case 'layout':
      return operatorClass;
    case 'conv3x3':
    case 'conv-other':
      return product ? 'conv' : null;
    case 'conv1x1':
    case 'depthwise':
      return product ? operatorClass : null;
    case 'matmul':
      return product ? (product.columns * product.groups > 1 ? 'conv1x1' : 'matmul') : null;
  }
}

type Range = readonly [from: number, to: number];
/** Bytes of a layer's inputs and output, between which they outgrow the caches nearest to a core. */
const SPILLS: Range = [125e3, 2e6];
/** The same of a network's weights and its widest layer. */
const COLD: Range = [0.5e6, 32e6];

/** 0 … 1, by the logarithm: caches come in levels. */
const shareBeyond = ([from, to]: Range, bytes: number): number =>
  Math.min(1, Math.max(0, Math.log(bytes / from) / Math.log(to / from)));

/** How much of what a layer of this network needs has left the nearest caches when it runs again, 0 … 1. */
export function coldnessOf(layers: readonly Pick<Layer, 'bytes' | 'weightBytes'>[]): number {
  const weights = layers.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const widest = Math.max(0, ...layers.map(({ bytes, weightBytes }) => bytes - weightBytes));
  return shareBeyond(COLD, weights + widest);
}

/** What walks a window over its input. */
const WINDOWED = new Set(['MaxPool', 'AveragePool', 'LpPool']);

/** The features of a layer in a network of this coldness, each ≥ 0 and none falling when the layer grows. */
export function featuresOf(
  { opType, product, flop, bytes, weightBytes }: Layer,
  coldness: number,
): Readonly<Record<Feature, number>> {
  const moved = bytes - weightBytes;
  const all = { layer: 1, bytes, cold: coldness, spilled: (moved / 4) * shareBeyond(SPILLS, moved) };
  if (!product) {
    const stepped = WINDOWED.has(opType) ? flop : 0;
    const none = { group: 0, rows: 0, gathered: 0, packed: 0, output: 0, weights: 0, coldWeights: 0 };
    return { ...all, ...none, flop, stepped };
  }
  const { rows, depth, columns, groups, gathers, width, stride } = product;
  const factor = depth * columns * groups;
  const weights = rows * depth * groups;
  return {
    ...all,
    group: groups,
    flop: 2 * rows * depth * LANES * Math.ceil(columns / LANES) * groups,
    rows: gathers ? factor / width : 0,
    gathered: gathers && stride === 1 ? factor : 0,
    stepped: gathers && stride > 1 ? factor : 0,
    packed: factor,
    output: rows * columns * groups,
    weights,
    coldWeights: coldness * weights,
  };
}
