import { describe, expect, it } from 'vitest';
import { repNet } from '../../fixtures/models.ts';
import { DEVICE } from '../../fixtures/profile.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { layersOf, type Layer } from '../graph/layers.ts';
import { unitsOf, type Unit } from '../graph/units.ts';
import { rooflineOf, type Roofline } from '../roofline/roofline.ts';
import { measuredTable, rooflineSeconds, rooflineTable } from './cost-table.ts';
import { layerSeconds } from './layer-times.ts';

const { graph } = repNet();
const values = inferShapes(graph);
if (!values.ok) throw new Error(values.error.detail);
const layers: readonly Layer[] = layersOf(graph, values.value);
const units: readonly Unit[] = unitsOf(graph, values.value, layers);

function roof(processor: 'wasm:1' | 'webgpu'): Roofline {
  const found = rooflineOf(DEVICE, processor);
  if (!found) throw new Error(`the profile lacks ${processor}`);
  return found;
}

const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);

describe('roofline costs', () => {
  it('are limited by compute above the ridge point and by memory below it', () => {
    // wasm:1 has 10 GFLOP/s and 5 GB/s, so its ridge point is 2 FLOP/byte.
    expect(rooflineSeconds({ flop: 1e9, bytes: 1e8 }, roof('wasm:1'))).toBeCloseTo(0.1, 12);
    expect(rooflineSeconds({ flop: 1e9, bytes: 1e9 }, roof('wasm:1'))).toBeCloseTo(0.2, 12);
    expect(rooflineSeconds({ flop: 2e9, bytes: 1e9 }, roof('wasm:1'))).toBeCloseTo(0.2, 12);
  });

  it('add up layer by layer, one column a processor in the order given', () => {
    const table = rooflineTable(units, [roof('wasm:1'), roof('webgpu')]);
    expect(table.processors).toEqual(['wasm:1', 'webgpu']);
    expect(table.seconds.map((column) => column.length)).toEqual([7, 7]);
    const [wasm = [], gpu = []] = table.seconds;
    expect(sum(wasm)).toBeCloseTo(sum(layers.map((layer) => rooflineSeconds(layer, roof('wasm:1')))), 15);
    // Ten times the compute and ten times the bandwidth: a tenth of the time, unit by unit.
    wasm.forEach((seconds, u) => expect(gpu[u]).toBeCloseTo(seconds / 10, 15));
  });
});

describe('measured costs', () => {
  const seconds = layers.map((_, i) => (i + 1) * 1e-4);

  it('are scaled to the time of the whole model without the profiler', () => {
    const profiled = sum(seconds);
    const table = measuredTable(units, [{ processor: 'wasm:1', seconds, totalSeconds: profiled / 2 }]);
    expect(sum(table.seconds[0] ?? [])).toBeCloseTo(profiled / 2, 12);
    const first = sum((units[0]?.layers ?? []).map((layer) => seconds[layer.index] ?? NaN));
    expect(table.seconds[0]?.[0]).toBeCloseTo(first / 2, 12);
  });

  it('count layers that the profile does not know as 0', () => {
    const table = measuredTable(units, [{ processor: 'wasm:1', seconds: [], totalSeconds: 1 }]);
    expect(table.seconds).toEqual([units.map(() => 0)]);
  });
});

describe('layerSeconds', () => {
  const named = layers.map(({ name }, i) => ({ node: name, seconds: i + 1 }));

  it('gives every layer the time of its nodes', () => {
    expect(layerSeconds(layers, named)).toEqual(layers.map((_, i) => i + 1));
  });

  it('brings renamed nodes to the longest name they begin with, and adds them up', () => {
    const [conv] = layers;
    if (!conv) throw new Error('the net has layers');
    const times = [
      { node: `${conv.name}_nchwc`, seconds: 2 },
      { node: `${conv.name}_token_17`, seconds: 3 },
      { node: `fused ${conv.name}`, seconds: 4 },
      { node: 'ReorderInput', seconds: 50 },
    ];
    expect(layerSeconds(layers, times)?.[0]).toBe(9);
    // `node:block1.conv1` also begins `node:block1.conv1.bn`: the longer name owns its time.
    const owner = layers.findIndex(({ name }) => name === 'node:block1.conv1.bn');
    const found = layerSeconds(layers, [{ node: 'node:block1.conv1.bn_fused', seconds: 7 }]);
    expect(found?.map((s, i) => (s > 0 ? i : -1)).filter((i) => i >= 0)).toEqual([owner]);
  });

  it('is null when nothing fits', () => {
    expect(layerSeconds(layers, [{ node: 'other', seconds: 1 }])).toBeNull();
    expect(layerSeconds(layers, [])).toBeNull();
  });
});
