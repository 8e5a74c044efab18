/**
 * @file IR → ONNX bytes. Constants go out as raw_data; intermediate value_info is left to the engine's inference. A message
 * inside a message is its tag, its length and its bytes, so the weights are framed by hand and copied once; left to the
 * library, each level of nesting would copy all of them again.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AttributeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { AttributeValue, Model, Tensor, ValueInfo } from '../graph/model.ts';
import { dataTypeNumber } from './data-types.ts';
import { encodeUtf8 } from './text.ts';

export function serializeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { graph } = model;
  const frame = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: [['', model.opset] as const, ...model.otherOpsets].map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    producerName: 'ridgepoint',
    metadataProps: [...model.metadata].map(([key, value]) => ({ key, value })),
  });
  const nodes = create(GraphProtoSchema, {
    name: graph.name,
    input: graph.inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
    node: graph.nodes.map((node) => ({
      name: node.name,
      opType: node.opType,
      domain: node.domain,
      input: [...node.inputs],
      output: [...node.outputs],
      attribute: [...node.attributes].map(([name, value]) => attributeProto(name, value)),
    })),
  });
  const weights = [...graph.initializers].flatMap(([name, { bytes, ...tensor }]) => {
    const head = toBinary(TensorProtoSchema, tensorHead(name, tensor));
    return embedded(GraphProtoSchema.field.initializer, [
      head,
      ...embedded(TensorProtoSchema.field.rawData, [bytes]),
    ]);
  });
  return joined([
    toBinary(ModelProtoSchema, frame),
    ...embedded(ModelProtoSchema.field.graph, [toBinary(GraphProtoSchema, nodes), ...weights]),
  ]);
}

/** Wire type of fields with a length before their bytes (Protocol Buffers encoding, “LEN”). */
const LENGTH_DELIMITED = 2;

/** The chunks as one field of a message, its tag and length before them. */
function embedded(field: { readonly number: number }, chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const head = new BinaryWriter()
    .uint32(((field.number << 3) | LENGTH_DELIMITED) >>> 0)
    .uint32(length)
    .finish();
  return [head, ...chunks];
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function valueProto(value: ValueInfo): ValueInfoProto {
  const dim = value.shape.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }));
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypeNumber(value.dtype), shape: { dim } } } },
  });
}

/** All of a tensor but its elements. */
function tensorHead(name: string, { shape, dtype }: Omit<Tensor, 'bytes'>): TensorProto {
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: dataTypeNumber(dtype) });
}

function attributeProto(name: string, attribute: AttributeValue): AttributeProto {
  switch (attribute.kind) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(attribute.value) });
    case 'float':
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value });
    case 'string':
      return create(AttributeProtoSchema, { name, type: Kind.STRING, s: encodeUtf8(attribute.value) });
    case 'ints':
      return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: attribute.value.map(BigInt) });
    case 'floats':
      return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...attribute.value] });
    case 'tensor':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.TENSOR,
        t: { ...tensorHead('', attribute.value), rawData: attribute.value.bytes },
      });
    case 'opaque':
      return attribute.value as AttributeProto;
  }
}
