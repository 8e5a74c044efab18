/**
 * @file Winograd convolution F(m×m, 3×3): windows of m + 2 are transformed, multiplied channel by channel in the transformed domain, and
 * the products transformed back: (m + 2)² / (9·m²) of the multiplications. Source: Lavin, Gray, "Fast Algorithms for
 * Convolutional Neural Networks", arXiv 1509.09308; interpolation points 0, ±1, ∞ and, for m = 4, ±2.
 * Items: parts of the tiles × groups of blocks.
 */
import {
  add,
  constant,
  divide,
  i32,
  least,
  less,
  load,
  loadI32,
  minus,
  mul,
  plus,
  pmax,
  pmin,
  remainder,
  store,
  sub,
  times,
  when,
  type FunctionBuilder,
  type Local,
  type Statement,
  type V128,
} from '../assembler.ts';
import { BLOCK, PLACE_BYTES, range, VECTOR_BYTES, VECTORS, type Kernel } from './kernel.ts';
import { accumulate, tileOf } from './tile.ts';

export const WINOGRAD_FIELDS = [
  /** Table of tiles: address of window, of result, of residual, rows and columns that are there. */
  'tiles',
  'tilesEnd',
  /** Tiles of an item, a multiple of 4; and bytes of the table. */
  'itemTiles',
  'itemBytes',
  'groups',
  'blocksPerGroup',
  'blocks',
  'inputBlocks',
  'inputPlane',
  'inputRow',
  /** `[block][position][input][8]` */
  'weights',
  'panelBytes',
  'bias',
  'outputPlane',
  'outputRow',
  'residualPlane',
  'residualRow',
  /** Bytes of a tile's transformed inputs at one position: 4 · inputs. */
  'tileBytes',
  'min',
  'max',
] as const;
export type WinogradField = (typeof WINOGRAD_FIELDS)[number];

/** Words of a tile in the table. */
export const TILE_WORDS = 5;
/** Tiles that are multiplied at once. */
export const GROUP_TILES = 4;

export type WinogradSize = 2 | 4;

type Transform = (
  values: readonly V128[],
  name: (value: V128) => V128,
  builder: FunctionBuilder,
) => readonly V128[];

const get = (values: readonly V128[], index: number): V128 => values[index] ?? constant(NaN);

/** Bᵀ·d */
const INPUT_TRANSFORM: Readonly<Record<WinogradSize, Transform>> = {
  2: (d) => [
    minus(get(d, 0), get(d, 2)),
    plus(get(d, 1), get(d, 2)),
    minus(get(d, 2), get(d, 1)),
    minus(get(d, 1), get(d, 3)),
  ],
  4: (d, name) => {
    const scaled = (factor: number, value: V128): V128 => times(constant(factor), value);
    const a = name(minus(get(d, 4), scaled(4, get(d, 2))));
    const b = name(minus(get(d, 3), scaled(4, get(d, 1))));
    const c = name(minus(get(d, 4), get(d, 2)));
    const e = name(scaled(2, minus(get(d, 3), get(d, 1))));
    return [
      plus(minus(scaled(4, get(d, 0)), scaled(5, get(d, 2))), get(d, 4)),
      plus(a, b),
      minus(a, b),
      plus(c, e),
      minus(c, e),
      plus(minus(scaled(4, get(d, 1)), scaled(5, get(d, 3))), get(d, 5)),
    ];
  },
};

/** Aᵀ·m */
const OUTPUT_TRANSFORM: Readonly<Record<WinogradSize, Transform>> = {
  2: (m) => [plus(plus(get(m, 0), get(m, 1)), get(m, 2)), minus(minus(get(m, 1), get(m, 2)), get(m, 3))],
  4: (m, name, builder) => {
    const sums = [name(plus(get(m, 1), get(m, 2))), name(plus(get(m, 3), get(m, 4)))];
    const differences = [name(minus(get(m, 1), get(m, 2))), name(minus(get(m, 3), get(m, 4)))];
    const scaled = (factor: number, of: V128, to: V128): V128 => builder.madd(constant(factor), of, to);
    return [
      plus(plus(get(m, 0), get(sums, 0)), get(sums, 1)),
      scaled(2, get(differences, 1), get(differences, 0)),
      scaled(4, get(sums, 1), get(sums, 0)),
      plus(scaled(8, get(differences, 1), get(differences, 0)), get(m, 5)),
    ];
  },
};

