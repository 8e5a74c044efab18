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
 *   picks one by one; `packed`: elements of the product's right factor;
 * - `output`, `weights`: elements; `bytes`: inputs, weights and output.
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
  conv: ['layer', 'flop', 'rows', 'gathered', 'stepped', 'output', 'weights'],
  conv1x1: ['layer', 'flop', 'stepped', 'packed', 'output', 'weights'],
  depthwise: ['layer', 'group', 'rows', 'gathered', 'stepped', 'output'],
  matmul: ['layer', 'weights'],
  pooling: ['layer', 'flop', 'bytes'],
  elementwise: ['layer', 'flop', 'bytes'],
  layout: ['layer', 'bytes'],
  'fused-sum': ['layer', 'bytes'],
  reshape: ['layer'],
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

/** The features of a layer, each ≥ 0 and none falling when the layer grows. */
export function featuresOf({ product, flop, bytes }: Layer): Readonly<Record<Feature, number>> {
  const none = {
    layer: 1,
    group: 0,
    flop,
    rows: 0,
    gathered: 0,
    stepped: 0,
    packed: 0,
    output: 0,
    weights: 0,
    bytes,
  };
  if (!product) return none;
  const { rows, depth, columns, groups, gathers, width, stride } = product;
  const factor = depth * columns * groups;
  return {
    layer: 1,
    group: groups,
    flop: 2 * rows * depth * LANES * Math.ceil(columns / LANES) * groups,
    rows: gathers ? factor / width : 0,
    gathered: gathers && stride === 1 ? factor : 0,
    stepped: gathers && stride > 1 ? factor : 0,
    packed: factor,
    output: rows * columns * groups,
    weights: rows * depth * groups,
    bytes,
  };
}
