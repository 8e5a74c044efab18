/**
 * @file IR → ONNX bytes. Constants go out as raw_data; of the values inside, what the file stated is stated again. A message
 * inside a message is its tag, its length and its bytes, so the weights are framed by hand and copied once; left to the
 * library, each level of nesting would copy all of them again.
 */
import { toBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { AttributeValue, Graph, GraphNode, Model, Tensor, Unread, ValueInfo } from '../graph/model.ts';
import { dataTypeNumber, PRODUCER } from './data-types.ts';
import { withRest, type Rest } from './rest.ts';
import { encodeUtf8 } from './text.ts';

/** A part of what was kept when the model was read; see parse.ts for the names. */
const kept = (unread: Unread, part: string): Rest | undefined =>
  (unread as Readonly<Record<string, Rest>> | undefined)?.[part];

/** Texts that are there: an empty one is not the same as none in the file. */
const given = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));

export function serializeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { graph, unread } = model;
  const opsets = [['', model.opset] as const, ...model.otherOpsets];
  const frame = withRest(
    ModelProtoSchema,
    {
      irVersion: BigInt(model.irVersion),
      opsetImport: opsets.map(([domain, version]) =>
        withRest(
          OperatorSetIdProtoSchema,
          { domain, version: BigInt(version) },
          kept(unread, `opset ${domain}`) ?? (domain === '' ? kept(unread, 'opset ai.onnx') : undefined),
        ),
      ),
      producerName: PRODUCER,
      metadataProps: [...model.metadata].map(([key, value]) =>
        withRest(StringStringEntryProtoSchema, { key, value }, kept(unread, `metadata ${key}`)),
      ),
    },
    kept(unread, 'model'),
  );
  const nodes = withRest(
    GraphProtoSchema,
    {
      ...given({ name: graph.name }),
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      node: graph.nodes.map(nodeProto),
      valueInfo: stated(graph).map(valueProto),
    },
    kept(graph.unread, 'graph'),
  );
  const weights = [...graph.initializers].flatMap(([name, { bytes, ...tensor }]) => {
    const head = toBinary(TensorProtoSchema, tensorHead(tensor, name));
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

/** What the file said of values that are still made inside. */
function stated({ nodes, outputs, stated: all }: Graph): readonly ValueInfo[] {
  if (!all) return [];
  const ends = new Set(outputs.map(({ name }) => name));
  return nodes.flatMap((node) =>
    node.outputs.flatMap((name) => (ends.has(name) ? [] : (all.get(name) ?? []))),
  );
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

function valueProto({ name, dtype, shape, isOpen, unread }: ValueInfo): ValueInfoProto {
  const dim = shape.map((size, axis) =>
    withRest(
      TensorShapeProto_DimensionSchema,
      { value: { case: 'dimValue', value: BigInt(size) } },
      kept(unread, `dim ${axis}`),
    ),
  );
  // What is known no better than in the file is written as it stood there.
  const open = isOpen === true ? kept(unread, 'open') : undefined;
  const known = {
    elemType: dataTypeNumber(dtype),
    shape: withRest(TensorShapeProtoSchema, { dim }, kept(unread, 'shape')),
  };
  const tensor = withRest(TypeProto_TensorSchema, open ? {} : known, open ?? kept(unread, 'tensor'));
  const type = withRest(
    TypeProtoSchema,
    { value: { case: 'tensorType', value: tensor } },
    kept(unread, 'type'),
  );
  return withRest(ValueInfoProtoSchema, { name, type }, kept(unread, 'value'));
}

function nodeProto(node: GraphNode): NodeProto {
  return withRest(
    NodeProtoSchema,
    {
      name: node.name,
      opType: node.opType,
      ...given({ domain: node.domain }),
      input: [...node.inputs],
      output: [...node.outputs],
      attribute: [...node.attributes].map(([name, value]) => attributeProto(name, value)),
    },
    kept(node.unread, 'node'),
  );
}

/** All of a tensor but its elements. */
function tensorHead({ shape, dtype, unread }: Omit<Tensor, 'bytes'>, name = ''): TensorProto {
  const fields = { ...given({ name }), dims: shape.map(BigInt), dataType: dataTypeNumber(dtype) };
  return withRest(TensorProtoSchema, fields, kept(unread, 'tensor'));
}

function attributeProto(name: string, attribute: AttributeValue): AttributeProto {
  return attribute.kind === 'opaque'
    ? (attribute.value as AttributeProto)
    : withRest(AttributeProtoSchema, { name, ...content(attribute) }, kept(attribute.unread, 'attribute'));
}

/** The fields that hold an attribute's value. */
function content(attribute: Exclude<AttributeValue, { kind: 'opaque' }>) {
  switch (attribute.kind) {
    case 'int':
      return { type: Kind.INT, i: BigInt(attribute.value) };
    case 'float':
      return { type: Kind.FLOAT, f: attribute.value };
    case 'string':
      return { type: Kind.STRING, s: encodeUtf8(attribute.value) };
    case 'ints':
      return { type: Kind.INTS, ints: attribute.value.map(BigInt) };
    case 'floats':
      return { type: Kind.FLOATS, floats: [...attribute.value] };
    case 'tensor':
      return { type: Kind.TENSOR, t: { ...tensorHead(attribute.value), rawData: attribute.value.bytes } };
  }
}
