/**
 * @file The register tile of all products: some places × some vectors of results. Eight accumulators are what hides the latency
 * of two multiply-adds a cycle, and with their operands what 16 vector registers hold.
 */
import {
  add,
  i32,
  load,
  loadI32,
  pmax,
  pmin,
  plus,
  splat,
  store,
  when,
  type FunctionBuilder,
  type I32,
  type Local,
  type Statement,
  type V128,
} from '../assembler.ts';
import { PLACE_BYTES, range, VECTOR_BYTES, VECTORS } from './kernel.ts';

export interface Tile {
  /** `[place][vector]` */
  readonly sums: readonly (readonly Local<'v128'>[])[];
}

export function tileOf(builder: FunctionBuilder, places: number, vectors: number): Tile {
  return { sums: range(places).map(() => range(vectors).map(() => builder.v128())) };
}

/** Every place begins with what stands at `bias`, a vector after the other. */
export const begin = ({ sums }: Tile, bias: I32): readonly Statement[] =>
  sums.flatMap((row) => row.map((sum, v) => sum.set(load(bias, VECTOR_BYTES * v))));

export interface Factors {
  /** Address of each place's inputs. */
  readonly inputs: readonly I32[];
  /** Address of each panel's weights, 8 an input. */
  readonly panels: readonly I32[];
  readonly count: number;
  /** Bytes from those addresses to the first input, and to its weights. */
  readonly inputOffset?: number;
  readonly panelOffset?: number;
}

/** Adds `count` inputs of each place times their weights. */
export function accumulate(
  builder: FunctionBuilder,
  { sums }: Tile,
  { inputs, panels, count, inputOffset = 0, panelOffset = 0 }: Factors,
): readonly Statement[] {
  const x = builder.v128();
  const weights = panels.flatMap((panel) =>
    range(VECTORS).map((v) => ({ panel, offset: panelOffset + VECTOR_BYTES * v, local: builder.v128() })),
  );
  return range(count).flatMap((c) => [
    ...weights.map(({ panel, offset, local }) => local.set(load(panel, offset + PLACE_BYTES * c))),
    ...sums.flatMap((row, place) => [
      x.set(splat(inputs[place] ?? i32(0), inputOffset + 4 * c)),
      ...row.map((sum, v) => sum.set(builder.madd(x, weights[v]?.local ?? x, sum))),
    ]),
  ]);
}

export interface Finish {
  readonly min: V128;
  readonly max: V128;
  /** Address of the residual's first block, or 0. */
  readonly hasResidual: I32;
}

/** Words of a place in a table: address of its window, of its result, of its residual, each in the first block. */
export const PLACE_WORDS = 3;

/** Adds residuals, clamps, and stores the tile: `vectors / 2` blocks of each place of the table at `entries`. */
export function finish(
  { sums }: Tile,
  entries: I32,
  address: Local<'i32'>,
  { min, max, hasResidual }: Finish,
  blockOffsets: readonly { readonly result: I32; readonly residual: I32 }[],
): readonly Statement[] {
  const at = (place: number, word: number): I32 => loadI32(entries, 4 * (PLACE_WORDS * place + word));
  const each = (
    word: number,
    offsetOf: (block: number) => I32,
    what: (sum: Local<'v128'>, offset: number) => Statement,
  ): readonly Statement[] =>
    sums.flatMap((row, place) =>
      blockOffsets.flatMap((_, block) => [
        address.set(add(at(place, word), offsetOf(block))),
        ...row.slice(VECTORS * block, VECTORS * (block + 1)).map((sum, v) => what(sum, VECTOR_BYTES * v)),
      ]),
    );
  const none = i32(0);
  return [
    when(
      hasResidual,
      ...each(
        2,
        (block) => blockOffsets[block]?.residual ?? none,
        (sum, offset) => sum.set(plus(sum, load(address, offset))),
      ),
    ),
    ...each(
      1,
      (block) => blockOffsets[block]?.result ?? none,
      (sum, offset) => store(address, pmin(pmax(sum, min), max), offset),
    ),
  ];
}
