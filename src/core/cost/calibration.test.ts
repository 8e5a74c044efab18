import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE } from '../../fixtures/profile.ts';
import type { OperatorClass } from '../graph/count.ts';
import type { Layer } from '../graph/layers.ts';
import { parseProfile } from '../profile/parse.ts';
import type { Calibration } from '../profile/profile.ts';
import { rooflineOf, type Roofline } from '../roofline/roofline.ts';
import { calibratedTable, fitCalibration, UNCALIBRATED_ERROR } from './calibration.ts';
import { calibrationModels } from './calibration-models.ts';
import { coldnessOf, featuresOf, KERNEL_CLASSES, KERNEL_FEATURES, kernelClassOf } from './features.ts';

const networks = [...calibrationModels()].map((network) => network.layers);
const placed = networks.flatMap((list) => list.map((layer) => ({ layer, coldness: coldnessOf(list) })));
const layers = placed.map(({ layer }) => layer);
const FACTS = { paceSeconds: 1e-3, runSeconds: 1e-4, seconds: 3 };

function roof(processor: 'wasm:1' | 'webgpu'): Roofline {
  const found = rooflineOf(DEVICE, processor);
  if (!found) throw new Error(`the profile lacks ${processor}`);
  return found;
}
const WASM = [roof('wasm:1')];

/** Round seconds for one of each feature: every class costs the same here. */
const TRUE = {
  layer: 1e-5,
  group: 1e-7,
  flop: 3e-11,
  rows: 4e-9,
  gathered: 5e-10,
  stepped: 1e-9,
  packed: 6e-10,
  output: 2e-9,
  weights: 3e-10,
  bytes: 1e-10,
  spilled: 4e-10,
  cold: 2e-5,
  coldWeights: 5e-10,
};
const truth = (layer: Layer, coldness: number): number => {
  const counts = featuresOf(layer, coldness);
  const kernel = kernelClassOf(layer) ?? 'layout';
  return KERNEL_FEATURES[kernel].reduce((sum, feature) => sum + TRUE[feature] * counts[feature], 0);
};
const observed = placed.map((each) => ({ ...each, seconds: truth(each.layer, each.coldness) }));
const fitted = fitCalibration('wasm:1', observed, FACTS);

const columnOf = (list: readonly Layer[], calibration: Calibration): readonly number[] =>
  calibratedTable(
    list.map((layer) => ({ layers: [layer] })),
    WASM,
    [calibration],
  )?.seconds[0] ?? [];
const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);

describe('the calibration networks', () => {
  it('hold enough layers of every kernel that vision models consist of', () => {
    for (const kernel of KERNEL_CLASSES)
      expect(layers.filter((layer) => kernelClassOf(layer) === kernel).length, kernel).toBeGreaterThanOrEqual(
        KERNEL_FEATURES[kernel].length,
      );
  });
  it('are the same each time', () => {
    const [first] = calibrationModels();
    const [again] = calibrationModels();
    expect(again).toEqual(first);
  });
});

describe('coldness', () => {
  const of = (weightBytes: number, bytes: number): number =>
    coldnessOf([{ weightBytes, bytes: weightBytes + bytes }]);
  it('is none of what fits into the nearest caches, all of what no cache holds, and grows by the logarithm between', () => {
    expect([of(0.3e6, 0.2e6), of(2e6, 2e6), of(30e6, 2e6), of(1e9, 0), coldnessOf([])]).toEqual([
      0, 0.5, 1, 1, 0,
    ]);
  });
  it('is of all weights, but of one layer at a time', () => {
    const layer = { weightBytes: 1e6, bytes: 2e6 };
    expect(coldnessOf([layer, layer, layer])).toBeCloseTo(of(3e6, 1e6), 12);
  });
});

