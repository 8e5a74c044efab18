import { describe, expect, it } from 'vitest';
import { rooflineTable } from '../../../core/cost/cost-table.ts';
import type { Layer } from '../../../core/graph/layers.ts';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import type { Roofline } from '../../../core/roofline/roofline.ts';
import { planReport } from '../../../fixtures/plan-report.ts';
import type { PlanEntry, PlanReport, WorkCost } from '../../../playground/plan-report.ts';
import { layerRows, pointOf, rooflineFinding } from './roofline-view.ts';

const layer = (index: number, name: string, flop: number, bytes: number): Layer => ({
  index,
  name,
  opType: 'Conv',
  nodes: [],
  operatorClass: 'conv3x3',
  flop,
  bytes,
  weightBytes: 0,
});
/** 20 ms at the peak; 10 ms of memory; no arithmetic, 2 ms of memory. */
const PRODUCT = { rows: 64, depth: 576, columns: 256, groups: 1, gathers: true, width: 16, stride: 1 };
const LAYERS = [
  { ...layer(0, 'wide', 2e8, 1e6), product: PRODUCT },
  layer(1, 'thin', 1e7, 5e7),
  layer(2, 'reshape', 0, 1e7),
];
/** 10 GFLOP/s and 5 GB/s: the ridge is at 2 FLOP/byte. */
const ROOF: Roofline = {
  processor: 'wasm:1',
  peakFlopPerSecond: 10e9,
  bandwidthBytesPerSecond: 5e9,
  metricIds: ['wasm:1.fma.simd', 'wasm:1.copy'],
};
const GPU: Roofline = {
  processor: 'webgpu',
  peakFlopPerSecond: 100e9,
  bandwidthBytesPerSecond: 20e9,
  metricIds: ['webgpu.fma.f32', 'webgpu.copy'],
};

/** A report that knows nothing but its layers: `measured[layer][processor]` in seconds. */
function reportOf(
  processors: readonly ProcessorId[],
  measured: readonly (readonly number[] | null)[],
): PlanReport {
  const performance = { throughputFps: 1, latencyMs: 1000, n: 0 };
  const chosen: PlanEntry = {
    kind: 'single',
    stages: [],
    predicted: performance,
    measured: null,
    equality: null,
  };
  const { seconds } = rooflineTable(
    LAYERS.map((each) => ({ layers: [each] })),
    [ROOF],
  );
  const layers: readonly WorkCost[] = measured.map((times, i) => ({
    name: LAYERS[i]?.name ?? '',
    flop: 0,
    bytes: 0,
    roofline: seconds.map((column) => column[i] ?? 0),
    calibrated: null,
    measured: times,
  }));
  return planReport(processors, [chosen], { layers });
}

describe('layerRows', () => {
  it('lists the layers with arithmetic, predicted by the roof where nothing was measured', () => {
    const rows = layerRows(LAYERS, ROOF, null);
    expect(rows.map(({ name }) => name)).toEqual(['wide', 'thin']);
    expect(rows[0]).toMatchObject({
      processor: 'wasm:1',
      operationalIntensity: 200,
      limit: 'compute',
      predictedSeconds: 0.02,
      measuredSeconds: null,
      achieved: null,
    });
    expect(rows[1]).toMatchObject({ operationalIntensity: 0.2, limit: 'memory', predictedSeconds: 0.01 });
  });
  it('counts the layers that it leaves out into the whole that shares are of', () => {
    const shares = layerRows(LAYERS, ROOF, null).map(({ share }) => share);
    expect(shares[0]).toBeCloseTo(20 / 32, 12);
    expect(shares[1]).toBeCloseTo(10 / 32, 12);
  });
  it('takes times from the column of its processor', () => {
    const report = reportOf(
      ['webgpu', 'wasm:1'],
      [
        [9, 0.04],
        [9, 0.05],
        [9, 0.01],
      ],
    );
    const rows = layerRows(LAYERS, ROOF, report);
    expect(rows.map(({ measuredSeconds }) => measuredSeconds)).toEqual([0.04, 0.05]);
    expect(rows[0]?.achieved).toBeCloseTo(5e9, 0);
    expect(rows.map(({ share }) => share)).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.5, 12)]);
  });
  it.each([
    ['is of other processors', reportOf(['wasm:2'], [[1], [1], [1]])],
    ['was not measured', reportOf(['wasm:1'], [null, null, null])],
    ['is of another model', reportOf(['wasm:1'], [[1], [1]])],
  ])('takes no time from a plan that %s', (_, report) => {
    expect(layerRows(LAYERS, ROOF, report)).toEqual(layerRows(LAYERS, ROOF, null));
  });
  it('of no layers is empty', () => {
    expect(layerRows([], ROOF, null)).toEqual([]);
  });
});

