import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../fixtures/builder.ts';
import { FAMILIES } from '../../fixtures/families.ts';
import { image } from '../../fixtures/graph.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { elementCount, operatorCounts, type Model } from '../graph/model.ts';
import { readModel } from '../prepare-model.ts';
import { randomTensor } from '../random.ts';
import { deleteBranches, DELETION_MODES, type Deletion, type DeletionMode } from './delete-branches.ts';
import { differenceOf } from './equivalence.ts';
import { fuseModel } from './fuse.ts';

function shapes(model: Model) {
  const values = inferShapes(model.graph);
  if (!values.ok) throw new Error(values.error.detail);
  return values.value;
}

const deletion = (model: Model, mode: DeletionMode): Deletion => deleteBranches(model, shapes(model), mode);

const outputOf = (model: Model): ArrayLike<number> =>
  evaluate(model, randomTensor(elementCount(model.graph.inputs[0]?.shape ?? []), 3)).data;

const difference = (a: Model, b: Model): number => differenceOf(outputOf(a), outputOf(b)).maxRelDifference;

const fused = (model: Model): Model => fuseModel(model, shapes(model)).model;

type Kind = '3x3' | '1x1' | 'identity' | '1x3';
const LOST: Readonly<Record<DeletionMode, Kind | null>> = {
  none: null,
  '3x3_1x1': 'identity',
  '3x3_identity': '1x1',
};

interface BlockSpec {
  readonly branches: readonly { readonly kind: Kind; readonly norm: boolean }[];
  readonly groups: number;
  /** How the branches are added: one by one from the left, from the right, in pairs, or by one `Sum`. */
  readonly join: 'left' | 'right' | 'pairs' | 'sum';
  readonly normAfter: boolean;
}

const CHANNELS = 4;

/** The block of `input` with all its branches made and the kinds other than `lost` added; the same weights either way. */
function addBlock(b: GraphBuilder, input: string, spec: BlockSpec, lost: Kind | null): string {
  const kernels = { '3x3': 3, '1x1': 1, '1x3': [1, 3] } as const;
  const made = spec.branches.map(({ kind, norm }) => {
    const conv = { groups: spec.groups };
    const value =
      kind === 'identity' ? input : b.conv(input, CHANNELS, CHANNELS, { ...conv, kernel: kernels[kind] });
    return { kind, value: norm ? b.norm(value, CHANNELS) : value };
  });
  const values = made.filter(({ kind }) => kind !== lost).map(({ value }) => value);
  const add = (some: readonly string[]): string => (some.length === 1 ? (some[0] ?? '') : b.sum(some));
  const half = values.length >> 1;
  const joins: Readonly<Record<BlockSpec['join'], () => string>> = {
    left: () => add(values),
    right: () => add(values.toReversed()),
    sum: () => (values.length > 1 ? b.add('Sum', values) : add(values)),
    pairs: () => add([values.slice(0, half), values.slice(half)].filter(({ length }) => length > 0).map(add)),
  };
  const sum = joins[spec.join]();
  return b.relu(spec.normAfter ? b.norm(sum, CHANNELS) : sum);
}

const modelOf = (blocks: readonly BlockSpec[], seed: number, lost: Kind | null): Model => {
  const b = new GraphBuilder(seed);
  let value = b.relu('x');
  for (const block of blocks) value = addBlock(b, value, block, lost);
  return b.model(image('x', [1, CHANNELS, 7, 6]), value);
};

const branch = (kind: fc.Arbitrary<Kind>) => fc.record({ kind, norm: fc.boolean() });
/** RepVGG's three branches and whatever else, in any order. */
const block: fc.Arbitrary<BlockSpec> = fc
  .record({
    spatial: branch(fc.constant('3x3')),
    pointwise: branch(fc.constant('1x1')),
    identity: branch(fc.constant('identity')),
    others: fc.array(branch(fc.constantFrom<Kind[]>('3x3', '1x1', '1x3')), { maxLength: 2 }),
    groups: fc.constantFrom(1, 2, 4),
    join: fc.constantFrom('left' as const, 'right' as const, 'pairs' as const, 'sum' as const),
    normAfter: fc.boolean(),
    order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ spatial, pointwise, identity, others, order, ...rest }) => ({
    ...rest,
    branches: [spatial, pointwise, identity, ...others]
      .map((each, i) => ({ each, at: order[i] ?? 0 }))
      .sort((p, q) => p.at - q.at)
      .map(({ each }) => each),
  }));

