/** @file Models that are legal and rare, and some that only look harmless: each of these once came out wrong. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../fixtures/builder.ts';
import { image, int64Tensor, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { foldConstants } from '../graph/fold-constants.ts';
import { parseModel } from './parse.ts';
import { serializeModel } from './serialize.ts';
import { prepareModel } from '../prepare-model.ts';

type Dim = bigint | string;

const value = (name: string, dims: readonly Dim[] | null): object => ({
  name,
  type: {
    value: {
      case: 'tensorType',
      value: {
        elemType: Type.FLOAT,
        ...(dims && {
          shape: {
            dim: dims.map((size) => ({
              value:
                typeof size === 'string'
                  ? { case: 'dimParam', value: size }
                  : { case: 'dimValue', value: size },
            })),
          },
        }),
      },
    },
  },
});

const file = (graph: object, extra: object = {}): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph, ...extra }),
  );

const written = (bytes: Uint8Array) => {
  const parsed = parseModel(bytes);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return fromBinary(ModelProtoSchema, serializeModel(parsed.value)).graph;
};

describe('shapes that only running would tell', () => {
  it('are not taken for 1, and nothing is computed from them', () => {
    const model = parseModel(
      file({
        input: [value('x', ['batch', 4n])],
        output: [value('y', ['found'])],
        valueInfo: [value('n', ['found', 2n])],
        node: [
          { opType: 'NonMaxSuppression', input: ['x'], output: ['n'] },
          { opType: 'Shape', input: ['n'], output: ['s'] },
          { opType: 'Unheard', input: ['s'], output: ['y'] },
        ],
      }),
    );
    if (!model.ok) throw new Error('unread');
    expect(foldConstants(model.value).graph.nodes).toHaveLength(3);
  });

  it('are written back as the file leaves them, where nothing tells more', () => {
    const bytes = file({
      input: [value('x', ['batch', 4n])],
      output: [value('y', ['batch', 'found']), value('z', null)],
      node: [
        { opType: 'Unheard', input: ['x'], output: ['y'] },
        { opType: 'Unheard', input: ['x'], output: ['z'] },
      ],
    });
    expect(written(bytes)?.output).toEqual(fromBinary(ModelProtoSchema, bytes).graph?.output);
    const prepared = prepareModel(bytes);
    if (!prepared.ok) throw new Error('unread');
    const again = fromBinary(ModelProtoSchema, serializeModel(prepared.value.forms.deploy.model)).graph;
    expect(again?.output).toEqual(fromBinary(ModelProtoSchema, bytes).graph?.output);
  });

  it('of an input are asked for by an error', () => {
    const bytes = file({
      input: [value('x', null)],
      output: [value('y', [1n])],
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
    });
    expect(parseModel(bytes)).toEqual({
      ok: false,
      error: { code: 'model-invalid', detail: '“x” states no shape' },
    });
  });
});

describe('what is read and written', () => {
  const relu = { opType: 'Relu', input: ['x'], output: ['y'] };
  const ends = { input: [value('x', [1n])], output: [value('y', [1n])] };

  it('texts that are none stay the bytes they are', () => {
    const s = Uint8Array.of(0xff, 0xfe, 1);
    const attribute = [{ name: 'blob', type: Kind.STRING, s }];
    const again = written(file({ ...ends, node: [{ ...relu, domain: 'com.example', attribute }] }));
    expect(again?.node[0]?.attribute[0]?.s).toEqual(s);
  });

  it('constants of texts are carried through', () => {
    const t = { dims: [1n], dataType: Type.STRING, stringData: [Uint8Array.of(97)] };
    const attribute = [{ name: 'value', type: Kind.TENSOR, t }];
    const constant = { opType: 'Constant', output: ['names'], attribute };
    const again = written(file({ ...ends, node: [constant, relu] }));
    expect(again?.node[0]?.attribute[0]?.t?.stringData).toEqual(t.stringData);
  });

  it('nodes without a name get one that nobody has', () => {
    const nodes = [
      { ...relu, name: 'Relu_1', output: ['a'] },
      { ...relu, input: ['a'] },
    ];
    const names = written(file({ ...ends, node: nodes }))?.node.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
  });

  it('files from when constants were inputs too say that they no longer are', () => {
    const parsed = parseModel(file({ ...ends, node: [relu] }, { irVersion: 3n }));
    expect(parsed.ok && parsed.value.irVersion).toBe(4);
  });
});

describe('what costs far more than it weighs', () => {
  const x = image('x', [4]);

  it('a slice that never ends', () => {
    const nodes = [
      node('Shape', ['x'], 's'),
      node('Slice', ['s', 'starts', 'ends', 'axes', 'steps'], 't'),
      node('Expand', ['x', 't'], 'y'),
    ];
    const initializers = {
      starts: int64Tensor([0]),
      ends: int64Tensor([-10]),
      axes: int64Tensor([]),
      steps: int64Tensor([0]),
    };
    const bytes = serializeModel(modelOf({ inputs: [x], outputs: [image('y', [4])], nodes, initializers }));
    expect(prepareModel(bytes)).toMatchObject({ ok: false, error: { code: 'model-unsupported' } });
  });

  it('a sum of two hundred thousand', () => {
    const inputs = Array.from({ length: 200_000 }, () => 'x');
    const bytes = serializeModel(
      modelOf({ inputs: [x], outputs: [image('y', [4])], nodes: [node('Sum', inputs, 'y')] }),
    );
    expect(() => prepareModel(bytes)).not.toThrow();
  });

  it('a chain of ten thousand scales', () => {
    const b = new GraphBuilder(5);
    const scale = b.weights([4, 1, 1], 0.9, 1.1);
    let last = b.conv('x', 4, 4, { kernel: 1 });
    for (let i = 0; i < 10_000; i++) last = b.add('Mul', [last, scale]);
    const result = prepareModel(serializeModel(b.model(image('x', [1, 4, 2, 2]), last)));
    expect(result.ok && result.value.forms.deploy.description.nodes).toBeLessThan(10_000);
  });
});

describe('what must not be folded', () => {
  const images = { inputs: [image('x', [1, 4, 2, 2])], outputs: [image('y', [1, 4, 2, 2])] };
  const operatorsOf = (parts: Parameters<typeof modelOf>[0]) => {
    const prepared = prepareModel(serializeModel(modelOf(parts)));
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
    return prepared.value.forms.deploy.description.operators;
  };

  it('a division by zero', () => {
    const zero = { ...randomWeights([4, 1, 1], 1), bytes: new Uint8Array(16) };
    const nodes = [node('Conv', ['x', 'w'], 'c'), node('Div', ['c', 'z'], 'y')];
    const initializers = { w: randomWeights([4, 4, 1, 1], 2), z: zero };
    expect(operatorsOf({ ...images, nodes, initializers })).toEqual({ Conv: 1, Div: 1 });
  });

  it('a constant that broadcasts along columns, not channels', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c'), node('Mul', ['c', 'v'], 'y')];
    const initializers = { w: randomWeights([4, 4, 1, 1], 2), v: randomWeights([2], 3) };
    expect(operatorsOf({ ...images, nodes, initializers })).toEqual({ Conv: 1, Mul: 1 });
  });

  it('a norm over a product whose bias is added along rows', () => {
    const statistics = Object.fromEntries(
      ['g', 'b', 'm', 'v'].map((name, i) => [name, randomWeights([2], i, 0.5, 1)]),
    );
    const nodes = [
      node('Gemm', ['x', 'w', 'c'], 'p'),
      node('BatchNormalization', ['p', 'g', 'b', 'm', 'v'], 'y'),
    ];
    const initializers = { w: randomWeights([3, 2], 1), c: randomWeights([2, 1], 2), ...statistics };
    const parts = { inputs: [image('x', [2, 3])], outputs: [image('y', [2, 2])], nodes, initializers };
    expect(operatorsOf(parts)).toEqual({ BatchNormalization: 1, Gemm: 1 });
  });
});

describe('graphs that are no plain chain', () => {
  it('give every cut a name of its own', () => {
    const nodes = [
      node('Relu', ['x'], 't'),
      node('Neg', ['t'], 'aux'),
      node('Abs', ['x'], 'u'),
      node('Neg', ['u'], 'y'),
    ];
    const shape = [1, 4];
    const model = modelOf({
      inputs: [image('x', shape)],
      outputs: [image('aux', shape), image('y', shape)],
      nodes,
    });
    const prepared = prepareModel(serializeModel(model));
    if (!prepared.ok) throw new Error('unread');
    const ids = prepared.value.forms.deploy.description.cuts.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lose what no output needs', () => {
    const nodes = [node('Relu', ['x'], 'y'), node('Neg', ['x'], 'a'), node('Abs', ['a'], 'b')];
    const model = modelOf({ inputs: [image('x', [1, 4])], outputs: [image('y', [1, 4])], nodes });
    const prepared = prepareModel(serializeModel(model));
    expect(prepared.ok && prepared.value.forms['multi-branch'].description.nodes).toBe(1);
  });
});
