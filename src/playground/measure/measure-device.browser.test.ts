import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceProfile, Metric } from '../../core/profile/profile.ts';
import { rooflineBeside, rooflineOf } from '../../core/roofline/roofline.ts';
import { probeCapabilities, type Capabilities } from '../../platform/capabilities.ts';
import { CrashMarker, type SafeStorage } from '../../platform/crash-marker.ts';
import type { Visibility } from '../../platform/visibility.ts';
import { BenchWorkers } from '../../workers/bench.client.ts';
import { measureDevice, type MeasureOptions, type MeasureProgress } from './measure-device.ts';
import type { MeasureStep } from './step.ts';

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

class MemoryStorage implements SafeStorage {
  readonly values = new Map<string, unknown>();
  readonly read = (key: string): unknown => this.values.get(key) ?? null;
  readonly write = (key: string, value: unknown): void => void this.values.set(key, value);
}

/** A page that tests hide and show. */
class FakePage implements Visibility {
  private hidden = 0;
  private isHidden = false;
  private readonly listeners = new Set<(isHidden: boolean) => void>();
  readonly timesHidden = (): number => this.hidden;
  readonly onChange = (listener: (isHidden: boolean) => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly untilVisible = (): Promise<void> =>
    this.isHidden
      ? new Promise((resolve) => {
          const stop = this.onChange((isHidden) => {
            if (isHidden) return;
            stop();
            resolve();
          });
        })
      : Promise.resolve();
  set(isHidden: boolean): void {
    this.isHidden = isHidden;
    if (isHidden) this.hidden += 1;
    this.listeners.forEach((listener) => listener(isHidden));
  }
}

const opened: BenchWorkers[] = [];
afterEach(() => opened.splice(0).forEach((workers) => workers.close()));

/** A quick measurement of one thread, with nothing beside it, of the steps that are named. */
const options = (
  only: (step: MeasureStep) => boolean = () => true,
  more: Partial<MeasureOptions> = {},
): MeasureOptions => ({
  capabilities,
  effort: 'quick',
  threads: [1],
  together: [],
  signal: new AbortController().signal,
  ...more,
  ports: { marker: new CrashMarker(new MemoryStorage(), null), only, ...more.ports },
});

async function profileOf(measuring: MeasureOptions): Promise<DeviceProfile> {
  const result = await measureDevice(measuring);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const named = (profile: DeviceProfile, id: string): Metric => {
  const found = profile.metrics.find((metric) => metric.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};
const isAbout = (...words: readonly string[]) => {
  return (step: MeasureStep): boolean => words.some((word) => step.id.includes(word));
};
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

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
      options(undefined, { signal: controller.signal, onProgress: (step) => progress.push(step) }),
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
    expect(await measureDevice(options(undefined, { signal }))).toMatchObject({ ok: false });
  });
});

describe('a GPU that is lost', () => {
  it(
    'is opened again; what it was in is repeated and marked, the rest goes on',
    { timeout: 60_000 },
    async () => {
      const workers = new BenchWorkers();
      let lost = false;
      const profile = await profileOf(
        options(isAbout('webgpu.copy', 'webgpu.dispatch', 'wasm:1.fma.relaxed'), {
          ports: { workers },
          onProgress: ({ step }) => {
            if (lost || step !== 'GPU memory') return;
            lost = true;
            // In the middle of its batches.
            setTimeout(() => void workers.group('webgpu').loseGpu(), 150);
          },
        }),
      );
      expect(profile.metrics.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'webgpu.copy ok',
        'webgpu.dispatch ok',
        'wasm:1.fma.relaxed ok',
      ]);
      expect(named(profile, 'webgpu.dispatch').warnings).toContain('device-lost');
      expect(named(profile, 'webgpu.copy').warnings).not.toContain('device-lost');
      expect(named(profile, 'wasm:1.fma.relaxed').warnings).not.toContain('device-lost');
    },
  );

  it('again and again has no figure in the end, and WASM has', { timeout: 60_000 }, async () => {
    const workers = new BenchWorkers();
    const timer = setInterval(() => void workers.group('webgpu').loseGpu(), 20);
    const profile = await profileOf(
      options(isAbout('webgpu.copy', 'wasm:1.fma.relaxed'), { ports: { workers } }),
    );
    clearInterval(timer);
    expect(named(profile, 'webgpu.copy')).toMatchObject({ status: 'error', n: 0 });
    expect(named(profile, 'webgpu.copy').reason).toMatch(/GPU/);
    expect(named(profile, 'wasm:1.fma.relaxed').status).toBe('ok');
  });
});

