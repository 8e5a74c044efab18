/** @file Shapes of one node each, beside what `onnx.shape_inference` 1.23 (opset 18, strict, data propagation) gives for it. */
import { describe, expect, it } from 'vitest';
import { image, int64Tensor, modelOf, node, type PlainAttribute } from '../../../fixtures/graph.ts';
import { inferShapes } from '../infer-shapes.ts';

type Shape = readonly number[];
type Case = readonly [
  opType: string,
  inputs: readonly Shape[],
  attributes: Readonly<Record<string, PlainAttribute>>,
  /** int64 inputs after those; null is one that is left out. */
  constants: readonly (Shape | null)[],
  outputs: readonly Shape[],
];

/** What exporters write for "to the end": past what a double holds exactly. */
const TO_THE_END = 2 ** 62;

const CASES: readonly Case[] = [
  [
    'ConvTranspose',
    [
      [1, 4, 5, 6],
      [4, 3, 3, 3],
    ],
    { strides: [2, 2] },
    [],
    [[1, 3, 11, 13]],
  ],
  [
    'ConvTranspose',
    [
      [1, 4, 5, 6],
      [4, 3, 3, 3],
    ],
    { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    [],
    [[1, 3, 10, 12]],
  ],
  [
    'ConvTranspose',
    [
      [1, 4, 5, 6],
      [4, 2, 2, 2],
    ],
    { strides: [2, 2], group: 2 },
    [],
    [[1, 4, 10, 12]],
  ],
  [
    'ConvTranspose',
    [
      [1, 4, 5, 6],
      [4, 3, 3, 3],
    ],
    { dilations: [2, 1] },
    [],
    [[1, 3, 9, 8]],
  ],
  [
    'ConvTranspose',
    [
      [1, 4, 5, 6],
      [4, 3, 3, 3],
    ],
    { strides: [3, 2], output_shape: [14, 12] },
    [],
    [[1, 3, 14, 12]],
  ],
  [
    'MaxPool',
    [[1, 4, 7, 7]],
    { kernel_shape: [3, 3], strides: [2, 2], dilations: [2, 1] },
    [],
    [[1, 4, 2, 3]],
  ],
  [
    'AveragePool',
    [[1, 4, 9, 9]],
    { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    [],
    [[1, 4, 5, 5]],
  ],
  ['LpPool', [[1, 4, 8, 8]], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, [], [[1, 4, 8, 8]]],
  ['MatMul', [[5], [5, 6]], {}, [], [[6]]],
  ['MatMul', [[2, 3, 5], [5]], {}, [], [[2, 3]]],
  ['MatMul', [[5], [5]], {}, [], [[]]],
  [
    'Gemm',
    [
      [3, 4],
      [4, 5],
    ],
    {},
    [],
    [[3, 5]],
  ],
  ['LayerNormalization', [[2, 5, 8], [8], [8]], { axis: -1 }, [], [[2, 5, 8]]],
  ['InstanceNormalization', [[1, 4, 8, 8], [4], [4]], {}, [], [[1, 4, 8, 8]]],
  ['Where', [[1, 3], [2, 1], [1]], {}, [], [[2, 3]]],
  [
    'Sum',
    [
      [2, 1],
      [1, 3],
      [4, 1, 1],
    ],
    {},
    [],
    [[4, 2, 3]],
  ],
  [
    'PRelu',
    [
      [1, 4, 3, 3],
      [4, 1, 1],
    ],
    {},
    [],
    [[1, 4, 3, 3]],
  ],
  ['ReduceSum', [[2, 3, 4]], { keepdims: 0 }, [[1]], [[2, 4]]],
  ['ReduceSum', [[2, 3, 4]], { noop_with_empty_axes: 1 }, [], [[2, 3, 4]]],
  ['ReduceMax', [[2, 3, 4]], {}, [[-1]], [[2, 3, 1]]],
  ['ReduceL2', [[2, 3, 4]], { keepdims: 0 }, [[0, 2]], [[3]]],
  ['ArgMax', [[2, 3, 4]], { axis: 1, keepdims: 0 }, [], [[2, 4]]],
  ['ArgMin', [[2, 3, 4]], { axis: -1 }, [], [[2, 3, 1]]],
  [
    'Split',
    [[1, 7, 4]],
    { axis: 1, num_outputs: 3 },
    [],
    [
      [1, 3, 4],
      [1, 3, 4],
      [1, 1, 4],
    ],
  ],
  [
    'Split',
    [[1, 6, 4]],
    { axis: 1 },
    [[2, 4]],
    [
      [1, 2, 4],
      [1, 4, 4],
    ],
  ],
  [
    'Split',
    [[6, 4]],
    { axis: 0, num_outputs: 2 },
    [],
    [
      [3, 4],
      [3, 4],
    ],
  ],
  [
    'Slice',
    [[4, 9, 7]],
    {},
    [
      [1, -3],
      [TO_THE_END, -1],
      [1, 2],
    ],
    [[4, 8, 2]],
  ],
  ['Slice', [[4, 9]], {}, [[8], [0], [1], [-3]], [[4, 3]]],
  ['Slice', [[4, 9]], {}, [[-100], [100]], [[4, 9]]],
  ['Gather', [[4, 5, 6]], { axis: 1 }, [[0, 2]], [[4, 2, 6]]],
  ['Pad', [[1, 2, 3, 4]], {}, [[0, 0, 1, 2, 0, 0, 3, 4]], [[1, 2, 7, 10]]],
  ['Pad', [[1, 2, 3, 4]], {}, [[1, 2, 3, 4], null, [2, -1]], [[1, 2, 7, 10]]],
  ['Resize', [[1, 3, 5, 7]], {}, [null, null, [1, 3, 10, 11]], [[1, 3, 10, 11]]],
  ['Transpose', [[2, 3, 4]], { perm: [1, 2, 0] }, [], [[3, 4, 2]]],
  ['Squeeze', [[1, 3, 1, 4]], {}, [[0]], [[3, 1, 4]]],
  ['Squeeze', [[1, 3, 1, 4]], {}, [], [[3, 4]]],
  ['Unsqueeze', [[3, 4]], {}, [[0, -1]], [[1, 3, 4, 1]]],
  ['Reshape', [[2, 3, 4]], {}, [[0, -1]], [[2, 12]]],
  ['Expand', [[3, 1]], {}, [[2, 1, 6]], [[2, 3, 6]]],
  ['Tile', [[2, 3]], {}, [[2, 4]], [[4, 12]]],
  ['DepthToSpace', [[1, 8, 2, 3]], { blocksize: 2 }, [], [[1, 2, 4, 6]]],
  ['SpaceToDepth', [[1, 2, 4, 6]], { blocksize: 2 }, [], [[1, 8, 2, 3]]],
  ['Flatten', [[2, 3, 4]], { axis: 3 }, [], [[24, 1]]],
  ['Shape', [[2, 3, 4]], {}, [], [[3]]],
  ['Shape', [[2, 3, 4]], { start: -2 }, [], [[2]]],
  [
    'Concat',
    [
      [2, 3, 1],
      [2, 3, 5],
    ],
    { axis: -1 },
    [],
    [[2, 3, 6]],
  ],
  [
    'GatherElements',
    [
      [3, 4],
      [2, 4],
    ],
    { axis: 0 },
    [],
    [[2, 4]],
  ],
];

function shapesOf([opType, shapes, attributes, constants, outputs]: Case): readonly unknown[] {
  const inputs = shapes.map((shape, i) => image('abcdef'.charAt(i), shape));
  const names = constants.map((values, i) => (values === null ? '' : `k${i}`));
  const results = outputs.map((_, i) => `y${i}`);
  const { graph } = modelOf({
    inputs,
    outputs: results.map((name) => image(name, [])),
    nodes: [node(opType, [...inputs.map(({ name }) => name), ...names], results, attributes)],
    initializers: Object.fromEntries(
      constants.flatMap((values, i) => (values ? [[`k${i}`, int64Tensor(values)]] : [])),
    ),
  });
  const values = inferShapes(graph);
  return values.ok ? results.map((name) => values.value.get(name)?.shape) : [values.error.detail];
}

describe('shape rules', () => {
  it.each(CASES)('%s of %j, %j %j', (...each) => {
    expect(shapesOf(each)).toEqual(each[4]);
  });

  it.each<[string, Case, string]>([
    ['an axis that is not there', ['ArgMax', [[2, 3]], { axis: 2 }, [], [[]]], 'axis 2 of 2'],
    ['a split that does not add up', ['Split', [[6]], {}, [[2, 3]], [[], []]], 'Split of 6 into [2,3]'],
    ['a squeeze of what is not one', ['Squeeze', [[2, 3]], {}, [[0]], [[]]], 'Squeeze of axes 0 of [2,3]'],
    ['a slice without a step', ['Slice', [[4]], {}, [[0], [4], [0], [0]], [[]]], 'Slice with a step of 0'],
    [
      'depths that do not divide',
      ['DepthToSpace', [[1, 6, 2, 2]], { blocksize: 4 }, [], [[]]],
      'DepthToSpace with an empty result',
    ],
    [
      'concatenated shapes that differ',
      [
        'Concat',
        [
          [2, 3],
          [3, 3],
        ],
        { axis: 1 },
        [],
        [[]],
      ],
      'Concat of shapes that do not fit',
    ],
    [
      'a transposed convolution of other channels',
      [
        'ConvTranspose',
        [
          [1, 3, 4, 4],
          [4, 2, 3, 3],
        ],
        {},
        [],
        [[]],
      ],
      'ConvTranspose of weights [4,2,3,3] over [1,3,4,4]',
    ],
  ])('refuse %s', (_, each, detail) => {
    expect(shapesOf(each)).toEqual([detail]);
  });
});
