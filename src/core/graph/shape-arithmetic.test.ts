import { describe, expect, it } from 'vitest';
import { image, int64Tensor, modelOf, node, type GraphParts } from '../../fixtures/graph.ts';
import { foldConstants } from './fold-constants.ts';
import { inferShapes } from './infer-shapes.ts';
import { integersOf } from './tensor.ts';

const scalar = (value: number) => ({ ...int64Tensor([value]), shape: [] });

/** The graph with its constants folded, and the shape of `y`. */
function folded(parts: Omit<GraphParts, 'outputs'>) {
  const { graph } = foldConstants(modelOf({ ...parts, outputs: [image('y', [])] }));
  const values = inferShapes(graph);
  if (!values.ok) throw new Error(values.error.detail);
  return { graph, shape: values.value.get('y')?.shape };
}

describe('arithmetic on shapes', () => {
  it('folds the flatten that PyTorch exports: Shape → Gather → Unsqueeze → Concat → Reshape', () => {
    const { graph, shape } = folded({
      inputs: [image('x', [2, 8, 4, 4])],
      nodes: [
        node('Shape', ['x'], 'dims'),
        node('Gather', ['dims', 'first'], 'batch', { axis: 0 }),
        node('Unsqueeze', ['batch', 'axes'], 'head'),
        node('Concat', ['head', 'rest'], 'target', { axis: 0 }),
        node('Reshape', ['x', 'target'], 'y'),
      ],
      initializers: { first: scalar(0), axes: int64Tensor([0]), rest: int64Tensor([-1]) },
    });
    expect(shape).toEqual([2, 128]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Reshape']);
    const target = graph.initializers.get('target');
    expect(target && integersOf(target)).toEqual([2, -1]);
  });

  it('folds the size of a Resize: Shape → Slice → Mul → Cast → Concat', () => {
    const { graph, shape } = folded({
      inputs: [image('x', [1, 3, 5, 7])],
      nodes: [
        node('Shape', ['x'], 'all'),
        node('Slice', ['all', 'two', 'end', 'axes'], 'size'),
        node('Mul', ['size', 'factor'], 'large'),
        node('Cast', ['large'], 'whole', { to: 7 }),
        node('Slice', ['all', 'zero', 'two', 'axes'], 'front'),
        node('Concat', ['front', 'whole'], 'sizes', { axis: 0 }),
        node('Resize', ['x', '', '', 'sizes'], 'y'),
      ],
      initializers: {
        ...{ two: int64Tensor([2]), end: int64Tensor([4]), axes: int64Tensor([0]) },
        ...{ zero: int64Tensor([0]), factor: int64Tensor([2, 3]) },
      },
    });
    expect(shape).toEqual([1, 3, 10, 21]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Resize']);
  });

  it.each<[string, readonly number[], readonly number[], readonly number[]]>([
    ['Add', [1, 2], [3], [4, 5]],
    ['Sub', [1, 2], [3, 3], [-2, -1]],
    // ONNX divides integers toward zero.
    ['Div', [7, -7], [2], [3, -3]],
    ['Mod', [7, -7], [3], [1, 2]],
    ['Min', [7, -7], [3], [3, -7]],
    ['Max', [7, -7], [3], [7, 3]],
  ])('%s of %j and %j', (opType, a, b, expected) => {
    const { graph } = folded({
      inputs: [image('x', [1])],
      nodes: [
        node(opType, ['a', 'b'], 'c'),
        node('Expand', ['x', 'shape'], 'z'),
        node('Concat', ['c', 'c'], 'y', { axis: 0 }),
      ],
      initializers: { a: int64Tensor(a), b: int64Tensor(b), shape: int64Tensor([2]) },
    });
    // `y` is an output, so its node stays and reads the folded constant.
    const constant = graph.initializers.get('c');
    expect(constant && integersOf(constant)).toEqual(expected);
  });

  it('a graph output keeps its node, and numbers too large for a double stay uncomputed', () => {
    const { graph } = folded({
      inputs: [image('x', [1])],
      nodes: [node('Mul', ['big', 'big'], 'product'), node('Concat', ['product', 'big'], 'y', { axis: 0 })],
      initializers: { big: int64Tensor([2 ** 40]) },
    });
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Mul', 'Concat']);
  });

  it('slices backwards, and from the end', () => {
    const slice = (start: number, end: number, step: number): readonly number[] | null | undefined => {
      const { graph } = folded({
        inputs: [image('x', [4, 5, 6, 7])],
        nodes: [
          node('Shape', ['x'], 'all'),
          node('Slice', ['all', 'start', 'end', 'axes', 'step'], 'part'),
          node('Concat', ['part', 'part'], 'y', { axis: 0 }),
        ],
        initializers: {
          ...{ start: int64Tensor([start]), end: int64Tensor([end]) },
          ...{ axes: int64Tensor([0]), step: int64Tensor([step]) },
        },
      });
      const part = graph.initializers.get('part');
      return part && integersOf(part);
    };
    expect(slice(-2, 99, 1)).toEqual([6, 7]);
    expect(slice(0, 4, 2)).toEqual([4, 6]);
    expect(slice(3, -5, -1)).toEqual([7, 6, 5, 4]);
    expect(slice(-1, 1, -2)).toEqual([7]);
  });
});

describe('operators without a rule', () => {
  const foreign = { ...node('Magic', ['x'], 'm'), domain: 'com.example' };
  const parts = {
    inputs: [image('x', [1, 4])],
    outputs: [image('y', [1, 9])],
    nodes: [foreign, node('Relu', ['m'], 'y')],
  };

  it('take the shapes that the file states', () => {
    const stated = new Map([['m', image('m', [1, 9])]]);
    const values = inferShapes({ ...modelOf(parts).graph, stated });
    expect(values.ok && values.value.get('y')?.shape).toEqual([1, 9]);
  });
  it('leave what follows unknown where it states none', () => {
    const values = inferShapes({ ...modelOf(parts).graph, stated: new Map() });
    expect(values.ok && [...values.value.keys()]).toEqual(['x']);
  });
  it('are not found in the prototype of a table', () => {
    for (const opType of ['toString', 'constructor', '__proto__']) {
      const { graph } = modelOf({ ...parts, nodes: [node(opType, ['x'], 'y')] });
      const values = inferShapes({ ...graph, stated: new Map() });
      expect(values.ok && values.value.has('y')).toBe(false);
    }
  });
});

describe('the pads of old PyTorch exports', () => {
  it('are computed: reshaped, turned around, transposed', () => {
    const nodes = [
      node('Reshape', ['pads', 'pairs'], 'p'),
      node('Slice', ['p', 'start', 'end', 'axis', 'step'], 'r'),
      node('Transpose', ['r'], 't', { perm: [1, 0] }),
      node('Reshape', ['t', 'flat'], 'q'),
      node('Pad', ['x', 'q'], 'y'),
    ];
    const initializers = {
      // Last axis first: left, right, top, bottom, and nothing for channels and batch.
      pads: int64Tensor([1, 2, 3, 4, 0, 0, 0, 0]),
      pairs: int64Tensor([-1, 2]),
      start: int64Tensor([-1]),
      end: int64Tensor([-(2 ** 40)]),
      axis: int64Tensor([0]),
      step: int64Tensor([-1]),
      flat: int64Tensor([-1]),
    };
    const inputs = [image('x', [1, 3, 4, 5])];
    const model = foldConstants(
      modelOf({ inputs, outputs: [image('y', [1, 3, 11, 8])], nodes, initializers }),
    );
    const values = inferShapes({ ...model.graph, stated: new Map() });
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['Pad']);
    expect(values.ok && values.value.get('y')?.shape).toEqual([1, 3, 11, 8]);
  });
});
