/**
 * @file ONNX bytes → IR. Structure errors, external data and unsupported element types come back as a typed error,
 * never as an exception. Free (symbolic) dimensions of the inputs are bound to `bindings`, by name; a batch that nobody binds is one
 * picture. What the IR has no place for is kept (rest.ts).
 */
import { fromBinary } from '@bufbuild/protobuf';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto_Tensor,
  ValueInfoProto,
} from 'onnx-buf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { AppError } from '../errors.ts';
import { detailOf } from '../errors.ts';
import type {
  AttributeValue,
  DataType,
  FreeDimension,
  Graph,
  GraphNode,
  Model,
  Tensor,
  ValueInfo,
} from '../graph/model.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../graph/model.ts';
import { err, ok, type Result } from '../result.ts';
import { capturedNames } from './captured.ts';
import { censusObstacle } from './census.ts';
import { dataTypeOf, PRODUCER } from './data-types.ts';
import { restOf, type Rest } from './rest.ts';
import { decodeUtf8 } from './text.ts';

/** Thrown inside this file only, to leave nested conversion at once; `parseModel` turns it into a Result. */
class Invalid extends Error {}

/** Sizes of free dimensions, by their name (`FreeDimension.name`). */
export type Bindings = Readonly<Record<string, number>>;

type ParseError = Extract<AppError, { code: 'model-invalid' | 'model-open' }>;

export function parseModel(bytes: Uint8Array, bindings: Bindings = {}): Result<Model, ParseError> {
  try {
    const obstacle = censusObstacle(ModelProtoSchema, bytes);
    if (obstacle !== null) throw new Invalid(obstacle);
    const model = modelOf(fromBinary(ModelProtoSchema, bytes), bindings);
    const open = model.freeDimensions?.some(({ size }) => size === null);
    return open ? err({ code: 'model-open', dimensions: model.freeDimensions ?? [] }) : ok(model);
  } catch (thrown) {
    return err({ code: 'model-invalid', detail: detailOf(thrown) });
  }
}

function modelOf(proto: ModelProto, bindings: Bindings): Model {
  if (!proto.graph || proto.graph.node.length === 0) throw new Invalid('it holds no graph');
  const opsets = new Map(proto.opsetImport.map((entry) => [entry.domain, Number(entry.version)]));
  const opset = opsets.get('') ?? opsets.get('ai.onnx');
  if (opset === undefined) throw new Invalid('it names no operator set');
  opsets.delete('');
  opsets.delete('ai.onnx');
  const constants = new Set(proto.graph.initializer.map(({ name }) => name));
  const free = proto.graph.input
    .filter(({ name }) => !constants.has(name))
    .flatMap((value) => freeDimensions(value, bindings));
  const unasked = Object.keys(bindings).find((name) => !free.some((each) => each.name === name));
  if (unasked !== undefined) throw new Invalid(`it leaves no dimension “${unasked}” open`);
  const sizes = new Map(free.map(({ name, size }) => [name, size ?? 1]));
  const unread = unreadOf({
    model: restOf(ModelProtoSchema, proto, [
      ...(['irVersion', 'opsetImport', 'metadataProps', 'graph'] as const),
      ...(proto.producerName === PRODUCER ? (['producerName'] as const) : []),
    ]),
    ...named('opset', proto.opsetImport, (entry) => [
      entry.domain,
      restOf(OperatorSetIdProtoSchema, entry, ['domain', 'version']),
    ]),
    ...named('metadata', proto.metadataProps, (entry) => [
      entry.key,
      restOf(StringStringEntryProtoSchema, entry, ['key', 'value']),
    ]),
  });
  return {
    // Before version 4 constants had to be inputs too, which they are not here.
    irVersion: Math.max(4, Number(proto.irVersion)),
    opset,
    otherOpsets: opsets,
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: graphOf(proto.graph, sizes),
    ...(free.length > 0 && { freeDimensions: free }),
    ...unread,
  };
}

/** `{ unread }` of the rests that there are, or nothing. */
function unreadOf(rests: Readonly<Record<string, Rest | undefined>>): { readonly unread?: Rest } {
  const found = Object.entries(rests).filter(([, rest]) => rest !== undefined);
  return found.length > 0 ? { unread: Object.fromEntries(found) } : {};
}

/** Rests of a list of messages, each under its own name. */
function named<T>(
  prefix: string,
  list: readonly T[],
  of: (entry: T) => readonly [string, Rest | undefined],
): Readonly<Record<string, Rest | undefined>> {
  return Object.fromEntries(
    list.map(of).map(([name, rest]): [string, Rest | undefined] => [`${prefix} ${name}`, rest]),
  );
}

/** What dimensions that a file leaves open were bound to, by their names. */
type Sizes = ReadonlyMap<string, number>;

function graphOf(proto: GraphProto, sizes: Sizes): Graph {
  const [sparse] = proto.sparseInitializer;
  if (sparse)
    throw new Invalid(`“${sparse.values?.name ?? ''}” is a sparse tensor; export it as a dense one`);
  const initializers = new Map(proto.initializer.map((tensor) => [tensor.name, tensorOf(tensor)] as const));
  const graph: Graph = {
    name: proto.name,
    inputs: proto.input.filter(({ name }) => !initializers.has(name)).map((value) => inputOf(value, sizes)),
    outputs: proto.output.map((value) => valueOf(value, sizes)),
    nodes: withOwnNames(proto.node.map(nodeOf)),
    initializers,
    ...unreadOf({
      graph: restOf(GraphProtoSchema, proto, ['name', 'input', 'output', 'node', 'initializer', 'valueInfo']),
    }),
  };
  checkOrder(graph);
  const stated = statedValues([...proto.valueInfo, ...proto.output], sizes);
  return stated.size > 0 ? { ...graph, stated } : graph;
}

