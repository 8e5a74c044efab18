/**
 * @file ONNX bytes → IR. Structure errors, external data and unsupported element types come back as a typed error,
 * never as an exception. Free (symbolic) dimensions are bound: a name to `bindings[name]`, everything else to 1.
 */
import { fromBinary } from '@bufbuild/protobuf';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from 'onnx-buf';
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataLocation } from 'onnx-buf';
import type { AppError } from '../errors.ts';
import { detailOf } from '../errors.ts';
import type { AttributeValue, DataType, Graph, GraphNode, Model, Tensor, ValueInfo } from '../graph/model.ts';
import { BYTES_PER_ELEMENT, elementCount } from '../graph/model.ts';
import { err, ok, type Result } from '../result.ts';
import { dataTypeOf } from './data-types.ts';
import { decodeUtf8 } from './text.ts';

/** Thrown inside this file only, to leave nested conversion at once; `parseModel` turns it into a Result. */
class Invalid extends Error {}

export function parseModel(
  bytes: Uint8Array,
  bindings: Readonly<Record<string, number>> = {},
): Result<Model, Extract<AppError, { code: 'model-invalid' }>> {
  try {
    return ok(modelOf(fromBinary(ModelProtoSchema, bytes), bindings));
  } catch (thrown) {
    return err({ code: 'model-invalid', detail: detailOf(thrown) });
  }
}

function modelOf(proto: ModelProto, bindings: Readonly<Record<string, number>>): Model {
  if (!proto.graph || proto.graph.node.length === 0) throw new Invalid('it holds no graph');
  const opsets = new Map(proto.opsetImport.map((entry) => [entry.domain, Number(entry.version)]));
  const opset = opsets.get('') ?? opsets.get('ai.onnx');
  if (opset === undefined) throw new Invalid('it names no operator set');
  opsets.delete('');
  opsets.delete('ai.onnx');
  return {
    irVersion: Number(proto.irVersion),
    opset,
    otherOpsets: opsets,
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: graphOf(proto.graph, bindings),
  };
}

function graphOf(proto: GraphProto, bindings: Readonly<Record<string, number>>): Graph {
  const initializers = new Map(proto.initializer.map((tensor) => [tensor.name, tensorOf(tensor)]));
  const graph: Graph = {
    name: proto.name,
    inputs: proto.input
      .filter(({ name }) => !initializers.has(name))
      .map((value) => valueOf(value, bindings)),
    outputs: proto.output.map((value) => valueOf(value, bindings)),
    nodes: proto.node.map(nodeOf),
    initializers,
  };
  checkOrder(graph);
  const stated = statedValues(proto.valueInfo, bindings);
  return stated.size > 0 ? { ...graph, stated } : graph;
}

/** What the file says of values inside, as far as it is complete: nothing depends on the rest. */
function statedValues(
  values: readonly ValueInfoProto[],
  bindings: Readonly<Record<string, number>>,
): ReadonlyMap<string, ValueInfo> {
  const found = new Map<string, ValueInfo>();
  for (const value of values) {
    try {
      found.set(value.name, valueOf(value, bindings));
    } catch (thrown) {
      if (!(thrown instanceof Invalid)) throw thrown;
    }
  }
  return found;
}

/** ONNX demands topological order and one producer a value; both are relied on everywhere, so both are checked. */
function checkOrder(graph: Graph): void {
  const known = new Set(['', ...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  for (const node of graph.nodes) {
    const missing = node.inputs.find((input) => !known.has(input));
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

function dimension(size: bigint, of: string): number {
  if (size < 0n || size > 1n << 31n) throw new Invalid(`“${of}” has an impossible dimension (${size})`);
  return Number(size);
}

function valueOf(proto: ValueInfoProto, bindings: Readonly<Record<string, number>>): ValueInfo {
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') throw new Invalid(`“${proto.name}” is not a tensor`);
  const shape = (type.value.shape?.dim ?? []).map(({ value }, axis) => {
    if (value.case === 'dimValue' && value.value > 0n) return dimension(value.value, proto.name);
    const bound = value.case === 'dimParam' ? bindings[value.value] : undefined;
    // A free batch is one picture; any other free dimension would have to be guessed.
    if (bound === undefined && axis > 0)
      throw new Invalid(`“${proto.name}” leaves dimension ${axis + 1} open`);
    return bound ?? 1;
  });
  return { name: proto.name, dtype: dtypeOf(type.value.elemType, proto.name), shape };
}

function nodeOf(proto: NodeProto, index: number): GraphNode {
  return {
    name: proto.name === '' ? `${proto.opType}_${index}` : proto.name,
    opType: proto.opType,
    domain: proto.domain === 'ai.onnx' ? '' : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: new Map(proto.attribute.map((attribute) => [attribute.name, attributeOf(attribute)])),
  };
}

const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value));

function attributeOf(proto: AttributeProto): AttributeValue {
  switch (proto.type) {
    case Kind.INT:
      // Beyond 2^53 (“to the end”, INT64_MAX) a number would not come back the same.
      return isSafe(proto.i) ? { kind: 'int', value: Number(proto.i) } : { kind: 'opaque', value: proto };
    case Kind.FLOAT:
      return { kind: 'float', value: proto.f };
    case Kind.STRING:
      return { kind: 'string', value: decodeUtf8(proto.s) };
    case Kind.INTS:
      if (!proto.ints.every(isSafe)) return { kind: 'opaque', value: proto };
      return { kind: 'ints', value: proto.ints.map(Number) };
    case Kind.FLOATS:
      return { kind: 'floats', value: proto.floats };
    case Kind.TENSOR:
      return proto.t ? { kind: 'tensor', value: tensorOf(proto.t) } : { kind: 'opaque', value: proto };
    default:
      return { kind: 'opaque', value: proto };
  }
}

function tensorOf(proto: TensorProto): Tensor {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new Invalid(`“${proto.name}” keeps its data in another file; export the model as one file`);
  }
  const dtype = dtypeOf(proto.dataType, proto.name);
  const shape = proto.dims.map((size) => dimension(size, proto.name));
  const bytes = proto.rawData.length > 0 ? Uint8Array.from(proto.rawData) : typedBytes(proto, dtype);
  const expected = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  if (bytes.length !== expected) {
    throw new Invalid(`“${proto.name}” holds ${bytes.length} bytes where its shape needs ${expected}`);
  }
  return { dtype, shape, bytes };
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
