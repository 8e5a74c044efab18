import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  image,
  int64Tensor,
  modelOf,
  node,
  randomWeights,
  type PlainAttribute,
} from '../../fixtures/graph.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { inferShapes } from './infer-shapes.ts';
import type { GraphNode, Tensor } from './model.ts';
import { windowLength, windowOf } from './window.ts';

type Shape = readonly number[];
type Attributes = Readonly<Record<string, PlainAttribute>>;

/** Shape of the output of one node; inputs are named `a`, `b`, …, constants by their key. */
function shapeOf(
  opType: string,
  shapes: readonly Shape[],
  attributes: Attributes = {},
  constants: Readonly<Record<string, Tensor>> = {},
): Shape | string {
  const inputs = shapes.map((shape, i) => image('abcdef'.charAt(i), shape));
  const names = [...inputs.map(({ name }) => name), ...Object.keys(constants)];
  const nodes = [node(opType, names, 'out', attributes)];
  const { graph } = modelOf({ inputs, outputs: [image('out', [])], nodes, initializers: constants });
  const values = inferShapes(graph);
  return values.ok ? (values.value.get('out')?.shape ?? 'no shape') : values.error.detail;
}

const conv = (input: Shape, weight: Shape, attributes: Attributes = {}): Shape | string =>
  shapeOf('Conv', [input], attributes, { w: randomWeights(weight, 1) });

describe('Conv', () => {
  it.each<[string, Shape, Shape, Attributes, Shape]>([
    ['valid', [1, 3, 8, 9], [4, 3, 3, 3], {}, [1, 4, 6, 7]],
    ['same by pads', [1, 3, 8, 8], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, [1, 4, 8, 8]],
    ['stride 2, even', [1, 3, 8, 8], [4, 3, 3, 3], { pads: [1, 1, 1, 1], strides: [2, 2] }, [1, 4, 4, 4]],
    ['stride 2, odd', [1, 3, 9, 7], [4, 3, 3, 3], { pads: [1, 1, 1, 1], strides: [2, 2] }, [1, 4, 5, 4]],
    ['one-sided pads', [1, 3, 8, 8], [4, 3, 3, 3], { pads: [0, 0, 1, 2], strides: [2, 2] }, [1, 4, 4, 4]],
    ['dilation 2', [1, 3, 10, 10], [4, 3, 3, 3], { dilations: [2, 3] }, [1, 4, 6, 4]],
    ['depthwise', [2, 6, 5, 5], [6, 1, 5, 5], { group: 6, pads: [2, 2, 2, 2] }, [2, 6, 5, 5]],
    ['rectangular kernel', [1, 2, 8, 8], [4, 2, 1, 3], { pads: [0, 1, 0, 1] }, [1, 4, 8, 8]],
    [
      'auto_pad SAME_UPPER',
      [1, 3, 9, 8],
      [4, 3, 3, 3],
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      [1, 4, 5, 4],
    ],
    ['auto_pad SAME_LOWER', [1, 3, 9, 8], [4, 3, 2, 2], { auto_pad: 'SAME_LOWER' }, [1, 4, 9, 8]],
    [
      'auto_pad VALID ignores pads',
      [1, 3, 8, 8],
      [4, 3, 3, 3],
      { auto_pad: 'VALID', pads: [1, 1, 1, 1] },
      [1, 4, 6, 6],
    ],
  ])('%s', (_, input, weight, attributes, expected) => {
    expect(conv(input, weight, attributes)).toEqual(expected);
  });

  it('puts the odd pad at the end (UPPER) or at the beginning (LOWER)', () => {
    const pads = (autoPad: string): Shape =>
      windowOf(node('Conv', [], 'y', { auto_pad: autoPad, strides: [2, 1] }), [3, 2], [1, 1, 8, 8]).pads;
    // Height: (4 − 1)·2 + 3 − 8 = 1. Width: 7 + 2 − 8 = 1.
    expect(pads('SAME_UPPER')).toEqual([0, 0, 1, 1]);
    expect(pads('SAME_LOWER')).toEqual([1, 1, 0, 0]);
  });

  it('agrees with a convolution that is computed', () => {
    const side = fc.integer({ min: 5, max: 9 });
    const [kernel, step, pad] = [
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat({ max: 2 }),
    ];
    const window = fc.record({
      h: side,
      w: side,
      kh: kernel,
      kw: kernel,
      sy: step,
      sx: step,
      top: pad,
      right: pad,
    });
    fc.assert(
      fc.property(window, ({ h, w, kh, kw, sy, sx, top, right }) => {
        const attributes = { strides: [sy, sx], pads: [top, 0, 0, right], dilations: [2, 1] };
        const model = modelOf({
          inputs: [image('a', [1, 2, h, w])],
          outputs: [image('out', [])],
          nodes: [node('Conv', ['a', 'w'], 'out', attributes)],
          initializers: { w: randomWeights([3, 2, kh, kw], 1) },
        });
        const values = inferShapes(model.graph);
        const { shape } = evaluate(model, new Float32Array(2 * h * w));
        expect(values.ok && values.value.get('out')?.shape).toEqual(shape);
      }),
    );
  });
});

