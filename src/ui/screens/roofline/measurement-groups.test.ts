import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../core/profile/profile.ts';
import { metricOf } from '../../../fixtures/profile.ts';
import { measurementGroups } from './measurement-groups.ts';

const metric = (id: string, parts: Partial<Metric>): Metric => ({ ...metricOf(id, 1), ...parts });

describe('measurementGroups', () => {
  it('puts every metric into one group, in an order to be read in', () => {
    const metrics = [
      metric('wasm:1.copy@8192', { type: 'copy', sizeBytes: 8192 }),
      metric('webgpu.upload@65536', { type: 'upload', kind: 'latency', sizeBytes: 65_536 }),
      metric('webgpu.upload.latency', { type: 'upload' }),
      metric('webgpu.dispatch', { type: 'dispatch', kind: 'latency' }),
      metric('wasm:1.fma.simd', { type: 'fma.simd' }),
      metric('wasm:1.fma.simd&webgpu', { type: 'fma.simd', beside: 'webgpu' }),
      metric('wasm:1.intensity@4', { type: 'intensity', kind: 'compute', operationalIntensity: 4 }),
      metric('wasm:1.copy', { type: 'copy', sizeBytes: 2 ** 27 }),
      metric('webgpu.something-new', {}),
    ];
    expect(
      measurementGroups(metrics).map(({ title, metrics: held }) => [title, ...held.map(({ id }) => id)]),
    ).toEqual([
      ['Arithmetic', 'wasm:1.fma.simd'],
      ['Memory', 'wasm:1.copy', 'webgpu.something-new'],
      ['Overheads', 'webgpu.dispatch'],
      ['Transfers', 'webgpu.upload@65536', 'webgpu.upload.latency'],
      ['Both at once', 'wasm:1.fma.simd&webgpu'],
      ['Arithmetic a byte', 'wasm:1.intensity@4'],
      ['Working sets', 'wasm:1.copy@8192'],
    ]);
  });
  it('of nothing is nothing', () => {
    expect(measurementGroups([])).toEqual([]);
  });
});
