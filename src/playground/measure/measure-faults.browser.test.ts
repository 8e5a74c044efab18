import { describe, expect, it } from 'vitest';
import {
  FakePage,
  isAbout,
  MemoryStorage,
  named,
  options,
  profileOf,
} from '../../fixtures/measuring-device.ts';
import { CrashMarker, type SafeStorage } from '../../platform/crash-marker.ts';
import { BenchWorkers } from '../../workers/bench.client.ts';

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
          seconds: 2,
          onProgress: ({ step }) => {
            if (lost || step !== 'Cost of a dispatch') return;
            lost = true;
            // In the middle of its batches.
            setTimeout(() => void workers.group('webgpu').loseGpu(), 10);
          },
        }),
      );
      expect(profile.metrics.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'webgpu.copy ok',
        'webgpu.dispatch ok',
        'wasm:1.fma.relaxed ok',
      ]);
      expect(named(profile, 'webgpu.dispatch').warnings).toContain('device-lost');
      const marked = profile.metrics.filter(({ warnings }) => warnings.includes('device-lost'));
      expect(marked.length).toBeGreaterThan(0);
      expect(marked.every(({ processor }) => processor === 'webgpu')).toBe(true);
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
  });
});

/** A worker that takes messages and never answers, as one whose kernel hangs. */
const deafWorker = (): Worker =>
  new Worker(URL.createObjectURL(new Blob(['onmessage = () => {};'], { type: 'text/javascript' })));

describe('a kernel that hangs', () => {
  it('is given up, named, and left out the next time until it is forgiven', { timeout: 60_000 }, async () => {
    const marker = new CrashMarker(new MemoryStorage(), null);
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
    expect(first).toMatchObject({ reason: expect.stringContaining('no answer') as string });
    // Twice is enough: the rest is not waited for.
    expect(others.at(-1)).toHaveProperty('reason', 'Its worker stopped answering before.');
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