describe('windows', () => {
  it('round up in ceil mode, but never start a window in the trailing pad', () => {
    const pool = (length: number, attributes: Attributes): number =>
      windowLength(windowOf(node('MaxPool', [], 'y', attributes), [3, 3], [1, 1, 1, 1]), 0, length, true);
    expect(pool(6, { strides: [2, 2] })).toBe(3);
    expect(pool(7, { strides: [2, 2] })).toBe(3);
    // (4 + 2 − 3) / 3 = 1, exactly; the third window of length 5 would begin at 6 = 5 + 1 and is left out.
    expect(pool(4, { strides: [3, 3], pads: [1, 1, 1, 1] })).toBe(2);
    expect(pool(5, { strides: [3, 3], pads: [1, 1, 1, 1] })).toBe(2);
  });
});

describe('other operators', () => {
  it.each<[string, readonly Shape[], Attributes, Shape]>([
    ['Relu', [[1, 2, 3, 4]], {}, [1, 2, 3, 4]],
    [
      'Add',
      [
        [1, 4, 8, 8],
        [4, 1, 1],
      ],
      {},
      [1, 4, 8, 8],
    ],
    [
      'Mul',
      [
        [3, 1],
        [1, 5],
      ],
      {},
      [3, 5],
    ],
    ['GlobalAveragePool', [[2, 7, 5, 6]], {}, [2, 7, 1, 1]],
    ['MaxPool', [[1, 4, 7, 7]], { kernel_shape: [3, 3], strides: [2, 2] }, [1, 4, 3, 3]],
    ['MaxPool', [[1, 4, 8, 8]], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, [1, 4, 4, 4]],
    ['AveragePool', [[1, 4, 8, 8]], { kernel_shape: [2, 2], strides: [2, 2] }, [1, 4, 4, 4]],
    [
      'Gemm',
      [
        [2, 16],
        [10, 16],
      ],
      { transB: 1 },
      [2, 10],
    ],
    [
      'Gemm',
      [
        [16, 2],
        [16, 10],
      ],
      { transA: 1 },
      [2, 10],
    ],
    [
      'MatMul',
      [
        [4, 1, 3, 5],
        [2, 5, 6],
      ],
      {},
      [4, 2, 3, 6],
    ],
    ['Flatten', [[2, 3, 4, 5]], {}, [2, 60]],
    ['Flatten', [[2, 3, 4, 5]], { axis: -1 }, [24, 5]],
    ['Flatten', [[2, 3]], { axis: 0 }, [1, 6]],
    ['Transpose', [[1, 2, 3, 4]], { perm: [0, 2, 3, 1] }, [1, 3, 4, 2]],
    ['Transpose', [[2, 3, 4]], {}, [4, 3, 2]],
    [
      'Concat',
      [
        [1, 2, 4, 4],
        [1, 3, 4, 4],
      ],
      { axis: 1 },
      [1, 5, 4, 4],
    ],
    [
      'Concat',
      [
        [2, 3],
        [2, 4],
      ],
      { axis: -1 },
      [2, 7],
    ],
    ['ReduceMean', [[1, 8, 4, 5]], { axes: [2, 3] }, [1, 8, 1, 1]],
    ['ReduceMean', [[1, 8, 4, 5]], { axes: [-1, -2], keepdims: 0 }, [1, 8]],
    ['ReduceMean', [[2, 3]], {}, [1, 1]],
  ])('%s %j %j', (opType, shapes, attributes, expected) => {
    expect(shapeOf(opType, shapes, attributes)).toEqual(expected);
  });

  it.each<[Shape, Shape]>([
    [
      [1, -1],
      [1, 24],
    ],
    [
      [0, -1],
      [2, 12],
    ],
    [
      [4, 6],
      [4, 6],
    ],
    [
      [0, 0, -1, 2],
      [2, 3, 2, 2],
    ],
  ])('Reshape [2, 3, 4] to %j', (target, expected) => {
    expect(shapeOf('Reshape', [[2, 3, 4]], {}, { target: int64Tensor(target) })).toEqual(expected);
  });

  it('reads the axes of ReduceMean from an input too (opset 18)', () => {
    expect(shapeOf('ReduceMean', [[1, 8, 4, 5]], {}, { axes: int64Tensor([2, 3]) })).toEqual([1, 8, 1, 1]);
  });
});

