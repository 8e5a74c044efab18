import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights, type PlainAttribute } from '../../fixtures/graph.ts';
import { countNode, type NodeCount } from './count.ts';
import { inferShapes } from './infer-shapes.ts';
import type { DataType } from './model.ts';

type Shape = readonly number[];

function countOf(
  opType: string,
  input: Shape,
  weights: readonly Shape[],
  attributes: Readonly<Record<string, PlainAttribute>> = {},
  dtype: DataType = 'float32',
): NodeCount {
  const names = weights.map((_, i) => `w${i}`);
  const main = node(opType, ['a', ...names], 'out', attributes);
  const { graph } = modelOf({
    inputs: [image('a', input, dtype)],
    outputs: [],
    nodes: [main],
    initializers: Object.fromEntries(weights.map((shape, i) => [`w${i}`, randomWeights(shape, i)])),
  });
  const values = inferShapes(graph);
  if (!values.ok) throw new Error(values.error.detail);
  return countNode(main, graph, values.value);
}

describe('countNode, computed by hand', () => {
  it('3×3 convolution: 2 · (8·6·6) · 3·3·3 FLOP', () => {
    expect(countOf('Conv', [1, 3, 8, 8], [[8, 3, 3, 3], [8]])).toEqual({
      operatorClass: 'conv3x3',
      flop: 15_552,
      inputBytes: 768,
      weightBytes: 896,
      outputBytes: 1152,
    });
  });

  it('1×1 convolution: 2 · (16·8·8) · 4 FLOP', () => {
    expect(countOf('Conv', [1, 4, 8, 8], [[16, 4, 1, 1]])).toMatchObject({
      operatorClass: 'conv1x1',
      flop: 8192,
      weightBytes: 256,
    });
  });

  it('depthwise convolution: 2 · (6·5·5) · 1·3·3 FLOP', () => {
    const attributes = { group: 6, pads: [1, 1, 1, 1] };
    expect(countOf('Conv', [1, 6, 5, 5], [[6, 1, 3, 3]], attributes)).toMatchObject({
      operatorClass: 'depthwise',
      flop: 2700,
    });
  });

  it('grouped and other convolutions are their own class', () => {
    expect(countOf('Conv', [1, 8, 5, 5], [[8, 4, 3, 3]], { group: 2 })).toMatchObject({
      operatorClass: 'conv-other',
      flop: 2 * (8 * 3 * 3) * 4 * 9,
    });
    expect(countOf('Conv', [1, 2, 8, 8], [[4, 2, 5, 5]]).operatorClass).toBe('conv-other');
  });

  it.each([
    ['Gemm', [1, 16], [[10, 16], [10]], { transB: 1 }, 'matmul', 320],
    ['Gemm', [16, 1], [[16, 10]], { transA: 1 }, 'matmul', 320],
    ['MatMul', [2, 3, 4], [[4, 5]], {}, 'matmul', 240],
    ['MaxPool', [1, 4, 8, 8], [], { kernel_shape: [2, 2], strides: [2, 2] }, 'pooling', 256],
    ['GlobalAveragePool', [1, 4, 8, 8], [], {}, 'pooling', 256],
    ['ReduceMean', [1, 4, 8, 8], [], { axes: [2, 3] }, 'pooling', 256],
    ['BatchNormalization', [1, 4, 8, 8], [[4], [4], [4], [4]], {}, 'elementwise', 512],
    ['Relu', [1, 4, 8, 8], [], {}, 'elementwise', 256],
    ['Flatten', [1, 4, 8, 8], [], {}, 'layout', 0],
    // Every input element meets 3 outputs × 2·2 taps.
    ['ConvTranspose', [1, 4, 5, 6], [[4, 3, 2, 2]], { strides: [2, 2] }, 'conv-other', 2 * 120 * 12],
    ['LayerNormalization', [2, 5, 8], [[8], [8]], { axis: -1 }, 'elementwise', 7 * 80],
    ['InstanceNormalization', [1, 4, 8, 8], [[4], [4]], {}, 'elementwise', 7 * 256],
    ['Softmax', [2, 10], [], {}, 'elementwise', 80],
    ['Gelu', [2, 10], [], {}, 'elementwise', 100],
    ['Erf', [2, 10], [], {}, 'elementwise', 20],
    ['HardSwish', [2, 10], [], {}, 'elementwise', 80],
    ['Transpose', [2, 10], [], {}, 'layout', 0],
    ['DepthToSpace', [1, 8, 2, 3], [], { blocksize: 2 }, 'layout', 0],
    ['ReduceMax', [2, 3, 4], [], { axes: [1] }, 'pooling', 24],
    // Along three axes: no shape rule, but the file may state the shape; here nothing is known and nothing counted.
    ['Conv', [1, 3, 4, 4, 4], [[2, 3, 3, 3, 3]], {}, 'conv-other', 0],
    ['Unheard', [2, 10], [], {}, 'elementwise', 0],
  ] as const)('%s %j', (opType, input, weights, attributes, operatorClass, flop) => {
    expect(countOf(opType, input, weights, attributes)).toMatchObject({ operatorClass, flop });
  });

  it('counts bytes in the element type of each value', () => {
    const counted = countOf('Cast', [2, 10], [], { to: 1 }, 'float16');
    expect(counted).toMatchObject({ inputBytes: 40, outputBytes: 80, weightBytes: 0 });
  });
});
