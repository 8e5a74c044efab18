import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { repBlock, repNet, type BlockOptions } from '../../fixtures/models.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { elementCount, type GraphNode, type Model, type Tensor } from '../graph/model.ts';
import { randomTensor } from '../random.ts';
import { differenceOf } from './equivalence.ts';
import { fuseModel, type FusionReport } from './fuse.ts';

function fused(model: Model): { readonly model: Model; readonly report: FusionReport } {
  const values = inferShapes(model.graph);
  if (!values.ok) throw new Error(values.error.detail);
  return fuseModel(model, values.value);
}

/** Fuses, and checks by the reference interpreter that the function is the same. */
function fusedExactly(model: Model): { readonly model: Model; readonly report: FusionReport } {
  const result = fused(model);
  const input = randomTensor(elementCount(model.graph.inputs[0]?.shape ?? []), 11);
  const [before, after] = [evaluate(model, input), evaluate(result.model, input)];
  expect(after.shape).toEqual(before.shape);
  expect(differenceOf(before.data, after.data).maxRelDifference).toBeLessThanOrEqual(1e-5);
  return result;
}

const BLOCK: BlockOptions = {
  input: 'x',
  output: 'y',
  inputChannels: 4,
  outputChannels: 4,
  stride: 1,
  groups: 1,
  identity: true,
  seed: 1,
};

function blockModel(options: Partial<BlockOptions>): Model {
  const block = { ...BLOCK, ...options };
  return modelOf({
    inputs: [image('x', [1, block.inputChannels, 7, 6])],
    outputs: [image('y', [])],
    ...repBlock(block),
  });
}

