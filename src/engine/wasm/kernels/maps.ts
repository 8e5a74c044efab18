/** @file Kernels that only move or add: a tensor into blocks or planes and back, borders of zeros, the mean, a sum of two maps. */
import {
  add,
  copy,
  divide,
  i32,
  load,
  mul,
  pmax,
  pmin,
  plus,
  remainder,
  splat,
  store,
  storeLane,
  times,
  when,
  zero,
} from '../assembler.ts';
import { BLOCK, LANES, PLACE_BYTES, range, VECTOR_BYTES, VECTORS, type Kernel } from './kernel.ts';

const PLANAR_FIELDS = ['map', 'plane', 'rowBytes', 'tensor', 'channelBytes', 'rows', 'columns'] as const;
export type PlanarField = (typeof PLANAR_FIELDS)[number];

/** `[C][H][W]`, whole blocks of channels, to or from a blocked map. Items: blocks × rows. */
const planar = (name: string, isIn: boolean): Kernel<PlanarField> => ({
  name,
  fields: PLANAR_FIELDS,
  body(builder, { field, from, to }) {
    const { item, block, row, place, scalar, end } = builder.i32s(
      'item',
      'block',
      'row',
      'place',
      'scalar',
      'end',
    );
    const channels = range(BLOCK).map(() => builder.i32());
    const eachChannel = channels.map((channel, c) => {
      const lane = c % LANES;
      return isIn
        ? storeLane(place, splat(add(channel, scalar)), 0, 4 * c)
        : storeLane(add(channel, scalar), load(place, VECTOR_BYTES * Math.floor(c / LANES)), lane);
    });
    return [
      end.set(mul(field('columns'), i32(4))),
      builder.loop(item, from, to, i32(1), [
        block.set(divide(item, field('rows'))),
        row.set(remainder(item, field('rows'))),
        place.set(add(add(field('map'), mul(block, field('plane'))), mul(row, field('rowBytes')))),
        ...channels.map((channel, c) =>
          channel.set(
            add(
              add(field('tensor'), mul(row, end)),
              mul(add(mul(block, i32(BLOCK)), i32(c)), field('channelBytes')),
            ),
          ),
        ),
        builder.loop(scalar, i32(0), end, i32(4), [...eachChannel, place.set(add(place, i32(PLACE_BYTES)))]),
      ]),
    ];
  },
});
export const pack = planar('pack', true);
export const unpack = planar('unpack', false);

/** `[C][H][W]` to a map of planes, which has gaps for its borders. Items: channels × rows. */
export const place: Kernel<PlanarField> = {
  name: 'place',
  fields: PLANAR_FIELDS,
  body(builder, { field, from, to }) {
    const { item, channel, row, bytes } = builder.i32s('item', 'channel', 'row', 'bytes');
    return [
      bytes.set(mul(field('columns'), i32(4))),
      builder.loop(item, from, to, i32(1), [
        channel.set(divide(item, field('rows'))),
        row.set(remainder(item, field('rows'))),
        copy(
          add(add(field('map'), mul(channel, field('plane'))), mul(row, field('rowBytes'))),
          add(add(field('tensor'), mul(channel, field('channelBytes'))), mul(row, bytes)),
          bytes,
        ),
      ]),
    ];
  },
};

const BORDER_FIELDS = ['map', 'plane', 'headBytes', 'rowBytes', 'gapBytes', 'rows', 'tailBytes'] as const;
export type BorderField = (typeof BORDER_FIELDS)[number];

/** Zeros around a map: its head, the gaps between its rows, its tail. Items: blocks. */
export const border: Kernel<BorderField> = {
  name: 'border',
  fields: BORDER_FIELDS,
  body(builder, { field, from, to }) {
    const { item, at, end, row } = builder.i32s('item', 'at', 'end', 'row');
    const clear = (bytes: Parameters<typeof add>[1]) => [
      end.set(add(at, bytes)),
      builder.loop(at, at, end, i32(VECTOR_BYTES), [store(at, zero)]),
    ];
    return builder.loop(item, from, to, i32(1), [
      at.set(add(field('map'), mul(item, field('plane')))),
      ...clear(field('headBytes')),
      builder.loop(row, i32(1), field('rows'), i32(1), [
        at.set(add(at, field('rowBytes'))),
        ...clear(field('gapBytes')),
      ]),
      at.set(add(at, field('rowBytes'))),
      ...clear(field('tailBytes')),
    ]);
  },
};

const MEAN_FIELDS = [
  'map',
  'plane',
  'rowBytes',
  'columnBytes',
  'rows',
  'scale',
  'output',
  'outputPlane',
  'min',
  'max',
] as const;
export type MeanField = (typeof MEAN_FIELDS)[number];

/** The mean of each channel. Items: blocks. */
export const mean: Kernel<MeanField> = {
  name: 'mean',
  fields: MEAN_FIELDS,
  body(builder, { field, lanes, from, to }) {
    const { item, row, start, at, end } = builder.i32s('item', 'row', 'start', 'at', 'end');
    const sums = range(VECTORS).map(() => builder.v128());
    const output = builder.i32();
    return builder.loop(item, from, to, i32(1), [
      ...sums.map((sum) => sum.set(zero)),
      start.set(add(field('map'), mul(item, field('plane')))),
      builder.loop(row, i32(0), field('rows'), i32(1), [
        end.set(add(start, field('columnBytes'))),
        builder.loop(
          at,
          start,
          end,
          i32(PLACE_BYTES),
          sums.map((sum, v) => sum.set(plus(sum, load(at, VECTOR_BYTES * v)))),
        ),
        start.set(add(start, field('rowBytes'))),
      ]),
      output.set(add(field('output'), mul(item, field('outputPlane')))),
      ...sums.map((sum, v) =>
        store(output, pmin(pmax(times(sum, lanes('scale')), lanes('min')), lanes('max')), VECTOR_BYTES * v),
      ),
    ]);
  },
};

const ADD_FIELDS = [
  'map',
  'plane',
  'rowBytes',
  /** 0 where there is none. */
  'other',
  'otherPlane',
  'otherRowBytes',
  'output',
  'outputPlane',
  'outputRowBytes',
  'rows',
  'columnBytes',
  'min',
  'max',
] as const;
export type AddField = (typeof ADD_FIELDS)[number];

/** `clamp(map + other)`. Items: blocks × rows. */
export const addMaps: Kernel<AddField> = {
  name: 'add',
  fields: ADD_FIELDS,
  body(builder, { field, lanes, from, to }) {
    const { item, block, row, at } = builder.i32s('item', 'block', 'row', 'at');
    const [sum] = [builder.v128()];
    const { map, other, output } = builder.i32s('map', 'other', 'output');
    const start = (address: 'map' | 'other' | 'output', plane: AddField, rowBytes: AddField) =>
      add(field(address), add(mul(block, field(plane)), mul(row, field(rowBytes))));
    return builder.loop(item, from, to, i32(1), [
      block.set(divide(item, field('rows'))),
      row.set(remainder(item, field('rows'))),
      map.set(start('map', 'plane', 'rowBytes')),
      other.set(start('other', 'otherPlane', 'otherRowBytes')),
      output.set(start('output', 'outputPlane', 'outputRowBytes')),
      builder.loop(at, i32(0), field('columnBytes'), i32(VECTOR_BYTES), [
        sum.set(load(add(map, at))),
        when(field('other'), sum.set(plus(sum, load(add(other, at))))),
        store(add(output, at), pmin(pmax(sum, lanes('min')), lanes('max'))),
      ]),
    ]);
  },
};
