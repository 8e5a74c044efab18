/**
 * @file Reading and making constant tensors. fp16 is stored, fp32 is computed with: widening happens here and nowhere
 * else. Source of the bit layout: IEEE 754-2019, binary16.
 */
import type { Tensor } from './model.ts';
import { elementCount } from './model.ts';

/** One binary16 pattern (0…65535) as a number; subnormals, ±0, ±∞ and NaN included. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** All 65,536 halves, made on first use: widening a 9 MB model is then one look-up a weight. */
let halfTable: Float32Array | null = null;
function halves(): Float32Array {
  halfTable ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));
  return halfTable;
}

/** The elements as fp32; null if the tensor does not hold fp32 or fp16. */
export function floatsOf(tensor: Tensor): Float32Array<ArrayBuffer> | null {
  const { bytes } = tensor;
  if (tensor.dtype === 'float32')
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  if (tensor.dtype !== 'float16') return null;
  const table = halves();
  const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = table[bits[i] ?? 0] ?? 0;
  return floats;
}

/** The elements of an int64 or int32 tensor as numbers (shapes, axes); null for other types. */
export function integersOf(tensor: Tensor): readonly number[] | null {
  const { bytes } = tensor;
  if (tensor.dtype === 'int64') {
    return Array.from(new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8), Number);
  }
  if (tensor.dtype === 'int32') {
    return Array.from(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
  }
  return null;
}

/** An fp32 constant; throws if the shape does not hold exactly `values`. */
export function floatTensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (elementCount(shape) !== values.length) {
    throw new Error(`shape [${shape.join(', ')}] does not hold ${values.length} values`);
  }
  return { dtype: 'float32', shape, bytes: new Uint8Array(new Float32Array(values).buffer) };
}

/** A number as the nearest binary16 pattern, ties to even; beyond ±65504 it is infinite. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_520) return sign | 0x7c00;
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  // Log2 may round up to a power of two that the number does not reach.
  const floor = magnitude < 2 ** exponent && exponent > -14 ? exponent - 1 : exponent;
  const steps = roundHalfEven(magnitude / 2 ** (floor - 10));
  // A subnormal counts from zero, a normal number from its power of two; a carry moves into the exponent by itself.
  return sign | (magnitude < 2 ** -14 ? steps : ((floor + 14) << 10) + steps);
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** An fp16 constant of these numbers; throws if the shape does not hold exactly that many. */
export function halfTensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (elementCount(shape) !== values.length) {
    throw new Error(`shape [${shape.join(', ')}] does not hold ${values.length} values`);
  }
  return { dtype: 'float16', shape, bytes: new Uint8Array(Uint16Array.from(values, numberToHalf).buffer) };
}