describe('what is refused', () => {
  it.each([
    [
      'shapes that do not broadcast',
      shapeOf('Add', [
        [1, 3],
        [1, 4],
      ]),
      'shapes [1,3] and [1,4] together',
    ],
    [
      'a reshape that does not divide',
      shapeOf('Reshape', [[2, 3]], {}, { t: int64Tensor([4, -1]) }),
      'Reshape with an empty result',
    ],
    [
      'a reshape that loses elements',
      shapeOf('Reshape', [[2, 3]], {}, { t: int64Tensor([4]) }),
      'Reshape of [2,3] to [4]',
    ],
    ['a kernel larger than its image', conv([1, 3, 2, 2], [4, 3, 3, 3]), 'Conv with an empty result'],
    [
      'matrices that do not fit',
      shapeOf('MatMul', [
        [2, 3],
        [4, 5],
      ]),
      'MatMul of [2,3] and [4,5]',
    ],
    [
      'a permutation that is none',
      shapeOf('Transpose', [[1, 2, 3]], { perm: [0, 1, 1] }),
      'Transpose by [0,1,1]',
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('by the name of its node', () => {
    const { graph } = modelOf({
      inputs: [image('a', [1, 3]), image('b', [1, 4])],
      outputs: [],
      nodes: [node('Add', ['a', 'b'], 'out')],
    });
    const error = { code: 'model-unsupported', node: 'node:out', detail: 'shapes [1,3] and [1,4] together' };
    expect(inferShapes(graph)).toEqual({ ok: false, error });
  });
});

describe('what stays unknown', () => {
  const known = (nodes: readonly GraphNode[]): readonly string[] => {
    const inputs = [image('x', [1, 3, 8]), image('i', [2], 'int64')];
    const values = inferShapes(
      modelOf({ inputs, outputs: [], nodes, initializers: { w: randomWeights([4, 3, 3], 1) } }).graph,
    );
    if (!values.ok) throw new Error(values.error.detail);
    return [...values.value.keys()].filter((name) => !['x', 'i', 'w'].includes(name));
  };
  it.each<[string, GraphNode]>([
    ['an operator that nobody knows', node('Unheard', ['x'], 'out')],
    ['one of another domain', { ...node('Relu', ['x'], 'out'), domain: 'com.example' }],
    ['a shape that is computed', node('Reshape', ['x', 'i'], 'out')],
    ['a convolution along one axis', node('Conv', ['x', 'w'], 'out')],
  ])('%s, and all that follows from it, but nothing beside it', (_, each) => {
    expect(known([each, node('Relu', ['out'], 'after'), node('Relu', ['x'], 'beside')])).toEqual(['beside']);
  });
});
