/**
 * @file Direct convolution: for a tile of places, panels of weights stream by while their sums stay in registers. Places come
 * from a table, so that a tile may run over the end of a row; taps come as byte offsets, so that any window will do.
 * Source: indirection buffers, Dukhan, "The Indirect Convolution Algorithm", arXiv 1907.02129.
 */
import {
  add,
  divide,
  i32,
  least,
  loadI32,
  mul,
  remainder,
  sub,
  type FunctionBuilder,
  type I32,
  type Local,
  type Statement,
} from '../assembler.ts';
import { BLOCK, PLACE_BYTES, range, VECTORS, type Kernel } from './kernel.ts';
import { accumulate, begin, finish, PLACE_WORDS, tileOf, type Tile } from './tile.ts';

export const CONVOLUTION_FIELDS = [
  /** Table of places, a whole number of tiles. */
  'places',
  'placesEnd',
  /** Bytes of the table that one item works on. */
  'itemBytes',
  /** Byte offsets of the taps in the input. */
  'taps',
  'tapsEnd',
  'weights',
  'panelBytes',
  'bias',
  'inputBytes',
  'inputPlane',
  'blocks',
  /** Items that share their places: groups of blocks. */
  'groups',
  'outputPlane',
  'residualPlane',
  'min',
  'max',
] as const;
export type ConvolutionField = (typeof CONVOLUTION_FIELDS)[number];

/** Bytes of 8 inputs' weights in a panel. */
export const PANEL_STEP = BLOCK * PLACE_BYTES;

interface TileSize {
  /** Places of a tile. */
  readonly places: number;
  /** Blocks of results of a tile; there are at least as many. */
  readonly blocks: number;
}

/** Over blocked inputs: taps from a table, block by block. Items: parts of the table × groups of blocks. */
export const convolution = (size: TileSize): Kernel<ConvolutionField> =>
  kernel(`convolution_${size.places}x${size.blocks}`, size, ({ builder, field, tile, windows, panels }) => {
    const { plane, tap, tapsEnd, inputBytes } = builder.i32s('plane', 'tap', 'tapsEnd', 'inputBytes');
    const inputs = windows.map(() => builder.i32());
    const eachTap: readonly Statement[] = [
      ...inputs.map((input, p) => input.set(add(add(windows[p] ?? tap, plane), loadI32(tap)))),
      ...accumulate(builder, tile, { inputs, panels, count: BLOCK }),
      ...panels.map((panel) => panel.set(add(panel, i32(PANEL_STEP)))),
    ];
    return [
      tapsEnd.set(field('tapsEnd')),
      inputBytes.set(field('inputBytes')),
      builder.loop(plane, i32(0), inputBytes, field('inputPlane'), [
        builder.loop(tap, field('taps'), tapsEnd, i32(4), eachTap),
      ]),
    ];
  });

/**
 * Over planar inputs, for the few channels of a picture: every row of `width` taps of every channel is written out, its
 * byte offset in the instructions.
 */
export const planarConvolution = (
  size: TileSize,
  rows: readonly number[],
  width: number,
): Kernel<ConvolutionField> =>
  kernel(
    `planar_${size.places}x${size.blocks}_${width}_${rows.join('_')}`,
    size,
    ({ builder, tile, windows, panels }) =>
      rows.flatMap((inputOffset, row) =>
        accumulate(builder, tile, {
          inputs: windows,
          panels,
          count: width,
          inputOffset,
          panelOffset: row * width * PLACE_BYTES,
        }),
      ),
  );

interface Walk {
  readonly builder: FunctionBuilder;
  readonly field: (name: ConvolutionField) => I32;
  readonly tile: Tile;
  readonly windows: readonly I32[];
  readonly panels: readonly Local<'i32'>[];
}

/** `walk` adds all inputs of a tile's windows times their weights. */
function kernel(
  name: string,
  size: TileSize,
  walk: (parts: Walk) => readonly Statement[],
): Kernel<ConvolutionField> {
  return {
    name,
    fields: CONVOLUTION_FIELDS,
    body(builder, { field, lanes, from, to }) {
      const tile = tileOf(builder, size.places, VECTORS * size.blocks);
      const { item, entries, end, block, bias } = builder.i32s('item', 'entries', 'end', 'block', 'bias');
      const { address, residualPlane } = builder.i32s('address', 'residualPlane');
      const [windows, panels, results, residuals] = [size.places, size.blocks, size.blocks, size.blocks].map(
        (count) => range(count).map(() => builder.i32()),
      ) as [Local<'i32'>[], Local<'i32'>[], Local<'i32'>[], Local<'i32'>[]];
      const [min, max] = [builder.v128(), builder.v128()];
      const entryBytes = 4 * PLACE_WORDS * size.places;
      const eachTile: readonly Statement[] = [
        ...windows.map((window, p) => window.set(loadI32(entries, 4 * PLACE_WORDS * p))),
        ...begin(tile, bias),
        ...panels.map((panel, b) =>
          panel.set(add(field('weights'), mul(add(block, i32(b)), field('panelBytes')))),
        ),
        ...walk({ builder, field, tile, windows, panels }),
        ...finish(
          tile,
          entries,
          address,
          { min, max, hasResidual: residualPlane },
          range(size.blocks).map((b) => ({
            result: results[b] ?? i32(0),
            residual: residuals[b] ?? i32(0),
          })),
        ),
      ];
      return [
        min.set(lanes('min')),
        max.set(lanes('max')),
        residualPlane.set(field('residualPlane')),
        builder.loop(item, from, to, i32(1), [
          // The last group reaches back over blocks that the one before computes too.
          block.set(
            least(
              mul(remainder(item, field('groups')), i32(size.blocks)),
              sub(field('blocks'), i32(size.blocks)),
            ),
          ),
          bias.set(add(field('bias'), mul(block, i32(PLACE_BYTES)))),
          ...results.map((result, b) => result.set(mul(add(block, i32(b)), field('outputPlane')))),
          ...residuals.map((residual, b) => residual.set(mul(add(block, i32(b)), residualPlane))),
          entries.set(add(field('places'), mul(divide(item, field('groups')), field('itemBytes')))),
          end.set(least(add(entries, field('itemBytes')), field('placesEnd'))),
          builder.loop(entries, entries, end, i32(entryBytes), eachTile),
        ]),
      ];
    },
  };
}
