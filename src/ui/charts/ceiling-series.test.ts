import { describe, expect, it } from 'vitest';
import type { DeviceProfile } from '../../core/profile/profile.ts';
import { measured, missing } from '../../core/roofline/metric.ts';
import { DEVICE } from '../../fixtures/profile.ts';
import { ceilingLines, levelLines, sweepMarks } from './ceiling-series.ts';

const compute = (processor: 'webgpu' | 'wasm:1', type: string) =>
  ({ id: `${processor}.${type}`, processor, kind: 'compute', type, threads: 1 }) as const;
const copy = (sizeBytes: number, rate: number) =>
  measured(
    { id: `wasm:1.copy@${sizeBytes}`, processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 },
    [rate],
    { sizeBytes },
  );
const withMore = (...more: DeviceProfile['metrics']): DeviceProfile => ({
  ...DEVICE,
  metrics: [
    ...DEVICE.metrics.map((metric) =>
      metric.id === 'wasm:1.copy' ? { ...metric, type: 'copy', sizeBytes: 2 ** 27 } : metric,
    ),
    ...more,
  ],
});

describe('ceilingLines', () => {
  it('are the arithmetic beside the roof, with their share of its peak', () => {
    const profile = withMore(
      measured(compute('webgpu', 'fma.f16'), [198, 200, 202]),
      measured(compute('webgpu', 'dot.i8'), [400]),
      measured(compute('wasm:1', 'fma.scalar'), [2]),
      missing(compute('webgpu', 'matmul'), 'error', 'no'),
      measured({ ...compute('wasm:1', 'fma.simd'), beside: 'webgpu' }, [7]),
    );
    expect(
      ceilingLines(profile).map(({ label, text, reading, tone }) => [label, text, reading, tone]),
    ).toEqual([
      ['WASM, scalar:', 'scalar 2.00', '2.00 GFLOP/s, n 1, 20 % of the peak.', 'cpu'],
      ['WebGPU, fp16:', 'fp16 200', '200 GFLOP/s ± 1 %, n 3, 2.0 × the peak.', 'gpu'],
      ['WebGPU, int8:', 'int8 400 GOP/s', '400 GOP/s, n 1, integer operations, not floating point.', 'gpu'],
    ]);
    expect(ceilingLines(profile)[0]).toMatchObject({ performance: 2e9, roof: { processor: 'wasm:1' } });
    expect(ceilingLines(DEVICE)).toEqual([]);
  });
});

describe('levelLines', () => {
  it('are the memory of every roof, and the caches that its copies show', () => {
    const lines = levelLines(withMore(copy(8192, 40), copy(16_384, 40)));
    expect(lines.map(({ label, text, isMemory }) => [label, text, isMemory])).toEqual([
      ['WASM memory, 128 MiB copies:', 'memory 5.00 GB/s', true],
      ['WASM caches, copies of 8 KiB to 16 KiB:', 'in 16 KiB 40.0 GB/s', false],
      ['WebGPU memory:', 'memory 50.0 GB/s', true],
    ]);
    expect(lines.map(({ reading }) => reading).slice(0, 2)).toEqual([
      '5.00 GB/s, n 1; from 2.00 FLOP/byte on, arithmetic is the limit.',
      '40.0 GB/s, the median of these sizes; from 0.25 FLOP/byte on, arithmetic is the limit.',
    ]);
  });
});

describe('sweepMarks', () => {
  it('hold each point against the roof', () => {
    const point = {
      ...compute('wasm:1', 'intensity'),
      id: 'wasm:1.intensity@0.5',
      operationalIntensity: 0.5,
    };
    expect(sweepMarks(withMore(measured(point, [2])))).toEqual([
      {
        id: 'wasm:1.intensity@0.5',
        label: 'WASM at 0.5 FLOP/byte:',
        reading: '2.00 GFLOP/s, n 1, 80 % of what the roof allows there.',
        tone: 'cpu',
        operationalIntensity: 0.5,
        flopPerSecond: 2e9,
      },
    ]);
    expect(sweepMarks(DEVICE)).toEqual([]);
  });
});
