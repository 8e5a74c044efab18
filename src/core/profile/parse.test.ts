import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVICE, WARNINGS } from '../../fixtures/profile.ts';
import { measured, missing } from '../roofline/metric.ts';
import { parseProfile } from './parse.ts';
import {
  measuredMetric,
  parseProcessorId,
  threadsOf,
  type Calibration,
  type DeviceProfile,
} from './profile.ts';

/** As many as a full sweep may try. */
const ALL_SHAPES = Array.from({ length: 64 }, (_, i) => ({ shape: `${i} chains`, median: i + 1 }));

const detailOf = (json: string): string => {
  const result = parseProfile(json);
  return result.ok ? 'accepted' : result.error.detail;
};
/** The device profile with one part replaced, as JSON. */
const changed = (part: object): string => detailOf(JSON.stringify({ ...DEVICE, ...part }));
const CALIBRATION: Calibration = {
  processor: 'wasm:1',
  paceSeconds: 1e-3,
  runSeconds: 5e-5,
  seconds: 4.2,
  classes: [
    { kernel: 'conv', secondsPer: { layer: 1e-5, flop: 4e-11 }, relativeError: 0.1, largestFlop: 2e8, n: 29 },
    { kernel: 'fused-sum', secondsPer: {}, relativeError: 0, largestFlop: 1e5, n: 9 },
  ],
};
const withCalibration = (part: object): string => changed({ calibration: [{ ...CALIBRATION, ...part }] });
const withClass = (part: object): string =>
  withCalibration({ classes: [{ ...CALIBRATION.classes[0], ...part }] });
const withMetric = (part: object): string => changed({ metrics: [{ ...DEVICE.metrics[0], ...part }] });

