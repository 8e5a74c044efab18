import { describe, expect, it } from 'vitest';
import { inferShapes } from '../core/graph/infer-shapes.ts';
import { foldConstants } from '../core/graph/fold-constants.ts';
import { elementCount, type Model } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { prepareModel } from '../core/prepare-model.ts';
import { randomTensor } from '../core/random.ts';
import { GraphBuilder } from '../fixtures/builder.ts';
import { FAMILIES } from '../fixtures/families.ts';
import { image } from '../fixtures/graph.ts';
import { KNOWN_NETS } from '../fixtures/known-nets.ts';
import { runReference } from '../fixtures/program-reference.ts';
import { evaluate } from '../fixtures/reference.ts';
import { lower } from './lower.ts';
import { flopOf, type Program } from './program.ts';

function lowered(model: Model): ReturnType<typeof lower> {
  const { graph } = foldConstants(model);
  const values = inferShapes(graph);
  if (!values.ok) throw new Error(values.error.detail);
  return lower(graph, values.value);
}

function programOf(model: Model): Program {
  const found = lowered(model);
  if (!found.ok) throw new Error(`${found.error.node}: ${found.error.detail}`);
  return found.value;
}

/** As a share of the largest value. */
function difference(model: Model, program: Program): number {
  const input = randomTensor(elementCount(model.graph.inputs[0]?.shape ?? []), 5);
  const { data: expected } = evaluate(foldConstants(model), input);
  const found = runReference(program, input);
  expect(found.length).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] ?? NaN)) / scale), 0);
}

const small = (build: (b: GraphBuilder) => string): Model => {
  const b = new GraphBuilder(3);
  return b.model(image('image', [1, 4, 6, 5]), build(b));
};

describe('lower', () => {
  it.each(FAMILIES)('$name: the same function, or an obstacle with its node', ({ model }) => {
    const found = lowered(model);
    if (found.ok) expect(difference(model, found.value)).toBeLessThan(1e-6);
    else expect(found.error.detail).not.toBe('');
  });
  it('knows most families as they are deployed', () => {
    const known = FAMILIES.filter(({ model }) => {
      const prepared = prepareModel(serializeModel(model));
      return prepared.ok && lowered(prepared.value.forms.deploy.model).ok;
    });
    expect(known.length).toBeGreaterThanOrEqual(FAMILIES.length / 3);
  });
  it('takes bias, residual and clamp into the convolution that they change', () => {
    const model = small((b) => {
      const first = b.relu(b.conv('image', 4, 8, { bias: true }));
      return b.relu(b.sum([b.conv(first, 8, 8), first]));
    });
    const program = programOf(model);
    expect(program.steps).toMatchObject([
      { kind: 'convolution', residual: null, clamp: { min: 0, max: Infinity } },
      { kind: 'convolution', residual: 1, clamp: { min: 0, max: Infinity } },
    ]);
    expect(program.steps.map(({ nodes }) => nodes.length)).toEqual([2, 3]);
    expect(difference(model, program)).toBeLessThan(1e-6);
  });
  it('leaves alone what somebody else reads as it was', () => {
    const model = small((b) => {
      const before = b.conv('image', 4, 4);
      // Both the value and its activation are read.
      return b.sum([b.relu(before), before]);
    });
    const program = programOf(model);
    expect(program.steps.map(({ kind }) => kind)).toEqual(['convolution', 'add', 'add']);
    expect(difference(model, program)).toBeLessThan(1e-6);
  });
  it('does not change a value under a second name', () => {
    const model = small((b) => {
      const value = b.conv('image', 4, 4);
      const renamed = b.add('Identity', [value]);
      return b.sum([b.relu(renamed), b.relu(value)]);
    });
    expect(difference(model, programOf(model))).toBeLessThan(1e-6);
  });
  it('makes a dense layer of a flattened map a convolution over all of it', () => {
    const model = small((b) => {
      const flat = b.add('Flatten', [b.conv('image', 4, 3)], { axis: 1 });
      return b.add('Gemm', [flat, b.weights([7, 90]), b.weights([7])], { transB: 1 });
    });
    const program = programOf(model);
    expect(program.steps[1]).toMatchObject({ kind: 'convolution', kernel: [6, 5] });
    expect(difference(model, program)).toBeLessThan(1e-6);
  });
  it('runs norms that were not fused', () => {
    const model = small((b) => b.relu(b.convNorm('image', 4, 6)));
    const program = programOf(model);
    expect(program.steps.map(({ kind }) => kind)).toEqual(['convolution', 'depthwise']);
    expect(difference(model, program)).toBeLessThan(1e-6);
  });
  it.each([
    ['a sigmoid', (b: GraphBuilder) => b.add('Sigmoid', ['image'])],
    ['a convolution in groups', (b: GraphBuilder) => b.conv('image', 4, 4, { groups: 2 })],
    ['a sum that repeats one side', (b: GraphBuilder) => b.add('Add', ['image', b.weights([1, 4, 1, 1])])],
    ['a mean over rows', (b: GraphBuilder) => b.add('ReduceMean', ['image'], { axes: [2] })],
    [
      'a reshape to another picture',
      (b: GraphBuilder) => b.add('Reshape', ['image', b.integers([1, 2, 12, 5])]),
    ],
    ['nothing but a name', (b: GraphBuilder) => b.add('Identity', ['image'])],
  ])('refuses %s', (_, build) => {
    const found = lowered(small(build));
    expect(found.ok).toBe(false);
  });
  it('counts RepVGG-A0 as it is published', () => {
    const prepared = prepareModel(serializeModel(KNOWN_NETS['repvgg-a0']()));
    if (!prepared.ok) throw new Error(prepared.error.code);
    const program = programOf(prepared.value.forms.deploy.model);
    const flop = program.steps.reduce((sum, step) => sum + flopOf(program, step), 0);
    expect(flop / 2 / 1.364e9).toBeCloseTo(1, 2);
  });
});