describe('fitCalibration', () => {
  it('predicts what its coefficients generated, and says that it errs by next to nothing', () => {
    const free = { ...fitted, runSeconds: 0 };
    expect(fitted.classes).toHaveLength(KERNEL_CLASSES.length);
    networks
      .flatMap((list) => columnOf(list, free))
      .forEach((seconds, i) => {
        expect(seconds / (observed[i]?.seconds ?? 0)).toBeCloseTo(1, 4);
      });
    for (const { relativeError, kernel } of fitted.classes) expect(relativeError, kernel).toBeLessThan(0.02);
  });

  it('recovers the coefficients where the layers tell them apart', () => {
    for (const { kernel, secondsPer } of fitted.classes)
      if (kernel === 'pooling' || kernel === 'depthwise')
        for (const feature of KERNEL_FEATURES[kernel])
          expect((secondsPer[feature] ?? 0) / TRUE[feature], `${kernel} ${feature}`).toBeCloseTo(1, 3);
  });

  it('is not bent by a layer that something else disturbed', () => {
    const disturbed = observed.map((each, i) =>
      i % 8 === 3 ? { ...each, seconds: 5 * each.seconds } : each,
    );
    const { classes } = fitCalibration('wasm:1', disturbed, FACTS);
    const calibration = { ...FACTS, processor: 'wasm:1', runSeconds: 0, classes } as const;
    for (const list of networks) {
      const error =
        sum(columnOf(list, calibration)) / sum(list.map((layer) => truth(layer, coldnessOf(list)))) - 1;
      expect(Math.abs(error)).toBeLessThan(0.05);
    }
  });

  it('leaves out kernels that it saw too little of', () => {
    const dense = observed.filter(({ layer }) => kernelClassOf(layer) === 'matmul');
    expect(fitCalibration('wasm:1', dense.slice(0, 2), FACTS)).toEqual({
      processor: 'wasm:1',
      ...FACTS,
      classes: [],
    });
  });

  it('finds that kernels which took no time cost nothing, and leaves single ones out', () => {
    const sums = observed.filter(({ layer }) => kernelClassOf(layer) === 'fused-sum');
    const idle = sums.map((each) => ({ ...each, seconds: 0 }));
    const largestFlop = Math.max(...sums.map(({ layer }) => layer.flop));
    const nothing = { kernel: 'fused-sum', secondsPer: {}, relativeError: 0, largestFlop, n: sums.length };
    expect(fitCalibration('wasm:1', idle, FACTS).classes).toEqual([nothing]);
    const one = sums.map((each, i) => (i === 0 ? { ...each, seconds: 0 } : each));
    expect(fitCalibration('wasm:1', one, FACTS).classes[0]?.n).toBe(sums.length - 1);
  });

  const times = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), {
    minLength: layers.length,
    maxLength: layers.length,
  });

  it('is never negative and never falls when a layer grows, whatever was measured', () => {
    fc.assert(
      fc.property(times, (seconds) => {
        const calibration = fitCalibration(
          'wasm:1',
          placed.map((each, i) => ({ ...each, seconds: seconds[i] ?? 1 })),
          { ...FACTS, runSeconds: 0 },
        );
        for (const { secondsPer } of calibration.classes)
          for (const value of Object.values(secondsPer)) expect(value).toBeGreaterThan(0);
        const grown = layers.map((layer) => ({
          ...layer,
          flop: 2 * layer.flop,
          ...(layer.product && { product: { ...layer.product, rows: 2 * layer.product.rows } }),
        }));
        const after = columnOf(grown, calibration);
        columnOf(layers, calibration).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(0);
          expect((after[i] ?? 0) * (1 + 1e-9)).toBeGreaterThanOrEqual(value);
        });
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

describe('calibratedTable', () => {
  it('adds up, with what a run costs, to the time of the whole', () => {
    const units = [{ layers: layers.slice(0, 9) }, { layers: layers.slice(9) }];
    const table = calibratedTable(units, WASM, [fitted]);
    expect(table).toMatchObject({ model: 'calibrated', processors: ['wasm:1'] });
    const free = columnOf(layers, { ...fitted, runSeconds: 0 });
    expect(sum(table?.seconds[0] ?? [])).toBeCloseTo(sum(free) + FACTS.runSeconds, 9);
    expect(table?.seconds[0]?.[0]).toBeCloseTo(sum(free.slice(0, 9)) * (1 + FACTS.runSeconds / sum(free)), 9);
  });

  it('goes by the processors of the roofs, and is null where one was not calibrated', () => {
    const units = [{ layers }];
    const two = calibratedTable(units, [roof('wasm:1'), roof('wasm:1')], [fitted]);
    expect(two?.processors).toEqual(['wasm:1', 'wasm:1']);
    expect(two?.seconds[1]).toEqual(two?.seconds[0]);
    expect(calibratedTable(units, [roof('wasm:1'), roof('webgpu')], [fitted])).toBeNull();
  });

  it('prices what was not calibrated by the Roofline, and says how far off that may be', () => {
    const nothing = { ...FACTS, processor: 'wasm:1', runSeconds: 0, classes: [] } as const;
    const layer: Layer = {
      index: 0,
      name: 'a',
      opType: 'Conv',
      nodes: [],
      operatorClass: 'conv3x3',
      flop: 1e9,
      bytes: 1e6,
      weightBytes: 0,
    };
    const table = calibratedTable([{ layers: [layer] }], WASM, [nothing]);
    expect(table?.seconds).toEqual([[expect.closeTo(0.1, 12)]]);
    expect(table?.relativeError).toBe(UNCALIBRATED_ERROR);
    // A convolution whose shapes are unknown has no features.
    expect(calibratedTable([{ layers: [layer] }], WASM, [fitted])?.relativeError).toBeGreaterThan(0.99);
  });

  it('does not trust itself far beyond what it saw: never faster than the peak there', () => {
    const { layers: small } = [...calibrationModels()][0] ?? { layers: [] };
    const little = fitCalibration(
      'wasm:1',
      small.map((layer) => ({ layer, coldness: 0, seconds: 1e-5 })),
      { ...FACTS, runSeconds: 0 },
    );
    const [largest] = layers
      .filter((layer) => kernelClassOf(layer) === 'conv')
      .toSorted((a, b) => b.flop - a.flop);
    if (!largest) throw new Error('there are convolutions');
    const table = calibratedTable([{ layers: [largest] }], WASM, [little]);
    expect(table?.seconds[0]?.[0]).toBeGreaterThanOrEqual(largest.flop / roof('wasm:1').peakFlopPerSecond);
    expect(table?.relativeError).toBe(UNCALIBRATED_ERROR);
  });

  it('errs as its classes do, each by its share of the time', () => {
    const classOf = (kernel: 'pooling' | 'elementwise', relativeError: number) =>
      ({ kernel, secondsPer: { bytes: 1e-9 }, relativeError, largestFlop: 0, n: 5 }) as const;
    const calibration: Calibration = {
      ...FACTS,
      processor: 'wasm:1',
      runSeconds: 0,
      classes: [classOf('pooling', 0.3), classOf('elementwise', 0.4)],
    };
    const layer = (operatorClass: OperatorClass, bytes: number): Layer => ({
      index: 0,
      name: 'a',
      opType: 'x',
      nodes: [],
      operatorClass,
      flop: 0,
      bytes,
      weightBytes: 0,
    });
    const table = calibratedTable([{ layers: [layer('pooling', 5e8), layer('elementwise', 5e8)] }], WASM, [
      calibration,
    ]);
    expect(table?.seconds).toEqual([[expect.closeTo(1, 9)]]);
    expect(table?.relativeError).toBeCloseTo(Math.hypot(0.15, 0.2), 9);
  });

  it('is the same from a profile that was written and read back', () => {
    const profile = { ...DEVICE, calibration: [fitted] };
    const read = parseProfile(JSON.stringify(profile));
    expect(read).toEqual({ ok: true, value: profile });
  });
});
