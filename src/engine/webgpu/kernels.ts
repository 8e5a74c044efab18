/**
 * @file The kernels that can compute a step, the likeliest first. They differ in how much each lane computes (pixels × quads of
 * channels), in the shape of a workgroup and in how values get to the lanes; which is fastest differs several-fold between
 * adapters, so select.ts measures. Geometry is in uniforms: steps of many shapes share one pipeline.
 */
import type { Precision } from '../../core/engine.ts';
import type { ConvolutionStep, DepthwiseStep, Program, Step, Window } from '../program.ts';
import addSource from './kernels/add.wgsl?raw';
import flatSource from './kernels/convolution-flat.wgsl?raw';
import rowSource from './kernels/convolution-row.wgsl?raw';
import splitSource from './kernels/convolution-split.wgsl?raw';
import tiledSource from './kernels/convolution-tiled.wgsl?raw';
import depthwiseSource from './kernels/depthwise.wgsl?raw';
import meanSource from './kernels/mean.wgsl?raw';
import shapeSource from './kernels/shape.wgsl?raw';
import { mapAt, quadsOf } from './layout.ts';
import { storedIn } from './precision.ts';
import { tilesFor, type Adapter, type Tile, type Way } from './tiles.ts';
import { unroll, type Counts, type Derived } from './unroll.ts';

export type Groups = readonly [x: number, y: number, z: number];

/** One way to compute a step: shader, constants of the pipeline, and how many workgroups of it there are. */
export interface Kernel {
  /** For a reader: `row 8 × 4, lanes 1 × 16`. */
  readonly name: string;
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly groups: Groups;
}

/** For maps and weights of this precision. */
export function kernelsOf(
  program: Program,
  step: Step,
  adapter: Adapter,
  precision: Precision = 'fp32',
): readonly Kernel[] {
  const stored = ({ code, ...kernel }: Kernel) => ({ ...kernel, code: storedIn(precision, code) });
  return writtenFor(program, step, adapter).map(stored);
}

function writtenFor(program: Program, step: Step, adapter: Adapter): readonly Kernel[] {
  switch (step.kind) {
    case 'convolution':
      return tilesFor(step, mapAt(program.maps, step.output), adapter).map((tile) =>
        convolutionKernel(program, step, tile),
      );
    case 'depthwise':
      return depthwiseKernels(program, step, adapter);
    case 'mean':
      return [meanKernel(program, step, adapter)];
    case 'add':
      return [addKernel(program, step)];
  }
}

const SOURCES: Readonly<Record<Way, string>> = {
  row: rowSource,
  flat: flatSource,
  tiled: tiledSource,
  split: splitSource,
};

/** Results of a lane from which on they are stored in a loop. */
const MANY = 8;

function convolutionKernel(program: Program, step: ConvolutionStep, tile: Tile): Kernel {
  const { way, pixels: p, quads: q, lanes, shared } = tile;
  const { height, width, channels } = mapAt(program.maps, step.output);
  const { columns, derived } = rowOf(step, p);
  const k = step.kernel[1];
  const isMany = p * q > MANY;
  const counts = {
    ...{ p, q, k, i: columns },
    ...{ few: isMany ? 0 : 1, many: isMany ? 1 : 0, direct: shared ? 0 : 1, shared: shared ? 1 : 0 },
  };
  const tiles = way === 'row' ? height * Math.ceil(width / p) : Math.ceil((height * width) / p);
  // The lanes of a split over pixels work on the same ones.
  const across = way === 'split' ? 1 : lanes[1];
  return {
    name: `${way} ${p} × ${q}${shared ? ' shared' : ''}, lanes ${lanes.join(' × ')}`,
    code: written(SOURCES[way], counts, derived),
    constants: constantsOf(lanes),
    groups: groupsOf(quadsOf(channels) / q / lanes[0], tiles / across),
  };
}

/** How the taps of a row of the window lie in what a lane loads for `p` pixels of a row. */
function rowOf({ kernel, strides, dilations }: Window, p: number) {
  const [, stride] = strides;
  const [, dilation] = dilations;
  return {
    columns: (p - 1) * stride + (kernel[1] - 1) * dilation + 1,
    derived: { j: ({ p = NaN, k = NaN }) => p * stride + k * dilation } satisfies Derived,
  };
}

type Rows = readonly (readonly [pixels: number, lanes: Tile['lanes']])[];
const SOFTWARE_ROWS: Rows = [
  [8, [4, 1]],
  [4, [4, 1]],
  [8, [1, 4]],
  [1, [4, 1]],
];
const HARDWARE_ROWS: Rows = [
  [4, [16, 4]],
  [2, [16, 4]],
  [4, [4, 16]],
  [1, [16, 4]],
];

function depthwiseKernels(program: Program, step: DepthwiseStep, { isSoftware }: Adapter): readonly Kernel[] {
  const { height, width, channels } = mapAt(program.maps, step.output);
  return (isSoftware ? SOFTWARE_ROWS : HARDWARE_ROWS)
    .filter(([p]) => p === 1 || p / 2 < width)
    .map(([p, lanes]): Kernel => {
      const { columns, derived } = rowOf(step, p);
      return {
        name: `depthwise ${p}, lanes ${lanes.join(' × ')}`,
        code: written(depthwiseSource, { p, k: step.kernel[1], i: columns }, derived),
        constants: constantsOf(lanes),
        groups: groupsOf(quadsOf(channels) / lanes[0], (height * Math.ceil(width / p)) / lanes[1]),
      };
    });
}

function meanKernel(program: Program, step: Step, { isSoftware }: Adapter): Kernel {
  const lanes = isSoftware ? ([4, 1] as const) : ([8, 8] as const);
  return {
    name: `mean, lanes ${lanes.join(' × ')}`,
    code: written(meanSource, {}),
    constants: constantsOf(lanes),
    groups: groupsOf(quadsOf(mapAt(program.maps, step.output).channels) / lanes[0], 1),
  };
}

function addKernel(program: Program, step: Step): Kernel {
  const lanes = [4, 16] as const;
  const { height, width, channels } = mapAt(program.maps, step.output);
  return {
    name: `add, lanes ${lanes.join(' × ')}`,
    code: written(addSource, {}),
    constants: constantsOf(lanes),
    groups: groupsOf(quadsOf(channels) / lanes[0], (height * width) / lanes[1]),
  };
}

const constantsOf = ([lanes_q, lanes_p]: Tile['lanes']) => ({ lanes_q, lanes_p });

const written = (source: string, counts: Counts, derived: Derived = {}): string =>
  unroll(
    source.replace('#shape', () => shapeSource),
    counts,
    derived,
  );

/** As in shape.wgsl. */
const GROUPS_Y = 32_768;

/** Workgroups over quads and over tiles of pixels; more of the latter than a dispatch may have along y go on along z. */
function groupsOf(x: number, y: number): Groups {
  const count = Math.ceil(y);
  return [Math.ceil(x), Math.min(GROUPS_Y, count), Math.ceil(count / GROUPS_Y)];
}
