import { describe, expect, it } from 'vitest';
import { measured } from '../../core/roofline/metric.ts';
import { DEVICE } from '../../fixtures/profile.ts';
import { ceilingLines, levelLines, sweepMarks } from './ceiling-series.ts';
import { groupsOf, kindsOf, shownOf } from './chart-groups.ts';
import { roofSeries } from './roof-series.ts';

const cpu = { processor: 'wasm:1', threads: 1 } as const;
const PROFILE = {
  ...DEVICE,
  metrics: [
    ...DEVICE.metrics,
    measured({ ...cpu, id: 'wasm:1.copy@8192', kind: 'bandwidth', type: 'copy' }, [40], { sizeBytes: 8192 }),
    measured({ ...cpu, id: 'wasm:1.copy@134217728', kind: 'bandwidth', type: 'copy' }, [5], {
      sizeBytes: 2 ** 27,
    }),
    measured({ ...cpu, id: 'wasm:1.fma.scalar', kind: 'compute', type: 'fma.scalar' }, [2]),
    measured(
      { ...cpu, id: 'wasm:1.intensity@4', kind: 'compute', type: 'intensity', operationalIntensity: 4 },
      [9],
    ),
  ],
};
const DRAWN = {
  roofs: roofSeries(PROFILE),
  points: [],
  levels: levelLines(PROFILE),
  ceilings: ceilingLines(PROFILE),
  sweep: sweepMarks(PROFILE),
};

describe('chart groups', () => {
  it('are those that have something to show', () => {
    expect(groupsOf(DRAWN)).toEqual(['levels', 'ceilings', 'sweep']);
    expect(groupsOf({ roofs: roofSeries(DEVICE), points: [], levels: levelLines(DEVICE) })).toEqual([]);
  });
  it('leave roofs and memory when all of them are hidden', () => {
    const left = shownOf(DRAWN, new Set(['layers', 'levels', 'ceilings', 'sweep']));
    expect(kindsOf(left).map((kind) => kind.map(({ id }) => id))).toEqual([
      [],
      ['0 wasm:1', '0 webgpu'],
      ['wasm:1.copy', 'webgpu.copy'],
      [],
      [],
    ]);
    expect(shownOf(DRAWN, new Set())).toEqual(DRAWN);
  });
});