describe.each(DELETION_MODES)('%s, of random blocks', (mode) => {
  it('computes what the kept branches compute, and fuses exactly', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 2 }), fc.nat(1e6), (blocks, seed) => {
        const model = modelOf(blocks, seed, null);
        const found = deletion(model, mode);
        const count = (kind: Kind): number =>
          mode !== 'none' && LOST[mode] === kind
            ? blocks.flatMap(({ branches }) => branches).filter((each) => each.kind === kind).length
            : 0;
        expect(found.blocks).toBe(blocks.length);
        expect(found.deleted).toEqual({ '1x1': count('1x1'), identity: count('identity') });
        expect(difference(modelOf(blocks, seed, LOST[mode]), found.model)).toBeLessThanOrEqual(1e-6);
        expect(difference(found.model, fused(found.model))).toBeLessThanOrEqual(1e-5);
        expect(operatorCounts(fused(found.model).graph)['Conv']).toBe(blocks.length);
        if (mode === 'none') expect(found.model).toBe(model);
        else expect(difference(model, found.model)).toBeGreaterThan(1e-3);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a model without blocks that have a 3×3', () => {
  const untouched = ['residual', 'depthwise separable', 'Inception', 'U-Net', 'squeeze and excitation'];
  it.each(FAMILIES.filter(({ name }) => untouched.includes(name)))('stays: $name', ({ model }) => {
    for (const mode of DELETION_MODES)
      expect(deletion(model, mode)).toEqual({ model, blocks: 0, deleted: { '1x1': 0, identity: 0 } });
  });
  it('stays: 1×1 beside identity alone', () => {
    const b = new GraphBuilder(2);
    const sum = b.sum([b.convNorm('x', 4, 4, { kernel: 1 }), b.norm('x', 4)]);
    const model = b.model(image('x', [1, 4, 5, 5]), b.relu(sum));
    expect(deletion(model, '3x3_identity').model).toBe(model);
  });
});

describe('families', () => {
  it.each([
    ['RepVGG with identity', 1, 1],
    ['RepVGG without identity', 1, 0],
    ['QARepVGG', 1, 1],
    ['ACNet', 0, 0],
    ['MobileOne', 1, 1],
  ])('%s loses %d branches of 1×1 or %d identities', (name, pointwise, identity) => {
    const model = FAMILIES.find((family) => family.name === name)?.model;
    if (!model) throw new Error(name);
    expect(deletion(model, '3x3_identity').deleted).toEqual({ '1x1': pointwise, identity: 0 });
    expect(deletion(model, '3x3_1x1').deleted).toEqual({ '1x1': 0, identity });
  });
});

describe('an output that is a sum', () => {
  it('keeps its name when only one branch is left', () => {
    const b = new GraphBuilder(5);
    const model = b.model(image('x', [1, 4, 5, 5]), b.sum([b.conv('x', 4, 4), 'x']));
    const { graph } = deletion(model, '3x3_1x1').model;
    expect(graph.outputs).toEqual(model.graph.outputs);
    expect(operatorCounts(graph)).toEqual({ Conv: 1, Identity: 1 });
  });
});

describe('the shipped Rep-Digits', () => {
  const bytes = readFileSync(new URL('../../../public/models/rep-digits/model.onnx', import.meta.url));
  const read = readModel(new Uint8Array(bytes));
  if (!read.ok) throw new Error(read.error.code);
  const { model } = read.value;
  const before = outputOf(model);
  const relDifference = (other: Model): number => differenceOf(before, outputOf(other)).maxRelDifference;

  /** By the names in this file, which the code under test does not know: what reads the first reads the second. */
  const reading = (from: RegExp, to: string): Model => {
    const nodes = model.graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => name.replace(from, to)),
    }));
    return { ...model, graph: { ...model.graph, nodes } };
  };

  it('none: is the same model', () => {
    const found = deletion(model, 'none');
    expect(found).toEqual({ model, blocks: 7, deleted: { '1x1': 0, identity: 0 } });
    expect(relDifference(found.model)).toBe(0);
  });
  it('3x3_1x1: is another function without its identities, and fuses exactly', () => {
    const found = deletion(model, '3x3_1x1');
    expect(found.deleted.identity).toBeGreaterThan(0);
    expect(found.deleted['1x1']).toBe(0);
    expect(relDifference(found.model)).toBeGreaterThan(0.1);
    const byName = reading(/add_identity\.out$/, 'add1x1.out');
    expect(difference(byName, found.model)).toBe(0);
    expect(difference(found.model, fused(found.model))).toBeLessThanOrEqual(1e-5);
  });
  it('3x3_identity: is another function without its 1×1, and fuses exactly', () => {
    const found = deletion(model, '3x3_identity');
    expect(found.deleted).toEqual({ '1x1': 7, identity: 0 });
    expect(relDifference(found.model)).toBeGreaterThan(0.1);
    const byName = reading(/add1x1\.out$/, 'conv3x3.out');
    expect(difference(byName, found.model)).toBe(0);
    expect(difference(found.model, fused(found.model))).toBeLessThanOrEqual(1e-5);
  });
});
