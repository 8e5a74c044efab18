import { beforeAll, describe, expect, it } from 'vitest';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { probeCapabilities, type Capabilities } from '../platform/capabilities.ts';
import { measureDevice, type MeasureProgress } from './measure-device.ts';

const GPU_IDS = [
  'webgpu.fma.f32',
  'webgpu.copy',
  'webgpu.upload.latency',
  'webgpu.upload.bandwidth',
  'webgpu.download.latency',
  'webgpu.download.bandwidth',
];
const ONE_THREAD_IDS = ['wasm:1.fma.simd', 'wasm:1.fma.relaxed', 'wasm:1.copy'];
const HOP_IDS = ['worker.hop.latency', 'worker.hop.bandwidth'];
const TWO_THREAD_IDS = ['wasm:2.fma.relaxed', 'wasm:2.copy'];

let capabilities: Capabilities;
beforeAll(async () => {
  capabilities = await probeCapabilities();
});

describe('probeCapabilities', () => {
  it('finds what this Chromium has', () => {
    expect(capabilities).toMatchObject({ webgpu: 'ok', simd: true, relaxedSimd: true });
    expect(capabilities.browser).toMatch(/^Chrome \d+$/);
  });
});

describe('measureDevice', () => {
  it('measures every metric', { timeout: 120_000 }, async () => {
    const progress: MeasureProgress[] = [];
    const result = await measureDevice({
      capabilities,
      threads: [1, 2],
      signal: new AbortController().signal,
      onProgress: (step) => progress.push(step),
    });
    if (!result.ok) throw new Error(result.error.code);
    const { metrics } = result.value;
    expect(metrics.map(({ id }) => id)).toEqual([
      ...GPU_IDS,
      ...ONE_THREAD_IDS,
      ...HOP_IDS,
      ...TWO_THREAD_IDS,
    ]);
    for (const metric of metrics) {
      expect(metric, metric.id).toMatchObject({ status: 'ok', n: metric.samples.length });
      expect(metric.median, metric.id).toBeGreaterThan(0);
    }
    const isFallback = capabilities.adapter?.isFallbackAdapter === true;
    const flagged = metrics.filter(({ warnings }) => warnings.includes('fallback-adapter'));
    expect(flagged.map(({ id }) => id)).toEqual(isFallback ? GPU_IDS : []);
    for (const processor of ['webgpu', 'wasm:1', 'wasm:2'] as const) {
      expect(rooflineOf(result.value, processor)).not.toBeNull();
    }
    const finished = progress.flatMap(({ metric }) => metric?.id ?? []);
    expect(finished).toEqual(metrics.map(({ id }) => id));
    expect(progress.at(-1)).toMatchObject({ index: metrics.length, total: metrics.length });
  });

  it('keeps the metrics of what is missing, with the reason', { timeout: 60_000 }, async () => {
    const without = { ...capabilities, webgpu: 'null-adapter', adapter: null, relaxedSimd: false } as const;
    const result = await measureDevice({
      capabilities: without,
      threads: [1],
      signal: new AbortController().signal,
    });
    if (!result.ok) throw new Error(result.error.code);
    const missing = result.value.metrics.filter(({ status }) => status === 'unsupported');
    expect(missing.map(({ id }) => id)).toEqual([...GPU_IDS, 'wasm:1.fma.relaxed']);
    for (const metric of missing) expect(metric.reason).toMatch(/^This browser /);
    expect(rooflineOf(result.value, 'wasm:1')?.metricIds[0]).toBe('wasm:1.fma.simd');
  });

  it('ends as cancelled in the middle of a step and calls back no more', { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const progress: MeasureProgress[] = [];
    const running = measureDevice({
      capabilities,
      threads: [1],
      signal: controller.signal,
      onProgress: (step) => progress.push(step),
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    controller.abort();
    expect(await running).toEqual({ ok: false, error: { code: 'cancelled' } });
    const before = progress.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(progress).toHaveLength(before);
  });

  it('starts nothing when it is already cancelled', async () => {
    const signal = AbortSignal.abort();
    expect(await measureDevice({ capabilities, threads: [1], signal })).toMatchObject({ ok: false });
  });
});
