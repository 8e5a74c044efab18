/**
 * @file Depthwise convolution: a tile of neighbouring places of one row, four channels at a time. Each input of a row is loaded
 * once for all places whose window it lies in. Items: blocks × rows.
 */
import {
  add,
  divide,
  i32,
  least,
  load,
  mul,
  pmax,
  pmin,
  remainder,
  store,
  sub,
  type Statement,
} from '../assembler.ts';
import { PLACE_BYTES, range, VECTOR_BYTES, VECTORS, type Kernel } from './kernel.ts';

export const DEPTHWISE_FIELDS = [
  /** Where the first place's window begins. */
  'input',
  'inputPlane',
  'inputRow',
  /** `[block][vector][tap][4]` */
  'weights',
  'bias',
  'output',
  'outputPlane',
  'outputRow',
  'rows',
  /** Places of a row; at least a tile. */
  'columns',
  'min',
  'max',
] as const;
export type DepthwiseField = (typeof DEPTHWISE_FIELDS)[number];

export interface DepthwiseShape {
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [y: number, x: number];
  readonly dilations: readonly [y: number, x: number];
  /** Places of a tile. */
  readonly places: number;
}

export function depthwise({ kernel, strides, dilations, places }: DepthwiseShape): Kernel<DepthwiseField> {
  const [height, width] = kernel;
  const [strideY, strideX] = strides;
  const [dilationY, dilationX] = dilations;
  return {
    name: `depthwise${height}x${width}_s${strideY}${strideX}_d${dilationY}${dilationX}_${places}`,
    fields: DEPTHWISE_FIELDS,
    body(builder, { field, lanes, from, to }) {
      const { item, block, row, vector, column, start } = builder.i32s(
        'item',
        'block',
        'row',
        'vector',
        'column',
        'start',
      );
      const { input, output, window, weights, result, last } = builder.i32s(
        'input',
        'output',
        'window',
        'weights',
        'result',
        'last',
      );
      const { inputRow } = builder.i32s('inputRow');
      const [x, min, max, bias] = [builder.v128(), builder.v128(), builder.v128(), builder.v128()];
      const sums = range(places).map(() => builder.v128());
      const taps = range(width).map(() => builder.v128());
      const eachRowOfTaps = (y: number): readonly Statement[] => [
        ...taps.map((tap, kx) => tap.set(load(weights, VECTOR_BYTES * (width * y + kx)))),
        ...range((places - 1) * strideX + (width - 1) * dilationX + 1).flatMap((at) => [
          x.set(load(window, PLACE_BYTES * at)),
          ...taps.flatMap((tap, kx) => {
            const ahead = at - kx * dilationX;
            const sum = ahead % strideX === 0 ? sums[ahead / strideX] : undefined;
            return sum ? [sum.set(builder.madd(x, tap, sum))] : [];
          }),
        ]),
        window.set(add(window, mul(inputRow, i32(dilationY)))),
      ];
      const eachTile: readonly Statement[] = [
        // The last tile reaches back over places that the one before computes too.
        start.set(least(column, last)),
        window.set(add(input, mul(start, i32(PLACE_BYTES * strideX)))),
        ...sums.map((sum) => sum.set(bias)),
        ...range(height).flatMap(eachRowOfTaps),
        result.set(add(output, mul(start, i32(PLACE_BYTES)))),
        ...sums.map((sum, p) => store(result, pmin(pmax(sum, min), max), PLACE_BYTES * p)),
      ];
      const weightBytes = VECTOR_BYTES * height * width;
      return [
        min.set(lanes('min')),
        max.set(lanes('max')),
        inputRow.set(field('inputRow')),
        last.set(sub(field('columns'), i32(places))),
        builder.loop(item, from, to, i32(1), [
          block.set(divide(item, field('rows'))),
          row.set(remainder(item, field('rows'))),
          builder.loop(vector, i32(0), i32(VECTORS), i32(1), [
            input.set(
              add(
                add(field('input'), mul(block, field('inputPlane'))),
                add(mul(row, mul(inputRow, i32(strideY))), mul(vector, i32(VECTOR_BYTES))),
              ),
            ),
            output.set(
              add(
                add(field('output'), mul(block, field('outputPlane'))),
                add(mul(row, field('outputRow')), mul(vector, i32(VECTOR_BYTES))),
              ),
            ),
            weights.set(add(field('weights'), mul(add(mul(block, i32(VECTORS)), vector), i32(weightBytes)))),
            bias.set(load(add(field('bias'), mul(add(mul(block, i32(VECTORS)), vector), i32(VECTOR_BYTES))))),
            builder.loop(column, i32(0), field('columns'), i32(places), eachTile),
          ]),
        ]),
      ];
    },
  };
}
