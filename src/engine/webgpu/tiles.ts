/**
 * @file How a convolution is divided among lanes, the likeliest way first. On a software adapter a few lanes run in step and every
 * load is a gather, so wide tiles win and can be priced; a GPU wants many lanes and coalesced loads, and has an order of its own.
 */
import type { FeatureMap, Window } from '../program.ts';
import { quadsOf } from './layout.ts';

/** What kernels are chosen by. */
export interface Adapter {
  /** Computes on the CPU: four or eight lanes at a time, loads dear, barriers dearer. */
  readonly isSoftware: boolean;
  /** Lanes can hand each other values. */
  readonly hasSubgroups: boolean;
}

/** The kernel: kernels/convolution-*.wgsl. */
export type Way = 'row' | 'flat' | 'tiled' | 'split';

export interface Tile {
  readonly way: Way;
  /** That a lane computes. */
  readonly pixels: number;
  readonly quads: 1 | 2 | 4;
  /** Of the workgroup, over quads and over pixels. */
  readonly lanes: readonly [quads: number, pixels: number];
  /** Lanes hand each other the weights. */
  readonly shared: boolean;
}

const tile = (
  way: Way,
  pixels: number,
  quads: Tile['quads'],
  lanes: Tile['lanes'],
  shared = false,
): Tile => ({
  way,
  pixels,
  quads,
  lanes,
  shared,
});

/** SwiftShader runs four lanes in step, lavapipe eight; there LLVM takes 5 s for the 64 results of a lane, and they win nothing. */
const SHARED_TILES = ([16, 8, 4] as const).flatMap((pixels) => [
  tile('row', pixels, 4, [1, 4], true),
  tile('flat', pixels, 4, [1, 4], true),
]);
const DIRECT_TILES = [
  tile('row', 16, 2, [8, 1]),
  tile('row', 8, 2, [8, 1]),
  tile('row', 4, 4, [4, 1]),
  tile('flat', 16, 2, [8, 1]),
  tile('flat', 8, 2, [8, 1]),
  tile('flat', 4, 4, [4, 1]),
  tile('flat', 1, 1, [8, 1]),
];
const HARDWARE_TILES = [
  tile('tiled', 4, 1, [8, 8]),
  tile('tiled', 4, 2, [8, 8]),
  tile('row', 4, 1, [8, 8]),
  tile('row', 4, 2, [8, 8]),
  tile('flat', 4, 1, [16, 4]),
  tile('flat', 1, 1, [16, 4]),
];
/** For maps that leave a GPU idle unless lanes share the work on each result. */
const SPLIT_TILES = [tile('split', 4, 1, [4, 16]), tile('split', 1, 1, [4, 16])];
/** Pixels × quads below which that is so. */
const FEW_RESULTS = 4096;

/** Measuring more of those that are priced would cost more than it finds. */
const MOST_PRICED = 3;

/** The widest row of a window that is unrolled. */
const ROW_TAPS = 7;

export function tilesFor(window: Window, output: FeatureMap, adapter: Adapter): readonly Tile[] {
  const pixels = output.height * output.width;
  const quads = quadsOf(output.channels);
  const isRow = window.kernel[1] > 1 && window.kernel[1] <= ROW_TAPS;
  const fits = (each: Tile): boolean => {
    const isNarrow = each.pixels === 1 || each.pixels / 2 < (each.way === 'row' ? output.width : pixels);
    return isNarrow && (each.quads === 1 || each.quads / 2 < quads) && (each.way !== 'row' || isRow);
  };
  if (adapter.isSoftware) {
    const tiles = adapter.hasSubgroups ? [...SHARED_TILES, ...DIRECT_TILES] : DIRECT_TILES;
    const step = adapter.hasSubgroups ? 4 : 8;
    const price = (each: Tile): number => priceOf(each, window, output, step);
    return tiles
      .filter(fits)
      .toSorted((a, b) => price(a) - price(b))
      .slice(0, MOST_PRICED);
  }
  const isFew = pixels * quads < FEW_RESULTS;
  return [...(isFew ? SPLIT_TILES : []), ...HARDWARE_TILES].filter(fits);
}

/**
 * In multiply-adds of a vec4f by lanes in step, as measured on SwiftShader: a load of a vec4f costs 8, handing one round 2.4
 * (1.75, 0.22 and 0.73 thousand million a second on two cores).
 */
const LOAD = 8;
const BROADCAST = 2.4;
/** Fewer workgroups leave cores idle. */
const CORES = 4;

/** What all lanes take for one quad of input channels, `step` of them running in step. */
function priceOf(
  { way, pixels, quads, lanes, shared }: Tile,
  window: Window,
  output: FeatureMap,
  step: number,
): number {
  const [rows, columns] = window.kernel;
  const weights = quads * (shared ? LOAD + 4 * BROADCAST : 4 * LOAD);
  const products = 4 * pixels * quads;
  const loads =
    way === 'row'
      ? (pixels - 1) * window.strides[1] + (columns - 1) * window.dilations[1] + 1
      : pixels * columns;
  const lane = rows * (loads * LOAD + columns * (weights + products));
  const tiles =
    way === 'row'
      ? output.height * Math.ceil(output.width / pixels)
      : Math.ceil((output.height * output.width) / pixels);
  const groups = Math.ceil(quadsOf(output.channels) / quads / lanes[0]) * Math.ceil(tiles / lanes[1]);
  return lane * Math.ceil((lanes[0] * lanes[1]) / step) * Math.max(groups, CORES);
}
