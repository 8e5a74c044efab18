import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
} from 'onnx-buf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { corruptModelBytes, repBlock, repNetBytes } from '../../fixtures/models.ts';
import { prepareModel } from '../prepare-model.ts';
import { parseModel } from './parse.ts';
import { serializeModel } from './serialize.ts';

const bytes = repNetBytes();
/** A single narrow block: nearly all of its bytes are structure, few are weights. */
const structure = serializeModel(
  modelOf({
    inputs: [image('x', [1, 2, 4, 4])],
    outputs: [image('y', [1, 2, 4, 4])],
    ...repBlock({
      input: 'x',
      output: 'y',
      inputChannels: 2,
      outputChannels: 2,
      stride: 1,
      groups: 1,
      identity: true,
      seed: 3,
    }),
  }),
);

/** What `prepareModel` says; a throw fails the test that called it. */
function verdict(damaged: Uint8Array): string {
  const result = prepareModel(damaged);
  return result.ok ? 'ok' : result.error.code;
}

describe('damaged files', () => {
  it('refuses an interrupted download', () => {
    expect(verdict(corruptModelBytes())).toBe('model-invalid');
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('<!doctype html><title>Not found</title>')],
    ['zeros', new Uint8Array(4096)],
  ])('refuses %s', (_, junk) => {
    expect(verdict(junk)).toBe('model-invalid');
  });

  it('never accepts a truncated file, and never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(verdict(bytes.slice(0, length))).not.toBe('ok');
      }),
      { numRuns: 150 },
    );
  });

  it('never throws over flipped bytes', () => {
    const flip = fc.tuple(fc.nat({ max: structure.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const damaged = structure.slice();
        for (const [at, mask] of flips) damaged[at] = (damaged[at] ?? 0) ^ mask;
        expect(['ok', 'model-invalid', 'model-open', 'model-unsupported']).toContain(verdict(damaged));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('models that are read but not right', () => {
  const weight = randomWeights([4, 3, 3, 3], 1);
  const good = {
    inputs: [image('x', [1, 3, 8, 8])],
    outputs: [image('y', [1, 4, 6, 6])],
    nodes: [node('Conv', ['x', 'w'], 'y')],
    initializers: { w: weight },
  };
  const detailOf = (parts: Parameters<typeof modelOf>[0]): string => {
    const result = parseModel(serializeModel(modelOf(parts)));
    return result.ok ? 'accepted' : JSON.stringify(result.error);
  };

  it('says what is wrong', () => {
    expect(detailOf(good)).toBe('accepted');
    expect(detailOf({ ...good, nodes: [] })).toMatch(/it holds no graph/);
    expect(detailOf({ ...good, nodes: [node('Conv', ['z', 'w'], 'y')] })).toMatch(
      /reads “z” before it is made/,
    );
    const twice = [node('Conv', ['x', 'w'], 'y'), node('Relu', ['x'], 'y')];
    expect(detailOf({ ...good, nodes: twice })).toMatch(/“y” is made twice/);
    expect(detailOf({ ...good, outputs: [image('z', [1])] })).toMatch(/output “z” is never made/);
    const short = { ...weight, bytes: weight.bytes.slice(4) };
    expect(detailOf({ ...good, initializers: { w: short } })).toMatch(/holds 428 bytes .* needs 432/);
  });

  it.each([
    [
      'another file',
      { dataType: Type.FLOAT, dataLocation: Location.EXTERNAL },
      /keeps its data in another file/,
    ],
    ['an unknown element type', { dataType: Type.STRING }, /element type this reader does not know \(8\)/],
    ['a negative dimension', { dataType: Type.FLOAT, dims: [-1n] }, /impossible dimension \(-1\)/],
  ])('refuses constants with %s', (_, tensor, detail) => {
    const proto = create(ModelProtoSchema, {
      opsetImport: [{ domain: 'ai.onnx', version: 17n }],
      graph: {
        initializer: [{ name: 'c', dims: [2n], ...tensor }],
        node: [{ opType: 'Relu', output: ['y'] }],
      },
    });
    const result = parseModel(toBinary(ModelProtoSchema, proto));
    expect(result).toMatchObject({ ok: false, error: { code: 'model-invalid' } });
    if (!result.ok) expect(JSON.stringify(result.error)).toMatch(detail);
  });

  it.each([
    ['no groups', { group: 0 }],
    ['groups that do not divide its channels', { group: 2 }],
    ['no stride', { strides: [0, 0] }],
    ['a kernel larger than its input', { pads: [-4, -4, -4, -4] }],
  ])('names the node of a convolution with %s', (_, attributes) => {
    const bad = { ...good, nodes: [node('Conv', ['x', 'w'], 'y', attributes)] };
    expect(prepareModel(serializeModel(modelOf(bad)))).toMatchObject({
      ok: false,
      error: { code: 'model-unsupported', node: 'node:y' },
    });
  });
});

describe('free dimensions', () => {
  const dim = (value: object): object => ({ value });
  const open = (name: string): object => dim({ case: 'dimParam', value: name });
  const value = (name: string, dims: readonly object[]): object => ({
    name,
    type: { value: { case: 'tensorType', value: { elemType: Type.FLOAT, shape: { dim: dims } } } },
  });
  const five = dim({ case: 'dimValue', value: 5n });
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        input: [value('x', [open('batch'), open('side'), five, open('')])],
        output: [value('y', [open('batch'), open('side'), five, open('other')])],
        node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      },
    }),
  );

  it('binds each by its name, or its place where it has none; the batch is 1 unless it is said', () => {
    const result = parseModel(bytes, { side: 7, 'x[3]': 9 });
    expect(result.ok && result.value.graph.inputs[0]?.shape).toEqual([1, 7, 5, 9]);
    expect(result.ok && result.value.freeDimensions).toEqual([
      { name: 'batch', input: 'x', axis: 0, size: 1 },
      { name: 'side', input: 'x', axis: 1, size: 7 },
      { name: 'x[3]', input: 'x', axis: 3, size: 9 },
    ]);
    const four = parseModel(bytes, { batch: 4, side: 7, 'x[3]': 9 });
    expect(four.ok && four.value.graph.inputs[0]?.shape).toEqual([4, 7, 5, 9]);
  });

  it('asks for those that nobody bound', () => {
    const result = parseModel(bytes, { side: 7 });
    expect(result).toMatchObject({ ok: false, error: { code: 'model-open' } });
    if (result.ok || result.error.code !== 'model-open') return;
    expect(result.error.dimensions.map(({ name, size }) => [name, size])).toEqual([
      ['batch', 1],
      ['side', 7],
      ['x[3]', null],
    ]);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 20])('refuses a size of %s', (side) => {
    expect(parseModel(bytes, { side })).toMatchObject({ ok: false, error: { code: 'model-invalid' } });
  });
});

describe('files that would unfold into far more than they are', () => {
  const field = (number: number, content: Uint8Array): Uint8Array => {
    const writer = new BinaryWriter();
    return writer.tag(number, WireType.LengthDelimited).bytes(content).finish();
  };

  it('refuses millions of empty nodes', () => {
    const nodes = new Uint8Array(2 * 1_200_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    const result = parseModel(field(7, nodes));
    expect(result).toMatchObject({ ok: false, error: { detail: 'it has more than 1048576 parts' } });
  });

  it('refuses sub-graphs nested without end', () => {
    let graph = new Uint8Array(0);
    // GraphProto.node, NodeProto.attribute, AttributeProto.g
    for (let level = 0; level < 2000; level++) graph = field(1, field(5, field(6, graph))).slice();
    expect(parseModel(field(7, graph))).toMatchObject({ ok: false, error: { code: 'model-invalid' } });
  });

  it('refuses whole numbers by the million', () => {
    const tensor = field(7, new Uint8Array(17 << 20));
    expect(parseModel(field(7, field(5, tensor)))).toMatchObject({
      ok: false,
      error: { detail: 'its whole numbers are not kept as raw data' },
    });
  });
});