/** Applies a transform to the columns and then to the rows of a square; every value gets a local. */
function twice(
  builder: FunctionBuilder,
  body: Statement[],
  transform: Transform,
  square: readonly (readonly V128[])[],
): readonly (readonly V128[])[] {
  const name = (value: V128): Local<'v128'> => builder.let(body, value);
  const along = (lines: readonly (readonly V128[])[]): readonly (readonly V128[])[] => {
    const results = lines.map((line) => transform(line, name, builder).map(name));
    return range(results[0]?.length ?? 0).map((i) => results.map((line) => get(line, i)));
  };
  return along(along(square));
}

export function winograd(m: WinogradSize): Kernel<WinogradField> {
  const side = m + 2;
  return {
    name: `winograd${m}`,
    fields: WINOGRAD_FIELDS,
    body(builder, { field, lanes, from, to, scratch }) {
      const { item, entries, end, entry, at } = builder.i32s('item', 'entries', 'end', 'entry', 'at');
      const { block, lastBlock, vector, position } = builder.i32s('block', 'lastBlock', 'vector', 'position');
      const { tile, usedTiles, itemTiles, tileBytes } = builder.i32s(
        'tile',
        'usedTiles',
        'itemTiles',
        'tileBytes',
      );
      const { inputs, products, channels, panel } = builder.i32s('inputs', 'products', 'channels', 'panel');
      const { result, residual, inputRow } = builder.i32s('result', 'residual', 'inputRow');
      const { positionBytes, productBytes } = builder.i32s('positionBytes', 'productBytes');
      const tileEntry = 4 * TILE_WORDS;

      // 1: windows of all tiles into the transformed domain, [position][tile][input].
      const transformInputs = (): readonly Statement[] => {
        const body: Statement[] = [];
        const rows = range(side).map((y) => {
          if (y > 0) body.push(at.set(add(at, inputRow)));
          return range(side).map((x) => builder.let(body, load(at, PLACE_BYTES * x)));
        });
        const transformed = twice(builder, body, INPUT_TRANSFORM[m], rows);
        return [
          ...body,
          ...transformed
            .flat()
            .flatMap((value) => [store(result, value), result.set(add(result, positionBytes))]),
        ];
      };
      // Places of a tile × 8 results, for 4 tiles.
      const register = tileOf(builder, GROUP_TILES, VECTORS);
      const sources = range(GROUP_TILES).map(() => builder.i32());
      const multiply: readonly Statement[] = [
        ...register.sums.flatMap((row) => row.map((sum) => sum.set(constant(0)))),
        builder.loop(channels, i32(0), tileBytes, i32(PLACE_BYTES), [
          ...accumulate(builder, register, { inputs: sources, panels: [panel], count: BLOCK }),
          ...sources.map((source) => source.set(add(source, i32(PLACE_BYTES)))),
          panel.set(add(panel, i32(BLOCK * PLACE_BYTES))),
        ]),
        ...register.sums.flatMap((row, t) =>
          row.map((sum, v) => store(result, sum, PLACE_BYTES * t + VECTOR_BYTES * v)),
        ),
      ];
      const [min, max, bias] = [builder.v128(), builder.v128(), builder.v128()];
      // 3: products, [position][tile][8], back into places.
      const transformOutputs = (): readonly Statement[] => {
        const body: Statement[] = [];
        const rows = range(side).map((y) =>
          range(side).map((x) => {
            const value = builder.let(body, load(at));
            if (side * y + x < side * side - 1) body.push(at.set(add(at, productBytes)));
            return value;
          }),
        );
        const places = twice(builder, body, OUTPUT_TRANSFORM[m], rows);
        const sum = builder.v128();
        const stored = places.map((row, y) =>
          when(
            less(i32(y), loadI32(entry, 12)),
            ...row.map((value, x) => {
              const offset = PLACE_BYTES * x;
              return when(
                less(i32(x), loadI32(entry, 16)),
                sum.set(plus(value, bias)),
                when(field('residualPlane'), sum.set(plus(sum, load(residual, offset)))),
                store(result, pmin(pmax(sum, min), max), offset),
              );
            }),
            result.set(add(result, field('outputRow'))),
            residual.set(add(residual, field('residualRow'))),
          ),
        );
        return [...body, ...stored];
      };
      return [
        min.set(lanes('min')),
        max.set(lanes('max')),
        inputRow.set(field('inputRow')),
        itemTiles.set(field('itemTiles')),
        tileBytes.set(field('tileBytes')),
        positionBytes.set(mul(itemTiles, tileBytes)),
        productBytes.set(mul(itemTiles, i32(PLACE_BYTES))),
        products.set(add(scratch, mul(positionBytes, i32(side * side)))),
        builder.loop(item, from, to, i32(1), [
          entries.set(add(field('tiles'), mul(divide(item, field('groups')), field('itemBytes')))),
          end.set(least(add(entries, field('itemBytes')), field('tilesEnd'))),
          usedTiles.set(divide(sub(end, entries), i32(tileEntry))),
          inputs.set(scratch),
          builder.loop(entry, entries, end, i32(tileEntry), [
            builder.loop(block, i32(0), field('inputBlocks'), i32(1), [
              builder.loop(vector, i32(0), i32(PLACE_BYTES), i32(VECTOR_BYTES), [
                at.set(add(add(loadI32(entry), mul(block, field('inputPlane'))), vector)),
                result.set(add(add(inputs, mul(block, i32(PLACE_BYTES))), vector)),
                ...transformInputs(),
              ]),
            ]),
            inputs.set(add(inputs, tileBytes)),
          ]),
          block.set(mul(remainder(item, field('groups')), field('blocksPerGroup'))),
          lastBlock.set(least(add(block, field('blocksPerGroup')), field('blocks'))),
          builder.loop(block, block, lastBlock, i32(1), [
            // 2: at each position, inputs × weights.
            builder.loop(position, i32(0), i32(side * side), i32(1), [
              builder.loop(tile, i32(0), usedTiles, i32(GROUP_TILES), [
                ...sources.map((source, t) =>
                  source.set(
                    add(add(scratch, mul(position, positionBytes)), mul(add(tile, i32(t)), tileBytes)),
                  ),
                ),
                panel.set(
                  add(
                    field('weights'),
                    mul(add(mul(block, i32(side * side)), position), field('panelBytes')),
                  ),
                ),
                result.set(add(products, mul(add(mul(position, itemTiles), tile), i32(PLACE_BYTES)))),
                ...multiply,
              ]),
            ]),
            builder.loop(vector, i32(0), i32(PLACE_BYTES), i32(VECTOR_BYTES), [
              bias.set(load(add(add(field('bias'), mul(block, i32(PLACE_BYTES))), vector))),
              inputs.set(add(products, vector)),
              builder.loop(entry, entries, end, i32(tileEntry), [
                at.set(inputs),
                result.set(add(add(loadI32(entry, 4), mul(block, field('outputPlane'))), vector)),
                residual.set(add(add(loadI32(entry, 8), mul(block, field('residualPlane'))), vector)),
                ...transformOutputs(),
                inputs.set(add(inputs, i32(PLACE_BYTES))),
              ]),
            ]),
          ]),
        ]),
      ];
    },
  };
}

/** Memory that a thread needs: transformed inputs and products of an item. */
export function winogradScratchBytes(m: WinogradSize, itemTiles: number, inputs: number): number {
  return (m + 2) ** 2 * itemTiles * (4 * inputs + PLACE_BYTES);
}
