/**
 * @file The ways in which a convolution can be computed here: which kernel, and in what portions. None is best for every shape on every
 * device, so that `tune.ts` measures them.
 */
import type { ConvolutionStep } from '../program.ts';
import { PORTIONS } from './crew.ts';
import type { Heap } from './heap.ts';
import { convolution, PANEL_STEP, planarConvolution, type ConvolutionField } from './kernels/convolution.ts';
import { BLOCK, PLACE_BYTES, type Kernel } from './kernels/kernel.ts';
import { PLACE_WORDS } from './kernels/tile.ts';
import {
  GROUP_TILES,
  TILE_WORDS,
  winograd,
  winogradScratchBytes,
  type WinogradField,
  type WinogradSize,
} from './kernels/winograd.ts';
import { isWinogradShape, placeOffset, tapOffsets, type MapLayout } from './layout.ts';
import { panelsOf, planarPanelsOf, wholeBlocks, winogradPanelsOf } from './weights.ts';

/** A kernel with a descriptor, to be run over `items` in any order, also at once on several threads. */
export interface Call {
  readonly kernel: Kernel;
  readonly descriptor: number;
  readonly items: number;
  /** Memory that each thread needs for itself. */
  readonly scratchBytes: number;
}

/** A map at its address. */
export interface PlacedMap extends MapLayout {
  readonly address: number;
}

export interface ConvolutionParts {
  readonly step: ConvolutionStep;
  readonly input: PlacedMap;
  readonly output: PlacedMap;
  readonly residual: PlacedMap | null;
}

export type Variant =
  | { readonly method: 'direct'; readonly partBytes: number }
  | { readonly method: 'winograd'; readonly size: WinogradSize; readonly tiles: number };

export const variantName = (variant: Variant): string =>
  variant.method === 'direct'
    ? `direct, ${variant.partBytes / 1024} KB`
    : `Winograd F(${variant.size}×${variant.size}), ${variant.tiles} tiles`;

/** Places of a tile of a direct convolution, and results of a dense layer in blocks. */
const TILE_PLACES = 4;
const DENSE_BLOCKS = 4;

/** Inputs that a portion may have, so that they stay near while all results are computed of them. */
const PART_BYTES = [16 * 1024, 64 * 1024, 512 * 1024] as const;
const WINOGRAD_TILES = [8, 16, 32] as const;

/** In the order in which they are tried; the first is what is taken untried: its weights are packed in the least time. */
export function variantsOf({ step, input, output }: ConvolutionParts): readonly Variant[] {
  const direct = PART_BYTES.filter((bytes, i) => i === 0 || bytes < 2 * input.bytes).map(
    (partBytes): Variant => ({ method: 'direct', partBytes }),
  );
  if (!isWinogradShape(step) || input.placeBytes !== PLACE_BYTES) return direct;
  const winograds = ([4, 2] as const).flatMap((size) => {
    const tiles = Math.ceil(output.height / size) * Math.ceil(output.width / size);
    if (tiles < GROUP_TILES) return [];
    const portions = WINOGRAD_TILES.filter((count, i) => i === 0 || count / 2 < tiles);
    return portions.map((count): Variant => ({ method: 'winograd', size, tiles: count }));
  });
  return [...direct, ...winograds];
}

/** `threads`: who will share it. */
export function callOf(heap: Heap, parts: ConvolutionParts, variant: Variant, threads: number): Call {
  return variant.method === 'direct'
    ? directCall(heap, parts, variant.partBytes, threads)
    : winogradCall(heap, parts, variant.size, variant.tiles);
}

const LANES_FIELDS = ['min', 'max'] as const;

function directCall(heap: Heap, parts: ConvolutionParts, partBytes: number, threads: number): Call {
  const { step, input, output, residual } = parts;
  const isPlanar = input.placeBytes === 4;
  const places = output.height * output.width;
  const isDense = places === 1 && !isPlanar;
  const blocks = isDense ? Math.min(DENSE_BLOCKS, 2 ** Math.floor(Math.log2(output.planes))) : 1;
  const tilePlaces = isDense ? 1 : TILE_PLACES;
  const size = { places: tilePlaces, blocks };
  const taps = Int32Array.from(tapOffsets(step, input));
  const kernel: Kernel<ConvolutionField> = isPlanar
    ? planarConvolution(size, [...taps], step.kernel[1])
    : convolution(size);
  const table = placeTable(parts, tilePlaces);
  const inputs = input.channels;
  const panelBytes = isPlanar
    ? taps.length * step.kernel[1] * PLACE_BYTES
    : input.planes * taps.length * PANEL_STEP;
  const entryBytes = 4 * PLACE_WORDS * tilePlaces;
  const placeInputBytes = input.planes * input.placeBytes * step.strides[0] * step.strides[1];
  const tiles = table.byteLength / entryBytes;
  const groups = Math.ceil(output.planes / blocks);
  // Threads want portions before they want inputs that stay near.
  const most = threads === 1 ? tiles : Math.ceil((tiles * groups) / (threads * PORTIONS));
  const tilesPerItem = Math.max(1, Math.floor(partBytes / (placeInputBytes * tilePlaces)));
  const itemBytes = entryBytes * Math.min(tilesPerItem, most, tiles);
  const tapsAt = heap.put(taps);
  const tableAt = heap.put(table);
  const descriptor = heap.describe(
    kernel,
    {
      places: tableAt,
      placesEnd: tableAt + table.byteLength,
      itemBytes,
      taps: tapsAt,
      tapsEnd: tapsAt + taps.byteLength,
      weights: heap.putWeights((output.planes * panelBytes) / 4, () =>
        isPlanar ? planarPanelsOf(step, inputs) : panelsOf(step, inputs),
      ),
      panelBytes,
      bias: heap.put(wholeBlocks(step.bias)),
      inputBytes: input.bytes,
      inputPlane: input.planeBytes,
      blocks: output.planes,
      groups,
      outputPlane: output.planeBytes,
      residualPlane: residual?.planeBytes ?? 0,
      ...step.clamp,
    },
    LANES_FIELDS,
  );
  return { kernel, descriptor, items: Math.ceil(table.byteLength / itemBytes) * groups, scratchBytes: 0 };
}

