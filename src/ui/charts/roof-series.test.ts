import { describe, expect, it } from 'vitest';
import { missing } from '../../core/roofline/metric.ts';
import { DEVICE, profileOf } from '../../fixtures/profile.ts';
import { rooflinesOf, roofSeries } from './roof-series.ts';

describe('rooflinesOf', () => {
  it('gives a roof to every processor, in the order measured, and none to the workers', () => {
    expect(rooflinesOf(DEVICE)).toEqual([
      {
        processor: 'wasm:1',
        peakFlopPerSecond: 10e9,
        bandwidthBytesPerSecond: 5e9,
        metricIds: ['wasm:1.fma.relaxed', 'wasm:1.copy'],
      },
      {
        processor: 'webgpu',
        peakFlopPerSecond: 100e9,
        bandwidthBytesPerSecond: 50e9,
        metricIds: ['webgpu.fma.f32', 'webgpu.copy'],
      },
    ]);
  });
  it('leaves out a processor of which only one ceiling is known', () => {
    const copy = { id: 'webgpu.copy', processor: 'webgpu', kind: 'bandwidth', type: 'copy' } as const;
    const half = {
      ...DEVICE,
      metrics: [
        ...DEVICE.metrics.filter(({ id }) => id !== 'webgpu.copy'),
        missing({ ...copy, threads: 1 }, 'error', 'no'),
      ],
    };
    expect(rooflinesOf(half).map(({ processor }) => processor)).toEqual(['wasm:1']);
    expect(rooflinesOf(profileOf({}))).toEqual([]);
  });
});

describe('roofSeries', () => {
  it('names and colours the roofs of this device', () => {
    expect(roofSeries(DEVICE).map(({ id, label, tone, device }) => [id, label, tone, device])).toEqual([
      ['0 wasm:1', 'WASM', 'cpu', 0],
      ['0 webgpu', 'WebGPU', 'gpu', 0],
    ]);
    expect(roofSeries(DEVICE).map(({ roof }) => roof)).toEqual(rooflinesOf(DEVICE));
  });
  it('keeps another device apart: its own ids and its name before the processors', () => {
    const both = [...roofSeries(DEVICE), ...roofSeries(DEVICE, 1, 'Phone ')];
    expect(new Set(both.map(({ id }) => id)).size).toBe(4);
    expect(both.slice(2).map(({ label, device }) => [label, device])).toEqual([
      ['Phone WASM', 1],
      ['Phone WebGPU', 1],
    ]);
  });
});
