import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import {
  AttributeProto_AttributeType as Kind,
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorAnnotationSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { node, image, int64Tensor, modelOf, randomWeights } from '../../fixtures/graph.ts';
import { repNet, repNetBytes } from '../../fixtures/models.ts';
import type { Model } from '../graph/model.ts';
import { parseModel } from './parse.ts';
import { serializeModel } from './serialize.ts';
import { decodeUtf8, encodeUtf8 } from './text.ts';

function parsed(bytes: Uint8Array): Model {
  const result = parseModel(bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe('round trip', () => {
  it('gives back the same model, every weight included', () => {
    const model = repNet();
    expect(parsed(serializeModel(model))).toEqual(model);
  });

  it('keeps fp16 and int64 constants, attributes of every kind, domains and metadata', () => {
    const half = { dtype: 'float16', shape: [2], bytes: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) } as const;
    const model: Model = {
      ...modelOf({
        inputs: [image('x', [1, 2], 'float16')],
        outputs: [image('y', [1, 2])],
        nodes: [
          node('Reshape', ['x', 'shape'], 'r'),
          {
            ...node('Add', ['r', 'half'], 'y', {
              int: -7,
              float: { kind: 'float', value: 0.5 },
              string: 'größe ✓',
              ints: [1, -2, 3],
              floats: { kind: 'floats', value: [0.25, -4] },
              tensor: { kind: 'tensor', value: randomWeights([2, 3], 1) },
            }),
            domain: 'com.example',
          },
        ],
        initializers: { shape: int64Tensor([1, -1]), half },
      }),
      otherOpsets: new Map([['com.example', 3]]),
    };
    expect(parsed(serializeModel(model))).toEqual(model);
  });

  it('is stable: serializing what was parsed gives the same bytes', () => {
    const bytes = repNetBytes();
    expect(serializeModel(parsed(bytes))).toEqual(bytes);
  });
});

/** A model of one Identity-like node with one initializer given as a TensorProto. */
function protoModel(tensor: object, attribute: readonly object[] = []): Uint8Array {
  const dim = [{ value: { case: 'dimValue' as const, value: 2n } }];
  const value = (name: string) => ({
    name,
    type: { value: { case: 'tensorType' as const, value: { elemType: Type.FLOAT, shape: { dim } } } },
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        input: [value('x')],
        output: [value('y')],
        initializer: [{ name: 'c', dims: [2n], ...tensor }],
        node: [{ opType: 'Add', input: ['x', 'c'], output: ['y'], attribute: [...attribute] }],
      },
    }),
  );
}

const bytesOf = (array: { readonly buffer: ArrayBuffer }): Uint8Array => new Uint8Array(array.buffer);

describe('constants in typed fields', () => {
  it.each([
    ['float32', { dataType: Type.FLOAT, floatData: [1.5, -2] }, bytesOf(Float32Array.of(1.5, -2))],
    ['float64', { dataType: Type.DOUBLE, doubleData: [1.5, -2] }, bytesOf(Float64Array.of(1.5, -2))],
    ['int64', { dataType: Type.INT64, int64Data: [5n, -6n] }, bytesOf(BigInt64Array.of(5n, -6n))],
    [
      'uint64',
      { dataType: Type.UINT64, uint64Data: [5n, 2n ** 63n] },
      bytesOf(BigUint64Array.of(5n, 2n ** 63n)),
    ],
    [
      'uint32',
      { dataType: Type.UINT32, uint64Data: [5n, 4294967295n] },
      bytesOf(Uint32Array.of(5, 4294967295)),
    ],
    ['int32', { dataType: Type.INT32, int32Data: [5, -6] }, bytesOf(Int32Array.of(5, -6))],
    ['float16', { dataType: Type.FLOAT16, int32Data: [0x3c00, 0xc000] }, Uint8Array.of(0, 0x3c, 0, 0xc0)],
    ['int16', { dataType: Type.INT16, int32Data: [5, -6] }, bytesOf(Int16Array.of(5, -6))],
    ['int8', { dataType: Type.INT8, int32Data: [5, -6] }, bytesOf(Int8Array.of(5, -6))],
    ['bool', { dataType: Type.BOOL, int32Data: [1, 0] }, Uint8Array.of(1, 0)],
  ])('%s', (dtype, tensor, bytes) => {
    expect(parsed(protoModel(tensor)).graph.initializers.get('c')).toEqual({ dtype, shape: [2], bytes });
  });

  it('reads the same constant from raw_data, at any alignment', () => {
    const rawData = bytesOf(Float32Array.of(1.5, -2));
    const constant = parsed(protoModel({ dataType: Type.FLOAT, rawData })).graph.initializers.get('c');
    expect(constant).toEqual({ dtype: 'float32', shape: [2], bytes: rawData });
    expect(constant?.bytes.byteOffset).toBe(0);
  });
});

