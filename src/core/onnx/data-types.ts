/** @file ONNX TensorProto.DataType numbers ↔ the IR's `DataType`. Source: onnx.proto3, enum DataType. */
import { TensorProto_DataType as Proto } from 'onnx-buf';
import type { DataType } from '../graph/model.ts';

const BY_NUMBER: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  [Proto.FLOAT, 'float32'],
  [Proto.FLOAT16, 'float16'],
  [Proto.BFLOAT16, 'bfloat16'],
  [Proto.DOUBLE, 'float64'],
  [Proto.INT8, 'int8'],
  [Proto.UINT8, 'uint8'],
  [Proto.INT16, 'int16'],
  [Proto.UINT16, 'uint16'],
  [Proto.INT32, 'int32'],
  [Proto.UINT32, 'uint32'],
  [Proto.INT64, 'int64'],
  [Proto.UINT64, 'uint64'],
  [Proto.BOOL, 'bool'],
]);
const BY_NAME: ReadonlyMap<DataType, number> = new Map(
  [...BY_NUMBER].map(([number, name]) => [name, number]),
);

export const dataTypeOf = (number: number): DataType | null => BY_NUMBER.get(number) ?? null;
export const dataTypeNumber = (dtype: DataType): number => BY_NAME.get(dtype) ?? Proto.UNDEFINED;

/** Who wrote a file that names nobody else. */
export const PRODUCER = 'ridgepoint';
