import { beforeAll, describe, expect, it } from 'vitest';
import { later, named, options, profileOf } from '../../fixtures/measuring-device.ts';
import { rooflineBeside, rooflineOf } from '../../core/roofline/roofline.ts';
import { probeCapabilities, type Capabilities } from '../../platform/capabilities.ts';
import { measureDevice, type MeasureProgress } from './measure-device.ts';

/** What a quick profile of this browser has, in order; `webgpu.fma.f16` only as unsupported. */
const GPU_IDS = [
  'webgpu.fma.f32',
  'webgpu.copy',
  'webgpu.upload.latency',
  'webgpu.upload.bandwidth',
  'webgpu.download.latency',
  'webgpu.download.bandwidth',
  'webgpu.dispatch',
  'webgpu.submit',
];
const CPU_IDS = [
  'wasm:1.fma.simd',
  'wasm:1.fma.relaxed',
  'wasm:1.copy',
  'worker.hop.latency',
  'worker.hop.bandwidth',
  'wasm:2.fma.relaxed',
  'wasm:2.copy',
  'wasm:1.fma.relaxed&wasm:1',
  'wasm:1.copy&wasm:1',
  'wasm:1.copy@16384',
  'wasm:1.copy@262144',
  'wasm:1.copy@4194304',
];

let capabilities: Capabilities;
beforeAll(async () => {
  capabilities = await probeCapabilities();
});

describe('measureDevice', () => {
  it('measures every metric of a quick profile', { timeout: 120_000 }, async () => {
    const progress: MeasureProgress[] = [];
    const profile = await profileOf(
      options(undefined, {
        threads: [1, 2],
        together: ['wasm:1', 'wasm:1'],
        onProgress: (step) => progress.push(step),
      }),
    );
    const measured = profile.metrics.filter(({ status }) => status === 'ok');
    expect(measured.map(({ id }) => id)).toEqual([...GPU_IDS, ...CPU_IDS]);
    for (const metric of measured) {
      expect(metric.n, metric.id).toBe(metric.samples.length);
      expect(metric.median, metric.id).toBeGreaterThan(0);
    }
    expect(named(profile, 'webgpu.fma.f16')).toMatchObject({ status: 'unsupported', n: 0 });
    const isFallback = capabilities.adapter?.isFallbackAdapter === true;
    const flagged = measured.filter(({ warnings }) => warnings.includes('fallback-adapter'));
    expect(flagged.map(({ id }) => id)).toEqual(isFallback ? GPU_IDS : []);
    for (const processor of ['webgpu', 'wasm:1', 'wasm:2'] as const) {
      expect(rooflineOf(profile, processor)).not.toBeNull();
    }
    expect(rooflineBeside(profile, 'wasm:1', 'wasm:1')).not.toBeNull();
    expect(profile).toMatchObject({ effort: 'quick', format: 'ridgepoint-profile', version: 1 });
    const fractions = progress.map((step) => step.progress);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    // The shapes that were tried are kept, and the GPU's own clock where there is one.
    expect(named(profile, 'webgpu.fma.f32').shapes?.length).toBeGreaterThan(1);
    const hasTimestamps = capabilities.gpu?.features.includes('timestamp-query') === true;
    expect(named(profile, 'webgpu.copy').timestamp !== undefined).toBe(hasTimestamps);
  });

  it('keeps the metrics of what is missing, with the reason', { timeout: 60_000 }, async () => {
    const without = {
      ...capabilities,
      webgpu: 'null-adapter',
      adapter: null,
      gpu: null,
      relaxedSimd: false,
    } as const;
    const profile = await profileOf(options(undefined, { capabilities: without }));
    const missing = profile.metrics.filter(({ status }) => status === 'unsupported');
    expect(missing.map(({ id }) => id)).toEqual([
      'webgpu.fma.f32',
      'webgpu.fma.f16',
      ...GPU_IDS.slice(1),
      'wasm:1.fma.relaxed',
    ]);
    for (const metric of missing) expect(metric.reason).toMatch(/^This browser /);
    expect(rooflineOf(profile, 'wasm:1')?.metricIds[0]).toBe('wasm:1.fma.simd');
  });

  it('ends as cancelled in the middle of a step and calls back no more', { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const progress: MeasureProgress[] = [];
    const running = measureDevice(
      await options(undefined, { signal: controller.signal, onProgress: (step) => progress.push(step) }),
    );
    await later(400);
    controller.abort();
    expect(await running).toEqual({ ok: false, error: { code: 'cancelled' } });
    const before = progress.length;
    await later(100);
    expect(progress).toHaveLength(before);
  });

  it('starts nothing when it is already cancelled', async () => {
    const signal = AbortSignal.abort();
    expect(await measureDevice(await options(undefined, { signal }))).toMatchObject({ ok: false });
  });
});