describe('what the IR does not know', () => {
  it('carries a sub-graph attribute through with its unknown fields', () => {
    const body = create(GraphProtoSchema, { name: 'body', docString: 'kept' });
    body.$unknown = [{ no: 900, wireType: WireType.Varint, data: Uint8Array.of(42) }];
    const bytes = protoModel({ dataType: Type.FLOAT, floatData: [1, 2] }, [
      { name: 'then_branch', type: Kind.GRAPH, g: body },
    ]);
    const again = fromBinary(ModelProtoSchema, serializeModel(parsed(bytes)));
    const kept = again.graph?.node[0]?.attribute[0]?.g;
    expect(kept).toMatchObject({ name: 'body', docString: 'kept' });
    expect(kept?.$unknown).toEqual(body.$unknown);
  });

  it('keeps documentation, denotations, annotations and unknown fields of every message', () => {
    const unknown = (no: number) => [{ no, wireType: WireType.Varint, data: Uint8Array.of(42) }];
    const proto = fromBinary(
      ModelProtoSchema,
      protoModel({ dataType: Type.FLOAT, rawData: new Uint8Array(8) }, [
        { name: 'alpha', type: Kind.FLOAT, f: 0.5, docString: 'slope' },
        {
          name: 'value',
          type: Kind.TENSOR,
          t: {
            name: 'inner',
            dims: [1n],
            dataType: Type.FLOAT,
            rawData: new Uint8Array(4),
            docString: 'kept',
          },
        },
      ]),
    );
    proto.producerName = 'pytorch';
    proto.producerVersion = '2.9';
    proto.docString = 'of the model';
    proto.modelVersion = 7n;
    proto.metadataProps = [create(StringStringEntryProtoSchema, { key: 'stride', value: '32' })];
    const { graph } = proto;
    const [node, input, constant] = [graph?.node[0], graph?.input[0], graph?.initializer[0]];
    const type = input?.type?.value.case === 'tensorType' ? input.type.value.value : undefined;
    const [dim] = type?.shape?.dim ?? [];
    if (!graph || !node || !input?.type || !constant || !type?.shape || !dim) throw new Error('no model');
    graph.docString = 'of the graph';
    graph.quantizationAnnotation = [create(TensorAnnotationSchema, { tensorName: 'c' })];
    Object.assign(node, { name: 'sum', docString: 'of the node' });
    Object.assign(input, { docString: 'of the input' });
    input.type.denotation = 'IMAGE';
    dim.denotation = 'DATA_BATCH';
    constant.docString = 'of the constant';
    graph.valueInfo = [];
    const attribute = node.attribute[1]?.t;
    const all = [
      proto,
      proto.opsetImport[0],
      proto.metadataProps[0],
      graph,
      node,
      ...node.attribute,
      attribute,
      input,
      input.type,
      type,
      type.shape,
      dim,
      constant,
    ];
    all.forEach((message, i) => {
      if (message) message.$unknown = unknown(900 + i);
    });
    const bytes = toBinary(ModelProtoSchema, proto);
    const again = fromBinary(ModelProtoSchema, serializeModel(parsed(bytes)));
    expect(again).toEqual(fromBinary(ModelProtoSchema, bytes));
  });

  it('writes again what the file states of values that are still made', () => {
    const value = (name: string, dims: readonly bigint[]): object => ({
      name,
      type: {
        value: {
          case: 'tensorType',
          value: {
            elemType: Type.FLOAT,
            shape: { dim: dims.map((size) => ({ value: { case: 'dimValue', value: size } })) },
          },
        },
      },
    });
    const proto = create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: 'com.example', version: 1n },
        { domain: '', version: 17n },
      ],
      graph: {
        input: [value('x', [2n])],
        output: [value('y', [3n])],
        valueInfo: [value('m', [3n]), value('gone', [4n]), value('y', [3n])],
        node: [
          { opType: 'Mystery', domain: 'com.example', input: ['x'], output: ['m'] },
          { opType: 'Relu', input: ['m'], output: ['y'] },
        ],
      },
    });
    const again = fromBinary(ModelProtoSchema, serializeModel(parsed(toBinary(ModelProtoSchema, proto))));
    expect(again.graph?.valueInfo.map(({ name }) => name)).toEqual(['m']);
  });

  it('knows what a sub-graph reads of the graph around it', () => {
    const body = {
      node: [
        { opType: 'Add', input: ['x', 'own'], output: ['z'] },
        {
          opType: 'If',
          input: ['z'],
          output: ['w'],
          attribute: [
            {
              name: 'then_branch',
              type: Kind.GRAPH,
              g: { node: [{ opType: 'Relu', input: ['c'], output: ['v'] }], output: [{ name: 'v' }] },
            },
          ],
        },
      ],
      initializer: [{ name: 'own' }],
      output: [{ name: 'w' }],
    };
    const model = parsed(
      protoModel({ dataType: Type.FLOAT, floatData: [1, 2] }, [{ name: 'body', type: Kind.GRAPH, g: body }]),
    );
    expect(model.graph.nodes[0]?.captured).toEqual(['x', 'c']);
    const dangling = { ...body, initializer: [] };
    const bytes = protoModel({ dataType: Type.FLOAT, floatData: [1, 2] }, [
      { name: 'body', type: Kind.GRAPH, g: dangling },
    ]);
    expect(parseModel(bytes)).toMatchObject({ ok: false, error: { code: 'model-invalid' } });
  });

  it('keeps an integer attribute beyond 2^53 exactly', () => {
    const bytes = protoModel({ dataType: Type.FLOAT, floatData: [1, 2] }, [
      { name: 'end', type: Kind.INT, i: 2n ** 63n - 1n },
      { name: 'ends', type: Kind.INTS, ints: [1n, 2n ** 63n - 1n] },
    ]);
    const attributes = fromBinary(ModelProtoSchema, serializeModel(parsed(bytes))).graph?.node[0]?.attribute;
    expect(attributes?.map(({ i, ints }) => [i, ints])).toEqual([
      [2n ** 63n - 1n, []],
      [0n, [1n, 2n ** 63n - 1n]],
    ]);
  });
});

describe('text', () => {
  it('is UTF-8 both ways', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });
});