/** What the file says of values inside and of its outputs, as far as it is complete: nothing depends on the rest. */
function statedValues(values: readonly ValueInfoProto[], sizes: Sizes): ReadonlyMap<string, ValueInfo> {
  const found = new Map<string, ValueInfo>();
  for (const value of values) {
    const type = value.type?.value;
    if (type?.case !== 'tensorType' || dataTypeOf(type.value.elemType) === null) continue;
    const stated = valueOf(value, sizes);
    if (!stated.isOpen) found.set(value.name, stated);
  }
  return found;
}

/** Nodes without a name get one; no two have the same, which the engine would refuse. */
function withOwnNames(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const taken = new Set(nodes.map(({ name }) => name));
  return nodes.map((node, i) => {
    if (node.name !== '') return node;
    let name = `${node.opType}_${i}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return { ...node, name };
  });
}

/** ONNX demands topological order and one producer a value; both are relied on everywhere, so both are checked. */
function checkOrder(graph: Graph): void {
  const known = new Set(['', ...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  for (const node of graph.nodes) {
    const missing = [...node.inputs, ...(node.captured ?? [])].find((input) => !known.has(input));
    if (missing !== undefined) throw new Invalid(`node “${node.name}” reads “${missing}” before it is made`);
    for (const output of node.outputs) {
      if (output !== '' && known.has(output)) throw new Invalid(`value “${output}” is made twice`);
      known.add(output);
    }
  }
  const lost = graph.outputs.find(({ name }) => !known.has(name));
  if (lost) throw new Invalid(`output “${lost.name}” is never made`);
}

function dtypeOf(number: number, of: string): DataType {
  const dtype = dataTypeOf(number);
  if (dtype === null) throw new Invalid(`“${of}” has an element type this reader does not know (${number})`);
  return dtype;
}

/** More axes than any tensor has; what permutes them takes time by the square. */
const MOST_AXES = 64;

function checkRank(axes: number, of: string): void {
  if (axes > MOST_AXES) throw new Invalid(`“${of}” has ${axes} dimensions`);
}

function dimension(size: bigint, of: string): number {
  if (size < 0n || size > 1n << 31n) throw new Invalid(`“${of}” has an impossible dimension (${size})`);
  return Number(size);
}

type Dimension = NonNullable<TypeProto_Tensor['shape']>['dim'][number];

/** Name of a dimension that is left open; null for one that has a size. */
function openName({ value }: Dimension, input: string, axis: number): string | null {
  if (value.case === 'dimValue' && value.value > 0n) return null;
  return value.case === 'dimParam' && value.value !== '' ? value.value : `${input}[${axis}]`;
}

function freeDimensions(proto: ValueInfoProto, bindings: Bindings): readonly FreeDimension[] {
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

function inputOf(proto: ValueInfoProto, sizes: Sizes): ValueInfo {
  const value = valueOf(proto, sizes);
  if (value.isOpen) throw new Invalid(`“${proto.name}” states no shape`);
  return value;
}

/** A dimension that stays open – of an output, or of a value inside – is 1 here, and written back as it was. */
function valueOf(proto: ValueInfoProto, sizes: Sizes): ValueInfo {
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

function nodeOf(proto: NodeProto): GraphNode {
  const captured = capturedNames(proto);
  return {
    name: proto.name,
    opType: proto.opType,
    domain: proto.domain === 'ai.onnx' ? '' : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: new Map(proto.attribute.map((attribute) => [attribute.name, attributeOf(attribute)])),
    ...(captured.length > 0 && { captured }),
    ...unreadOf({
      node: restOf(NodeProtoSchema, proto, ['name', 'opType', 'domain', 'input', 'output', 'attribute']),
    }),
  };
}

const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value));

/** The fields of an attribute, apart from its value. */
const ATTRIBUTE = ['name', 'type', 'i', 'f', 's', 'ints', 'floats', 't'] as const;

function attributeOf(proto: AttributeProto): AttributeValue {
  const opaque: AttributeValue = { kind: 'opaque', value: proto };
  const rest = unreadOf({ attribute: restOf(AttributeProtoSchema, proto, ATTRIBUTE) });
  switch (proto.type) {
    case Kind.INT:
      // Beyond 2^53 (“to the end”, INT64_MAX) a number would not come back the same.
      return isSafe(proto.i) ? { kind: 'int', value: Number(proto.i), ...rest } : opaque;
    case Kind.FLOAT:
      return { kind: 'float', value: proto.f, ...rest };
    case Kind.STRING: {
      const text = decodeUtf8(proto.s);
      return text === null ? opaque : { kind: 'string', value: text, ...rest };
    }
    case Kind.INTS:
      return proto.ints.every(isSafe) ? { kind: 'ints', value: proto.ints.map(Number), ...rest } : opaque;
    case Kind.FLOATS:
      return { kind: 'floats', value: proto.floats, ...rest };
    case Kind.TENSOR:
      // Texts and the narrowest numbers are nobody's weights here.
      return proto.t && dataTypeOf(proto.t.dataType) !== null
        ? { kind: 'tensor', value: tensorOf(proto.t, 'kept'), ...rest }
        : opaque;
    default:
      return opaque;
  }
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
function tensorOf(proto: TensorProto, named: 'kept' | 'known' = 'known'): Tensor {
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