describe('parseProfile', () => {
  it('reads back what was written', () => {
    const absent = missing(
      { id: 'webgpu.copy', processor: 'webgpu', kind: 'bandwidth', type: 'copy', threads: 1 },
      'unsupported',
      'no WebGPU',
    );
    const profile: DeviceProfile = { ...DEVICE, metrics: [...DEVICE.metrics, absent] };
    expect(parseProfile(JSON.stringify(profile))).toEqual({ ok: true, value: profile });
  });

  it('reads back everything that a full profile may hold', () => {
    const identity = { processor: 'webgpu', kind: 'compute', threads: 1 } as const;
    const profile: DeviceProfile = {
      ...DEVICE,
      effort: 'full',
      seconds: 41.5,
      calibration: [CALIBRATION, { ...CALIBRATION, processor: 'webgpu', classes: [] }],
      metrics: [
        measured({ ...identity, id: 'webgpu.fma.f32', type: 'fma.f32' }, [90, 91, 92, 93, 94, 95], {
          shape: '4 chains × 32, workgroup 64, 1024 lanes × 128 loops',
          shapes: ALL_SHAPES,
          timestamp: { median: 91, n: 6 },
          warnings: WARNINGS,
        }),
        measured(
          { ...identity, id: 'webgpu.intensity@0.25', type: 'intensity', operationalIntensity: 0.25 },
          [3],
          { sizeBytes: 2 ** 27, clock: 'performance.now' },
        ),
        measured({ ...identity, id: 'webgpu.dot.i8', type: 'dot.i8' }, [300]),
        measured({ ...identity, id: 'webgpu.fma.f32&wasm:2', type: 'fma.f32', beside: 'wasm:2' }, [50]),
      ],
    };
    expect(parseProfile(JSON.stringify(profile))).toEqual({ ok: true, value: profile });
  });

  it('leaves fields of later versions out instead of refusing them', () => {
    expect(parseProfile(JSON.stringify({ ...DEVICE, future: 1 }))).toEqual({ ok: true, value: DEVICE });
  });

  it.each([
    ['no JSON', detailOf('<html>'), 'it is not JSON'],
    [
      'NaN, which JSON has not',
      detailOf(JSON.stringify(DEVICE).replace('"median":10', '"median":NaN')),
      'it is not JSON',
    ],
    ['another format', changed({ format: 'other' }), /^format: /],
    ['a version it does not know', changed({ version: 2 }), /^version: /],
    ['a version in quotes', changed({ version: '1' }), /^version: /],
    ['no name', changed({ name: '' }), /^name: /],
    ['a huge name', changed({ name: 'x'.repeat(1e6) }), /^name: /],
    ['a date that is none', changed({ date: 'yesterday' }), /^date: /],
    ['no metrics', changed({ metrics: undefined }), /^metrics: /],
    ['metrics that are no list', changed({ metrics: {} }), /^metrics: /],
    [
      'too many metrics',
      changed({ metrics: Array.from({ length: 1001 }, () => DEVICE.metrics[0]) }),
      /^metrics: /,
    ],
    ['a processor that is none', withMetric({ processor: 'wasm:0' }), /^metrics.0.processor: /],
    ['a negative median', withMetric({ median: -1 }), /^metrics.0.median: /],
    ['a median that JSON turned into null', withMetric({ median: null }), /^metrics.0: /],
    ['a median without a status to go with it', withMetric({ status: 'skipped' }), /^metrics.0: /],
    ['too many samples', withMetric({ samples: new Array<number>(1001).fill(1) }), /^metrics.0.samples: /],
    ['a sample that is text', withMetric({ samples: ['1'] }), /^metrics.0.samples.0: /],
    ['a warning it does not know', withMetric({ warnings: ['cosmic-rays'] }), /^metrics.0.warnings.0: /],
    ['a unit it does not know', withMetric({ unit: 'TFLOP/s' }), /^metrics.0.unit: /],
    ['a clock it does not know', withMetric({ clock: 'sundial' }), /^metrics.0.clock: /],
    ['a neighbour that is none', withMetric({ beside: 'worker' }), /^metrics.0.beside: /],
    ['no intensity', withMetric({ operationalIntensity: 0 }), /^metrics.0.operationalIntensity: /],
    ['a timestamp without a count', withMetric({ timestamp: { median: 1 } }), /^metrics.0.timestamp.n: /],
    [
      'a timestamp of nothing',
      withMetric({ timestamp: { median: 0, n: 1 } }),
      /^metrics.0.timestamp.median: /,
    ],
    ['a shape without a figure', withMetric({ shapes: [{ shape: 'x' }] }), /^metrics.0.shapes.0.median: /],
    [
      'too many shapes',
      withMetric({ shapes: Array.from({ length: 201 }, () => ({ shape: 'x', median: 1 })) }),
      /^metrics.0.shapes: /,
    ],
    ['an effort it does not know', changed({ effort: 'heroic' }), /^effort: /],
    ['time that ran backwards', changed({ seconds: -1 }), /^seconds: /],
    ['a calibration that is no list', changed({ calibration: CALIBRATION }), /^calibration: /],
    ['a calibration of no processor', withCalibration({ processor: 'npu' }), /^calibration.0.processor: /],
    ['a processor calibrated twice', changed({ calibration: [CALIBRATION, CALIBRATION] }), /^calibration: /],
    [
      'too many calibrations',
      changed({
        calibration: Array.from({ length: 65 }, (_, i) => ({ ...CALIBRATION, processor: `wasm:${i}` })),
      }),
      /^calibration/,
    ],
    ['runs that end before they begin', withCalibration({ runSeconds: -1 }), /^calibration.0.runSeconds: /],
    ['a kernel it does not know', withClass({ kernel: 'attention' }), /^calibration.0.classes.0.kernel: /],
    ['a kernel from the prototype', withClass({ kernel: 'toString' }), /^calibration.0.classes.0.kernel: /],
    [
      'a kernel calibrated twice',
      withCalibration({ classes: [CALIBRATION.classes[0], CALIBRATION.classes[0]] }),
      /^calibration.0.classes: /,
    ],
    [
      'a layer that gives time back',
      withClass({ secondsPer: { flop: -1e-12 } }),
      /^calibration.0.classes.0.secondsPer.flop: /,
    ],
    [
      'a layer that takes a year',
      withClass({ secondsPer: { layer: 1e9 } }),
      /^calibration.0.classes.0.secondsPer.layer: /,
    ],
    [
      'a feature it does not know, without which the rest would be wrong',
      withClass({ secondsPer: { luck: 1 } }),
      /^calibration.0.classes.0.secondsPer/,
    ],
    [
      'a fit without an error',
      withClass({ relativeError: null }),
      /^calibration.0.classes.0.relativeError: /,
    ],
    [
      'a layer of less than nothing',
      withClass({ largestFlop: -1 }),
      /^calibration.0.classes.0.largestFlop: /,
    ],
    ['a fit of nothing', withClass({ n: 0 }), /^calibration.0.classes.0.n: /],
    ['half a thread', withMetric({ threads: 0.5 }), /^metrics.0.threads: /],
    ['null', detailOf('null'), /^root: /],
    ['a list', detailOf('[]'), /^format: /],
  ])('refuses %s', (_, detail, expected) => {
    expect(detail).toMatch(expected);
  });

  it('refuses numbers that are not finite', () => {
    const json = JSON.stringify(DEVICE).replace('"median":10', '"median":1e999');
    expect(json).toContain('1e999');
    expect(detailOf(json)).toMatch(/^metrics.0.median: /);
  });

  it('does not repeat a huge text back at the reader', () => {
    expect(withMetric({ unit: 'x'.repeat(1e6) }).length).toBeLessThan(400);
    expect(changed({ ['version']: 'x'.repeat(1e6) }).length).toBeLessThan(400);
  });

  it('cannot be made to touch prototypes', () => {
    const json = JSON.stringify(DEVICE).replace('{', '{"__proto__":{"polluted":true},');
    expect(detailOf(json)).toBe('accepted');
    expect('polluted' in {}).toBe(false);
    const result = parseProfile(json);
    expect(result.ok && 'polluted' in result.value).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(parseProfile(text).ok).toBe(false);
      }),
    );
  });
});

describe('processor ids', () => {
  it.each([
    ['webgpu', 'webgpu'],
    ['wasm:1', 'wasm:1'],
    ['wasm:64', 'wasm:64'],
    ['wasm:65', null],
    ['wasm:0', null],
    ['wasm:01', null],
    ['wasm:', null],
    ['wasm:1 ', null],
    ['gpu', null],
    ['', null],
  ])('%j is %j', (text, expected) => {
    expect(parseProcessorId(text)).toBe(expected);
  });
  it('tell their threads', () => {
    expect([threadsOf('webgpu'), threadsOf('wasm:1'), threadsOf('wasm:12')]).toEqual([1, 1, 12]);
  });
});

describe('measuredMetric', () => {
  it('is the metric with a figure, or null', () => {
    expect(measuredMetric(DEVICE, 'wasm:1.copy')?.median).toBe(5);
    expect(measuredMetric(DEVICE, 'wasm:9.copy')).toBeNull();
    const failed = {
      ...DEVICE,
      metrics: DEVICE.metrics.map((metric) => ({ ...metric, status: 'error' as const })),
    };
    expect(measuredMetric(failed, 'wasm:1.copy')).toBeNull();
  });
});