describe('a RepVGG block becomes one convolution and its activation', () => {
  it.each<[string, Partial<BlockOptions>]>([
    ['with the identity branch', {}],
    ['with stride 2 and more channels', { stride: 2, outputChannels: 6, identity: false }],
    ['depthwise', { groups: 4 }],
    ['grouped', { groups: 2 }],
  ])('%s', (_, options) => {
    const { model, report } = fusedExactly(blockModel(options));
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Conv', 'Relu']);
    expect([...model.graph.initializers.keys()].sort()).toEqual(
      model.graph.nodes[0]?.inputs.slice(1).toSorted(),
    );
    expect(report.kept).toEqual([]);
    expect(report.merged).toBe(report.before.nodes - 2);
  });

  it('for any weights and statistics', () => {
    const options = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      groups: fc.constantFrom(1, 2, 4),
      identity: fc.boolean(),
      stride: fc.constantFrom(1 as const, 2 as const),
    });
    fc.assert(
      fc.property(options, (drawn) => {
        const identity = drawn.identity && drawn.stride === 1;
        expect(fusedExactly(blockModel({ ...drawn, identity })).report.after.nodes).toBe(2);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the whole tiny net', () => {
  const { model, report } = fusedExactly(repNet());
  it('is fused to its deploy form', () => {
    expect(report.before.operators).toMatchObject({ Conv: 8, BatchNormalization: 10, Add: 6 });
    expect(report.after.operators).toEqual({ Conv: 4, Flatten: 1, Gemm: 1, GlobalAveragePool: 1, Relu: 4 });
  });
  it('keeps the depthwise block depthwise', () => {
    const shapes = [...model.graph.initializers.values()].map(({ shape }) => shape.join());
    expect(shapes).toContain('16,1,3,3');
  });
  it('is not fused further', () => {
    expect(fused(model).report.merged).toBe(0);
  });
});

const conv = (seed: number): Tensor => randomWeights([4, 4, 3, 3], seed);
const SAME = { pads: [1, 1, 1, 1] };
const BN = Object.fromEntries(['g', 'b', 'm', 'v'].map((name, i) => [name, randomWeights([4], i, 0.5, 1.5)]));

function small(nodes: readonly GraphNode[], initializers: Readonly<Record<string, Tensor>>): Model {
  return modelOf({ inputs: [image('x', [1, 4, 5, 5])], outputs: [image('y', [])], nodes, initializers });
}

describe('what folds without branches', () => {
  it('a batch norm into the convolution before it, whose bias it moves', () => {
    const nodes = [
      node('Conv', ['x', 'w', 'b'], 'c', SAME),
      node('BatchNormalization', ['c', 'g', 'b', 'm', 'v'], 'y'),
    ];
    const { report } = fusedExactly(small(nodes, { w: conv(1), ...BN }));
    expect(report.after.operators).toEqual({ Conv: 1 });
  });
  it('convolutions that add up without any batch norm, and a plain shortcut', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c', { auto_pad: 'SAME_UPPER' }), node('Add', ['x', 'c'], 'y')];
    const model = small(nodes, { w: conv(1) });
    const explicit = small([node('Conv', ['x', 'w'], 'c', SAME), node('Add', ['x', 'c'], 'y')], {
      w: conv(1),
    });
    const input = randomTensor(100, 3);
    expect(
      differenceOf(evaluate(explicit, input).data, evaluate(fused(model).model, input).data).maxRelDifference,
    ).toBeLessThan(1e-6);
    expect(fused(model).report.after.operators).toEqual({ Conv: 1 });
  });
});

describe('what cannot be merged stays, with the reason', () => {
  const kept = (
    nodes: readonly GraphNode[],
    initializers: Readonly<Record<string, Tensor>>,
  ): FusionReport['kept'] => fusedExactly(small(nodes, initializers)).report.kept;
  const norm = (input: string, output: string, extra = {}): GraphNode =>
    node('BatchNormalization', [input, 'g', 'b', 'm', 'v'], output, extra);
  const two = { w: conv(1), u: conv(2), ...BN };

  it('branches that read different values', () => {
    const nodes = [
      node('Relu', ['x'], 'r'),
      node('Conv', ['x', 'w'], 'p', SAME),
      node('Conv', ['r', 'u'], 'q', SAME),
      node('Add', ['p', 'q'], 'y'),
    ];
    expect(kept(nodes, two)).toEqual([{ node: 'node:y', reason: 'its branches read different values' }]);
  });
  it('a shortcut over an activation', () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'c', SAME),
      node('Relu', ['c'], 'r'),
      node('Add', ['x', 'r'], 'y'),
    ];
    expect(kept(nodes, two)).toEqual([
      { node: 'node:y', reason: 'it adds a value that passed an activation on the way (a residual)' },
    ]);
  });
  it('a batch norm after an activation', () => {
    const nodes = [node('Relu', ['x'], 'r'), norm('r', 'y')];
    expect(kept(nodes, BN)).toEqual([{ node: 'node:y', reason: 'no convolution before it to fold into' }]);
  });
  it('a batch norm after a convolution that someone else reads', () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'c', SAME),
      norm('c', 'n'),
      node('Relu', ['c'], 'r'),
      node('Add', ['n', 'r'], 'y'),
    ];
    expect(kept(nodes, two).map((entry) => entry.node)).toEqual(['node:y', 'node:n']);
  });
  it('a batch norm whose statistics are computed', () => {
    const nodes = [
      node('GlobalAveragePool', ['x'], 'p'),
      node('Flatten', ['p'], 'f'),
      norm('x', 'n'),
      node('Relu', ['n'], 'y'),
    ];
    const computed = nodes.map((each) =>
      each.opType === 'BatchNormalization' ? { ...each, inputs: ['x', 'g', 'b', 'm', 'f'] } : each,
    );
    expect(fused(small(computed, BN)).report.kept).toEqual([
      { node: 'node:n', reason: 'its statistics are not constants of the model' },
    ]);
  });
  it('a batch norm in training mode', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c', SAME), norm('c', 'y', { training_mode: 1 })];
    expect(kept(nodes, two)).toEqual([
      { node: 'node:y', reason: 'it is in training mode: its statistics change with the input' },
    ]);
  });
  it('two batch norms that are all there is to add', () => {
    const nodes = [norm('x', 'p'), norm('x', 'q'), node('Add', ['p', 'q'], 'y')];
    const report = fusedExactly(small(nodes, BN)).report;
    expect(report.kept[0]).toEqual({ node: 'node:y', reason: 'no convolution is among its branches' });
    expect(report.merged).toBe(0);
  });
  it('a value added to itself', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c', SAME), node('Add', ['c', 'c'], 'y')];
    expect(kept(nodes, two)).toHaveLength(1);
  });
  it('a result that is also an output', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c', SAME), norm('c', 'y')];
    const model = small(nodes, two);
    const withBoth = { ...model, graph: { ...model.graph, outputs: [image('y', []), image('c', [])] } };
    const { graph } = fusedExactly(withBoth).model;
    expect(graph.nodes.map(({ outputs }) => outputs[0]).sort()).toEqual(['c', 'y']);
  });
});
