/** @file Constants of a file → IR: raw or typed data, every element type that is kept as numbers; nothing in another file. */
import { TensorProto_DataLocation, TensorProtoSchema, type TensorProto } from 'onnx-buf';
import type { DataType, Tensor } from '../graph/model.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../graph/model.ts';
import { dataTypeOf } from './data-types.ts';
import { restOf, unreadOf } from './rest.ts';

/** Thrown while reading, to leave nested conversion at once; `parseModel` turns it into a Result. */
export class Invalid extends Error {}

export function dtypeOf(number: number, of: string): DataType {
  const dtype = dataTypeOf(number);
  if (dtype === null) throw new Invalid(`“${of}” has an element type this reader does not know (${number})`);
  return dtype;
}

/** More axes than any tensor has; what permutes them takes time by the square. */
const MOST_AXES = 64;

export function checkRank(axes: number, of: string): void {
  if (axes > MOST_AXES) throw new Invalid(`“${of}” has ${axes} dimensions`);
}

export function dimension(size: bigint, of: string): number {
  if (size < 0n || size > 1n << 31n) throw new Invalid(`“${of}” has an impossible dimension (${size})`);
  return Number(size);
}

/** Fields that hold a tensor's elements, and what says how. */
const TENSOR = [
  'dims',
  'dataType',
  'dataLocation',
  'rawData',
  'floatData',
  'int32Data',
  'int64Data',
  'doubleData',
  'uint64Data',
] as const;

/** A constant has its name in the graph; the tensor of an attribute may have one of its own, which is kept. */
export function tensorOf(proto: TensorProto, named: 'kept' | 'known' = 'known'): Tensor {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new Invalid(`“${proto.name}” keeps its data in another file; export the model as one file`);
  }
  const dtype = dtypeOf(proto.dataType, proto.name);
  checkRank(proto.dims.length, proto.name);
  const shape = proto.dims.map((size) => dimension(size, proto.name));
  const bytes = proto.rawData.length > 0 ? Uint8Array.from(proto.rawData) : typedBytes(proto, dtype);
  const expected = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  if (bytes.length !== expected) {
    throw new Invalid(`“${proto.name}” holds ${bytes.length} bytes where its shape needs ${expected}`);
  }
  const known = named === 'kept' ? TENSOR : ([...TENSOR, 'name'] as const);
  return { dtype, shape, bytes, ...unreadOf({ tensor: restOf(TensorProtoSchema, proto, known) }) };
}

/** Data kept in the typed fields instead of `raw_data`; narrow integers and fp16 bit patterns live in int32_data. */
function typedBytes(proto: TensorProto, dtype: DataType): Uint8Array<ArrayBuffer> {
  const raw = (array: { readonly buffer: ArrayBuffer }): Uint8Array<ArrayBuffer> =>
    new Uint8Array(array.buffer);
  switch (dtype) {
    case 'float32':
      return raw(Float32Array.from(proto.floatData));
    case 'float64':
      return raw(Float64Array.from(proto.doubleData));
    case 'int64':
      return raw(BigInt64Array.from(proto.int64Data));
    case 'uint64':
      return raw(BigUint64Array.from(proto.uint64Data));
    case 'uint32':
      return raw(Uint32Array.from(proto.uint64Data, Number));
    case 'int32':
      return raw(Int32Array.from(proto.int32Data));
    case 'float16':
    case 'bfloat16':
    case 'uint16':
    case 'int16':
      return raw(Uint16Array.from(proto.int32Data));
    case 'int8':
    case 'uint8':
    case 'bool':
      return raw(Uint8Array.from(proto.int32Data));
  }
}
