/** @file IR → ONNX bytes. Constants go out as raw_data; intermediate value_info is left to the engine's inference. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { AttributeProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { AttributeValue, Model, Tensor, ValueInfo } from '../graph/model.ts';
import { dataTypeNumber } from './data-types.ts';
import { encodeUtf8 } from './text.ts';

export function serializeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { graph } = model;
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: [['', model.opset] as const, ...model.otherOpsets].map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    producerName: 'ridgepoint',
    metadataProps: [...model.metadata].map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      initializer: [...graph.initializers].map(([name, tensor]) => tensorProto(name, tensor)),
      node: graph.nodes.map((node) => ({
        name: node.name,
        opType: node.opType,
        domain: node.domain,
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: [...node.attributes].map(([name, value]) => attributeProto(name, value)),
      })),
    },
  });
  return toBinary(ModelProtoSchema, proto);
}

function valueProto(value: ValueInfo): ValueInfoProto {
  const dim = value.shape.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }));
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypeNumber(value.dtype), shape: { dim } } } },
  });
}

function tensorProto(name: string, tensor: Tensor): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: dataTypeNumber(tensor.dtype),
    rawData: tensor.bytes,
  });
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
      return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: tensorProto('', attribute.value) });
    case 'opaque':
      return attribute.value as AttributeProto;
  }
}