describe('a hidden tab', () => {
  it('pauses, says so, and repeats what it was in', { timeout: 60_000 }, async () => {
    const page = new FakePage();
    const steps: string[] = [];
    let hid = false;
    let flicker: ReturnType<typeof setInterval> | undefined;
    setTimeout(() => clearInterval(flicker), 800);
    const profile = await profileOf(
      options(isAbout('wasm:1.fma'), {
        ports: { visibility: page },
        onProgress: ({ step }) => {
          steps.push(step);
          if (hid) return;
          hid = true;
          setTimeout(() => page.set(true), 60);
          setTimeout(() => page.set(false), 400);
          // Then away for a moment in whatever batch is under way, until it hits one.
          setTimeout(() => {
            flicker = setInterval(() => {
              page.set(true);
              page.set(false);
            }, 15);
          }, 410);
        },
      }),
    );
    clearInterval(flicker);
    expect(steps).toContain('Paused: this tab is hidden');
    const marked = profile.metrics.filter(({ warnings }) => warnings.includes('tab-hidden'));
    expect(marked.length).toBeGreaterThan(0);
    expect(profile.metrics.every(({ status }) => status === 'ok')).toBe(true);
    expect(profile.seconds).toBeGreaterThan(0.34);
  });
});

/** A worker that takes messages and never answers, as one whose kernel hangs. */
const deafWorker = (): Worker =>
  new Worker(URL.createObjectURL(new Blob(['onmessage = () => {};'], { type: 'text/javascript' })));

describe('a kernel that hangs', () => {
  it('is given up, named, and left out the next time until it is forgiven', { timeout: 60_000 }, async () => {
    const marker = new CrashMarker(new MemoryStorage(), null);
    const real = new BenchWorkers();
    opened.push(real);
    const workers = new BenchWorkers({ prepare: 0.5, batch: 0.5 }, (name) =>
      name.includes('webgpu')
        ? deafWorker()
        : new Worker(new URL('../../workers/bench.worker.ts', import.meta.url), { type: 'module', name }),
    );
    const only = isAbout('webgpu', 'wasm:1.fma.simd');
    const hung = await profileOf(options(only, { ports: { marker, workers } }));
    const [first, ...others] = hung.metrics.filter(
      ({ processor, status }) => processor === 'webgpu' && status !== 'unsupported',
    );
    expect(first).toMatchObject({ id: 'webgpu.fma.f32', status: 'error' });
    expect(first?.reason).toMatch(/no answer/);
    // Twice is enough: the rest is not waited for.
    expect(others.at(-1)?.reason).toBe('Its worker stopped answering before.');
    expect(named(hung, 'wasm:1.fma.simd').status).toBe('ok');
    expect(await marker.blamed()).toContainEqual({ step: 'webgpu.fma.f32', why: 'hung' });

    const again = isAbout('webgpu.fma.f32', 'webgpu.dispatch');
    const next = await profileOf(options(again, { ports: { marker } }));
    expect(named(next, 'webgpu.fma.f32')).toMatchObject({
      status: 'skipped',
      reason: 'It did not answer the last time, so it is left out.',
    });
    expect(named(next, 'webgpu.dispatch').status).toBe('ok');

    marker.forgive();
    const forgiven = await profileOf(options(isAbout('webgpu.fma.f32'), { ports: { marker } }));
    expect(named(forgiven, 'webgpu.fma.f32').status).toBe('ok');
  });

  it('or killed the tab, is left out as well', { timeout: 60_000 }, async () => {
    const storage = new MemoryStorage();
    new CrashMarker(storage, null).begin('webgpu.copy'); // … and the tab died here.
    const marker = new CrashMarker(storage, null);
    const profile = await profileOf(
      options(isAbout('webgpu.copy', 'wasm:1.fma.simd'), { ports: { marker } }),
    );
    expect(named(profile, 'webgpu.copy')).toMatchObject({
      status: 'skipped',
      reason: 'It closed this tab the last time, so it is left out.',
    });
    expect(named(profile, 'wasm:1.fma.simd').status).toBe('ok');
  });
});

describe('blocked storage', () => {
  it('disturbs nothing', { timeout: 60_000 }, async () => {
    const blocked: SafeStorage = { read: () => null, write: () => undefined };
    const marker = new CrashMarker(blocked, null);
    const profile = await profileOf(options(isAbout('wasm:1.fma.simd'), { ports: { marker } }));
    expect(named(profile, 'wasm:1.fma.simd').status).toBe('ok');
  });
});