/** A whole number of tiles: the last place stands for what is missing, and is computed again. */
function placeTable({ step, input, output, residual }: ConvolutionParts, tilePlaces: number): Int32Array {
  const { height, width } = output;
  const [strideY, strideX] = step.strides;
  const [top, left] = step.pads;
  const places = height * width;
  const table = new Int32Array(Math.ceil(places / tilePlaces) * tilePlaces * PLACE_WORDS);
  // Without an array an entry: large maps have tens of thousands.
  for (let at = 0, entry = 0; at < table.length; at += PLACE_WORDS, entry++) {
    const place = Math.min(entry, places - 1);
    const y = Math.floor(place / width);
    const x = place - y * width;
    const [fromY, fromX] = [y * strideY - top, x * strideX - left];
    table[at] = input.address + placeOffset(input, fromY, fromX);
    table[at + 1] = output.address + placeOffset(output, y, x);
    table[at + 2] = residual ? residual.address + placeOffset(residual, y, x) : 0;
  }
  return table;
}

function winogradCall(heap: Heap, parts: ConvolutionParts, size: WinogradSize, portion: number): Call {
  const { step, input, output, residual } = parts;
  const kernel: Kernel<WinogradField> = winograd(size);
  const table = tileTable(parts, size);
  const tiles = table.length / TILE_WORDS;
  const itemTiles = Math.min(portion, Math.ceil(tiles / GROUP_TILES) * GROUP_TILES);
  const partCount = Math.ceil(tiles / itemTiles);
  // Transforming a portion twice, so that threads can share it, pays where there are few.
  const groups = partCount >= 4 ? 1 : Math.min(output.planes, Math.ceil(4 / partCount));
  const tableAt = heap.put(table);
  const inputs = input.planes * BLOCK;
  const descriptor = heap.describe(
    kernel,
    {
      tiles: tableAt,
      tilesEnd: tableAt + table.byteLength,
      itemTiles,
      itemBytes: itemTiles * 4 * TILE_WORDS,
      groups,
      blocksPerGroup: Math.ceil(output.planes / groups),
      blocks: output.planes,
      inputBlocks: input.planes,
      inputPlane: input.planeBytes,
      inputRow: input.rowBytes,
      weights: heap.putWeights(output.planes * (size + 2) ** 2 * inputs * BLOCK, () =>
        winogradPanelsOf(step, input.channels, size),
      ),
      panelBytes: inputs * PLACE_BYTES,
      bias: heap.put(wholeBlocks(step.bias)),
      outputPlane: output.planeBytes,
      outputRow: output.rowBytes,
      residualPlane: residual?.planeBytes ?? 0,
      residualRow: residual?.rowBytes ?? 0,
      tileBytes: 4 * inputs,
      ...step.clamp,
    },
    LANES_FIELDS,
  );
  const scratchBytes = winogradScratchBytes(size, itemTiles, inputs);
  return { kernel, descriptor, items: partCount * groups, scratchBytes };
}

function tileTable({ step, input, output, residual }: ConvolutionParts, size: WinogradSize): Int32Array {
  const [rows, columns] = [Math.ceil(output.height / size), Math.ceil(output.width / size)];
  const table = new Int32Array(rows * columns * TILE_WORDS);
  for (let tile = 0; tile < rows * columns; tile++) {
    const [y, x] = [Math.floor(tile / columns) * size, (tile % columns) * size];
    table.set(
      [
        input.address + placeOffset(input, y - step.pads[0], x - step.pads[1]),
        output.address + placeOffset(output, y, x),
        residual ? residual.address + placeOffset(residual, y, x) : 0,
        Math.min(size, output.height - y),
        Math.min(size, output.width - x),
      ],
      tile * TILE_WORDS,
    );
  }
  return table;
}
