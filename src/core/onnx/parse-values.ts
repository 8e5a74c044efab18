/** @file Types and shapes of values in a file → IR, with the dimensions that it leaves open bound to what the caller says. */
import type { TypeProto_Tensor, ValueInfoProto } from 'onnx-buf';
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { FreeDimension, ValueInfo } from '../graph/model.ts';
import { dataTypeOf } from './data-types.ts';
import { checkRank, dimension, dtypeOf, Invalid } from './parse-tensors.ts';
import { named, restOf, unreadOf } from './rest.ts';

/** Sizes of free dimensions, by their name (`FreeDimension.name`). */
export type Bindings = Readonly<Record<string, number>>;

/** What dimensions that a file leaves open were bound to, by their names. */
export type Sizes = ReadonlyMap<string, number>;

type Dimension = NonNullable<TypeProto_Tensor['shape']>['dim'][number];

/** Name of a dimension that is left open; null for one that has a size. */
function openName({ value }: Dimension, input: string, axis: number): string | null {
  if (value.case === 'dimValue' && value.value > 0n) return null;
  return value.case === 'dimParam' && value.value !== '' ? value.value : `${input}[${axis}]`;
}

export function freeDimensions(proto: ValueInfoProto, bindings: Bindings): readonly FreeDimension[] {
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') return [];
  return (type.value.shape?.dim ?? []).flatMap((dim, axis) => {
    const name = openName(dim, proto.name, axis);
    if (name === null) return [];
    // A free batch is one picture; any other free dimension would have to be guessed.
    return [{ name, input: proto.name, axis, size: boundTo(name, bindings) ?? (axis === 0 ? 1 : null) }];
  });
}

function boundTo(name: string, bindings: Bindings): number | null {
  const size = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
  if (size === undefined) return null;
  if (!Number.isInteger(size) || size < 1 || size > MOST_SIZE)
    throw new Invalid(`dimension “${name}” cannot be ${size}`);
  return size;
}

/** A side no picture has. */
const MOST_SIZE = 1 << 16;

export function inputOf(proto: ValueInfoProto, sizes: Sizes): ValueInfo {
  const value = valueOf(proto, sizes);
  if (value.isOpen) throw new Invalid(`“${proto.name}” states no shape`);
  return value;
}

/** A dimension that stays open – of an output, or of a value inside – is 1 here, and written back as it was. */
export function valueOf(proto: ValueInfoProto, sizes: Sizes): ValueInfo {
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') throw new Invalid(`“${proto.name}” is not a tensor`);
  const { shape } = type.value;
  checkRank(shape?.dim.length ?? 0, proto.name);
  let isOpen = !shape;
  const sizeOf = (dim: Dimension, axis: number): number => {
    const name = openName(dim, proto.name, axis);
    if (name === null) return dim.value.case === 'dimValue' ? dimension(dim.value.value, proto.name) : 1;
    const size = sizes.get(name);
    if (size === undefined) isOpen = true;
    return size ?? 1;
  };
  const value = {
    name: proto.name,
    dtype: dtypeOf(type.value.elemType, proto.name),
    shape: (shape?.dim ?? []).map(sizeOf),
  };
  const rests = unreadOf({
    value: restOf(ValueInfoProtoSchema, proto, ['name', 'type']),
    type: proto.type && restOf(TypeProtoSchema, proto.type, ['value']),
    tensor: restOf(TypeProto_TensorSchema, type.value, ['elemType', 'shape']),
    shape: shape && restOf(TensorShapeProtoSchema, shape, ['dim']),
    open: isOpen ? { ...type.value } : undefined,
    ...named('dim', [...(shape?.dim ?? []).entries()], ([axis, dim]) => [
      String(axis),
      restOf(TensorShapeProto_DimensionSchema, dim, ['value']),
    ]),
  });
  return { ...value, ...(isOpen && { isOpen }), ...rests };
}

/** What the file says of values inside and of its outputs, as far as it is complete: nothing depends on the rest. */
export function statedValues(
  values: readonly ValueInfoProto[],
  sizes: Sizes,
): ReadonlyMap<string, ValueInfo> {
  const found = new Map<string, ValueInfo>();
  for (const value of values) {
    const type = value.type?.value;
    if (type?.case !== 'tensorType' || dataTypeOf(type.value.elemType) === null) continue;
    const stated = valueOf(value, sizes);
    if (!stated.isOpen) found.set(value.name, stated);
  }
  return found;
}
