import { describe, expect, it } from 'vitest';
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { measured, missing } from '../../../core/roofline/metric.ts';
import { DEVICE, profileOf } from '../../../fixtures/profile.ts';
import { ceilingTable, type CeilingCell, type CeilingRow } from './ceiling-rows.ts';

const more = (...metrics: DeviceProfile['metrics']): DeviceProfile => ({
  ...DEVICE,
  metrics: [...DEVICE.metrics, ...metrics],
});
const rowOf = (profile: DeviceProfile, label: string): CeilingRow | undefined =>
  ceilingTable(profile).rows.find((row) => row.label === label);
const brief = (cells: CeilingRow['cells'] | undefined) =>
  cells?.map((list) =>
    list.map(({ value, note }: CeilingCell) => [value, note].filter(Boolean).join(' ')).join(' | '),
  );

describe('ceilingTable', () => {
  it('has a column a processor and a row a quantity', () => {
    const { processors, rows } = ceilingTable(DEVICE);
    expect(processors).toEqual(['wasm:1', 'webgpu']);
    expect(rows.map(({ label, cells }) => [label, ...(brief(cells) ?? [])])).toEqual([
      ['fp32 GFLOP/s', '10.0', '100'],
      ['fp16 GFLOP/s', '–', '–'],
      ['int8 GOP/s', '–', '–'],
      ['matrix product GFLOP/s', '–', '–'],
      ['memory GB/s', '5.00', '50.0'],
      ['caches GB/s', '–', '–'],
      ['ridge FLOP/byte', '2.00', '2.00'],
      ['dispatch', '–', '–'],
      ['submit', '–', '–'],
      ['upload', '100 µs | 2.00 GB/s'],
      ['download', '200 µs | 1.00 GB/s'],
      ['hop between workers', '50.0 µs | 4.00 GB/s'],
    ]);
  });
  it('gives an interval its ±, a MAD its ~, in the unit of the value', () => {
    const dispatch = {
      id: 'webgpu.dispatch',
      processor: 'webgpu',
      kind: 'latency',
      type: 'dispatch',
      threads: 1,
    } as const;
    const six = more(measured(dispatch, [20e-6, 21e-6, 22e-6, 23e-6, 24e-6, 25e-6]));
    expect(rowOf(six, 'dispatch')?.cells[1]).toEqual([
      {
        value: '22.5 µs',
        note: '±2.50',
        title: 'n 6, 95 % interval 20.0 µs to 25.0 µs',
        isMissing: false,
      },
    ]);
    const three = more(measured(dispatch, [20e-6, 21e-6, 22e-6]));
    expect(rowOf(three, 'dispatch')?.cells[1]).toEqual([
      { value: '21.0 µs', note: '~1.00', title: 'n 3, too few for an interval', isMissing: false },
    ]);
  });
  it('says why something is missing: what failed, what no such processor has, what a full profile would tell', () => {
    const half = {
      id: 'webgpu.fma.f16',
      processor: 'webgpu',
      kind: 'compute',
      type: 'fma.f16',
      threads: 1,
    } as const;
    const profile = more(missing(half, 'unsupported', 'This GPU has no 16-bit floats (shader-f16).'));
    expect(
      rowOf(profile, 'fp16 GFLOP/s')
        ?.cells.flat()
        .map(({ title }) => title),
    ).toEqual([
      'WebAssembly has no 16-bit floats.',
      'unsupported: This GPU has no 16-bit floats (shader-f16).',
    ]);
    expect(rowOf(profile, 'int8 GOP/s')?.cells[1]?.[0]?.title).toBe(
      'Not in this profile: a full one measures it.',
    );
  });
  it('lists the caches, the nearest first', () => {
    const copy = (sizeBytes: number, rate: number) =>
      measured(
        { id: `wasm:1.copy@${sizeBytes}`, processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 },
        [rate],
        { sizeBytes },
      );
    const profile = more(
      copy(8192, 80),
      copy(16_384, 80),
      copy(2 ** 20, 40),
      copy(2 ** 21, 40),
      copy(2 ** 27, 5),
      copy(2 ** 28, 5),
    );
    expect(brief(rowOf(profile, 'caches GB/s')?.cells)).toEqual(['80.0 in 16 KiB | 40.0 in 2 MiB', '–']);
  });
  it('shows slower arithmetic only where there is any', () => {
    const scalar = {
      id: 'wasm:1.fma.scalar',
      processor: 'wasm:1',
      kind: 'compute',
      type: 'fma.scalar',
      threads: 1,
    } as const;
    expect(brief(rowOf(more(measured(scalar, [2])), 'scalar')?.cells)).toEqual(['2.00', '–']);
  });
  it('of an empty profile has no column', () => {
    expect(ceilingTable(profileOf({})).processors).toEqual([]);
  });
});
