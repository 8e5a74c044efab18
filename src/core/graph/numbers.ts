/**
 * @file Small constants as plain numbers: shapes, axes, scales, and the arithmetic that exporters leave on them. An int64
 * beyond 2^53 comes out rounded, which is near enough to "to the end".
 */
import type { DataType, Tensor } from './model.ts';
import { floatsOf } from './tensor.ts';

/** The elements; null for bfloat16, which nothing here needs. */
export function numbersOf(tensor: Tensor): readonly number[] | null {
  const { buffer, byteOffset, byteLength } = tensor.bytes;
  const of = <T>(view: {
    new (buffer: ArrayBuffer, offset: number, length: number): ArrayLike<T>;
    BYTES_PER_ELEMENT: number;
  }): ArrayLike<T> => new view(buffer, byteOffset, byteLength / view.BYTES_PER_ELEMENT);
  switch (tensor.dtype) {
    case 'float32':
    case 'float16':
      return Array.from(floatsOf(tensor) ?? []);
    case 'float64':
      return Array.from(of(Float64Array));
    case 'int64':
      return Array.from(of(BigInt64Array), Number);
    case 'uint64':
      return Array.from(of(BigUint64Array), Number);
    case 'int32':
      return Array.from(of(Int32Array));
    case 'uint32':
      return Array.from(of(Uint32Array));
    case 'int16':
      return Array.from(of(Int16Array));
    case 'uint16':
      return Array.from(of(Uint16Array));
    case 'int8':
      return Array.from(of(Int8Array));
    case 'uint8':
    case 'bool':
      return Array.from(of(Uint8Array));
    case 'bfloat16':
      return null;
  }
}

/** A constant of the types that shape arithmetic has; null for others, and for what int64 cannot hold exactly. */
export function tensorOfNumbers(
  dtype: DataType,
  shape: readonly number[],
  numbers: readonly number[],
): Tensor | null {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, bytes: new Uint8Array(Float32Array.from(numbers).buffer) };
    case 'int64':
      return numbers.every(Number.isSafeInteger)
        ? { dtype, shape, bytes: new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer) }
        : null;
    case 'int32':
      return { dtype, shape, bytes: new Uint8Array(Int32Array.from(numbers).buffer) };
    case 'bool':
      return { dtype, shape, bytes: Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)) };
    default:
      return null;
  }
}
