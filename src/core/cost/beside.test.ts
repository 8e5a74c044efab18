import { describe, expect, it } from 'vitest';
import { profileOf } from '../../fixtures/profile.ts';
import type { Layer } from '../graph/layers.ts';
import { besideTable } from './beside.ts';
import type { CostTable } from './cost-table.ts';

const layer = (flop: number, bytes: number): Layer => ({
  index: 0,
  name: 'layer',
  opType: 'Conv',
  nodes: [],
  operatorClass: 'conv3x3',
  flop,
  bytes,
  weightBytes: 0,
});
/** Limited by arithmetic, by memory, and a layer that does nothing. */
const UNITS = [layer(1e9, 1e3), layer(1e3, 1e9), layer(0, 0)].map((each) => ({ layers: [each] }));
const ALONE = { 'wasm:1.fma.relaxed': 40, 'wasm:1.copy': 10, 'webgpu.fma.f32': 400, 'webgpu.copy': 100 };
const COSTS: CostTable = {
  model: 'measured',
  processors: ['webgpu', 'wasm:1'],
  seconds: [
    [1, 2, 3],
    [4, 5, 6],
  ],
};

describe('besideTable', () => {
  it('slows what computes by the arithmetic that is left and what waits for memory by the bandwidth', () => {
    const profile = profileOf({
      ...ALONE,
      'wasm:1.fma.relaxed&webgpu': 20,
      'wasm:1.copy&webgpu': 2.5,
      'webgpu.fma.f32&wasm:1': 400,
      'webgpu.copy&wasm:1': 80,
    });
    const { seconds } = besideTable(COSTS, UNITS, profile);
    expect(seconds[0]).toEqual([1, expect.closeTo(2.5, 9), 3]);
    expect(seconds[1]).toEqual([8, expect.closeTo(20, 9), 6]);
  });
  it('changes nothing that was not measured, and makes nothing faster', () => {
    expect(besideTable(COSTS, UNITS, profileOf(ALONE))).toEqual(COSTS);
    const faster = profileOf({ ...ALONE, 'wasm:1.fma.relaxed&webgpu': 80, 'wasm:1.copy&webgpu': 20 });
    expect(besideTable(COSTS, UNITS, faster)).toEqual(COSTS);
  });
  it('of equal processors slows both', () => {
    const equal: CostTable = { ...COSTS, processors: ['wasm:1', 'wasm:1'] };
    const profile = profileOf({ ...ALONE, 'wasm:1.fma.relaxed&wasm:1': 32, 'wasm:1.copy&wasm:1': 10 });
    expect(besideTable(equal, UNITS, profile).seconds).toEqual([
      [1.25, 2, 3],
      [5, 5, 6],
    ]);
  });
});
