import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights, type PlainAttribute } from '../../fixtures/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { productOf } from './product.ts';

type Shape = readonly number[];

function found(
  opType: string,
  input: Shape,
  weights: Shape,
  attributes: Readonly<Record<string, PlainAttribute>> = {},
) {
  const main = node(opType, ['a', 'w'], 'out', attributes);
  const inputs = [image('a', input)];
  const { graph } = modelOf({
    inputs,
    outputs: [],
    nodes: [main],
    initializers: { w: randomWeights(weights, 1) },
  });
  const values = inferShapes(graph);
  return values.ok ? productOf(main, values.value) : undefined;
}

const PADDED = { pads: [1, 1, 1, 1] };

describe('productOf', () => {
  it.each([
    ['Conv', [1, 4, 8, 6], [16, 4, 1, 1], {}, [16, 4, 48, 1, false, 6, 1]],
    ['Conv', [1, 4, 8, 6], [16, 4, 1, 1], { strides: [2, 2] }, [16, 4, 12, 1, true, 3, 2]],
    ['Conv', [2, 4, 8, 6], [16, 4, 3, 3], PADDED, [16, 36, 96, 1, true, 6, 1]],
    ['Conv', [1, 6, 8, 6], [6, 1, 3, 3], { ...PADDED, group: 6 }, [1, 9, 48, 6, true, 6, 1]],
    ['Conv', [1, 6, 8, 6], [4, 3, 5, 3], { group: 2 }, [2, 45, 16, 2, true, 4, 1]],
    ['Gemm', [1, 16], [10, 16], { transB: 1 }, [10, 16, 1, 1, false, 1, 1]],
    ['Gemm', [16, 3], [16, 10], { transA: 1 }, [10, 16, 3, 1, false, 3, 1]],
    // Shared weights make one product of every row; others one a matrix.
    ['MatMul', [2, 3, 4], [4, 5], {}, [5, 4, 6, 1, false, 6, 1]],
    ['MatMul', [2, 3, 4], [2, 4, 5], {}, [5, 4, 3, 2, false, 3, 1]],
  ] as const)('%s %j · %j', (opType, input, weights, attributes, expected) => {
    const [rows, depth, columns, groups, gathers, width, stride] = expected;
    expect(found(opType, input, weights, attributes)).toEqual({
      rows,
      depth,
      columns,
      groups,
      gathers,
      width,
      stride,
    });
  });

  it('is nothing for other operators, and where there are not two axes', () => {
    expect(found('Add', [1, 4, 8, 6], [4, 1, 1])).toBeUndefined();
    expect(found('Conv', [1, 3, 4, 4, 4], [2, 3, 3, 3, 3])).toBeUndefined();
  });
});