describe('pointOf', () => {
  const [wide, thin] = layerRows(LAYERS, ROOF, null).map(pointOf);
  it('draws what the row says', () => {
    expect(wide).toMatchObject({
      id: 'wasm:1 wide',
      label: 'wide',
      tone: 'cpu',
      operationalIntensity: 200,
      attainable: 10e9,
      achieved: null,
    });
    const [onGpu] = layerRows(LAYERS, GPU, null).map(pointOf);
    expect(onGpu).toMatchObject({ id: 'webgpu wide', tone: 'gpu' });
  });
  it('reads it aloud: what limits it, and what the roof allows', () => {
    expect(wide?.reading).toBe(
      'on WASM: 200 MFLOP, 200 FLOP/byte, limited by arithmetic: memory could feed more; the roof allows 20.0 ms.',
    );
    expect(thin?.reading).toBe(
      'on WASM: 10.0 MFLOP, 0.20 FLOP/byte, limited by memory: 10 % of peak is all it can reach from main memory; ' +
        'the roof allows 10.0 ms.',
    );
  });
  it('or what was achieved', () => {
    const [point] = layerRows(LAYERS, ROOF, reportOf(['wasm:1'], [[0.04], [0.05], [0.01]])).map(pointOf);
    expect(point?.achieved).toBeCloseTo(5e9, 0);
    expect(point?.reading).toContain('5.00 of 10.0 GFLOP/s achieved, 40.0 ms, 50 % of the roof.');
  });
  describe('of a layer above the roof', () => {
    const use = { processor: 'wasm:1', obstacle: null, seconds: { fused: 1, ort: 1 }, n: 6 } as const;
    const readings = (engine: 'fused' | 'ort', ...times: readonly [wide: number, thin: number]) => {
      const report = reportOf(['wasm:1'], [[times[0]], [times[1]], [0.01]]);
      const rows = layerRows(LAYERS, ROOF, { ...report, engines: [{ ...use, engine }] });
      return rows.map((row) => pointOf(row).reading);
    };

    it('says that Winograd counts more than it multiplies, where our own engine may use it', () => {
      expect(readings('fused', 0.01, 0.02)[0]).toContain(
        '10.0 ms, 200 % of the roof: Winograd multiplies less than it counts.',
      );
      expect(readings('ort', 0.01, 0.02)[0]).toContain('10.0 ms, 200 % of the roof.');
    });
    it('says that bytes came from a cache, where memory is its limit and the peak is not passed', () => {
      expect(readings('fused', 0.02, 0.002)[1]).toContain('500 % of the roof: its bytes came from a cache.');
    });
    it('explains by no method what none could do', () => {
      for (const reading of readings('fused', 0.001, 0.0002))
        expect(reading).toContain('of the roof: more than any method explains');
    });
  });
});

describe('rooflineFinding', () => {
  it('is never of a software GPU where there is another roof', () => {
    expect(rooflineFinding([ROOF, GPU], LAYERS, true)?.what).toContain('WASM peaks at');
    expect(rooflineFinding([GPU], LAYERS, true)?.what).toContain('WebGPU peaks at');
  });
  it('is of the highest peak, and counts the layers left of its ridge', () => {
    // The GPU's ridge is at 5 FLOP/byte; what has no arithmetic is no point.
    const layers = [...LAYERS, layer(3, 'between', 3e6, 1e6)];
    expect(rooflineFinding([ROOF, GPU], layers)).toEqual({
      what: 'WebGPU peaks at 100 GFLOP/s here and needs 5.00 FLOP for every byte it moves.',
      lede: '2 of this model’s 3 layers lie left of that ridge: from main memory they wait for bytes, not for arithmetic.',
    });
  });
  it('asks for a model where none is loaded', () => {
    expect(rooflineFinding([ROOF], [])?.lede).toBe('Load a model to see its layers under these roofs.');
  });
  it('is nothing without a roof', () => {
    expect(rooflineFinding([], LAYERS)).toBeNull();
  });
});
