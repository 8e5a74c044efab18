import { afterEach, describe, expect, it } from 'vitest';
import { LOST, REFUSED } from '../fixtures/bench.ts';
import { must } from '../fixtures/workers.ts';
import type { BenchRequest } from './bench.api.ts';
import { BenchWorkers, type ProtocolSettings, type Visiting } from './bench.client.ts';

const SETTINGS: ProtocolSettings = { targetSeconds: 0.002, warmupSeconds: 0, samples: 2, budgetSeconds: 0.2 };
const visiting = (signal = new AbortController().signal): Visiting => ({
  settings: SETTINGS,
  signal,
  verify: true,
  ports: {
    now: () => performance.now() / 1000,
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    untilVisible: () => Promise.resolve(),
    timesHidden: () => 0,
  },
});

const STEPS = 4096;
const FMA: BenchRequest = { kernel: 'wasm.fma.simd', params: { steps: STEPS } };
const COPY: BenchRequest = { kernel: 'wasm.copy', params: { arrayBytes: 2 ** 20 } };
const GPU_FMA: BenchRequest = {
  kernel: 'webgpu.fma.f32',
  params: { chains: 4, lines: 8, workgroupSize: 64, lanes: 256, loops: 8 },
};

const started: BenchWorkers[] = [];
function open(...parts: ConstructorParameters<typeof BenchWorkers>): BenchWorkers {
  const workers = new BenchWorkers(...parts);
  started.push(workers);
  return workers;
}
afterEach(() => {
  for (const workers of started.splice(0)) workers.close();
});

describe('a group of threads', () => {
  it('measures together: its iteration is the work of all', async () => {
    const workers = open();
    const one = must(await workers.group('wasm:1').measure(FMA, visiting()));
    expect(one).toMatchObject({ flopPerIteration: 96 * STEPS, bytesPerIteration: 384, isSmaller: false });
    const two = must(await workers.group('wasm:2').measure(FMA, visiting()));
    expect(two).toMatchObject({
      flopPerIteration: 2 * one.flopPerIteration,
      bytesPerIteration: 2 * one.bytesPerIteration,
      workingSetBytes: 2 * one.workingSetBytes,
      shape: one.shape,
    });
    expect(two.secondsPerIteration.length).toBeGreaterThan(0);
    expect(two.secondsPerIteration.every((seconds) => seconds > 0)).toBe(true);
  });
  it('goes on from an earlier visit', async () => {
    const group = open().group('wasm:2');
    const first = must(await group.measure(COPY, visiting()));
    const second = must(await group.measure(COPY, visiting(), first));
    const earlier = first.secondsPerIteration.length;
    expect(second.secondsPerIteration.slice(0, earlier)).toEqual(first.secondsPerIteration);
    expect(second.secondsPerIteration.length).toBeGreaterThan(earlier);
  });
  it('ends as cancelled: before, and when everything is closed in the middle', async () => {
    const workers = open();
    const group = workers.group('wasm:2');
    expect(await group.measure(FMA, visiting(AbortSignal.abort()))).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    });
    const patient = { ...visiting(), settings: { ...SETTINGS, samples: 1e6, budgetSeconds: 60 } };
    const measuring = group.measure(FMA, patient);
    setTimeout(() => workers.close(), 100);
    expect(await measuring).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(group.hasFailed).toBe(true);
  });
});

describe('a processor that is kept busy', () => {
  it('works beside a measurement until it may rest, and can be measured after', async () => {
    const workers = open();
    const [own, other] = [workers.group('wasm:1'), workers.group('wasm:1', 1)];
    const { rest } = must(await other.keepBusy(FMA));
    expect(await own.measure(FMA, visiting())).toMatchObject({ ok: true });
    expect(await rest()).toEqual({ ok: true, value: null });
    expect(await other.measure(FMA, visiting())).toMatchObject({ ok: true });
  });
  it('works as a group of threads, without waiting for each other', async () => {
    const group = open().group('wasm:2');
    const { rest } = must(await group.keepBusy(FMA));
    expect(await rest()).toEqual({ ok: true, value: null });
  });
  it('tells at its rest what happened meanwhile', async () => {
    const gpu = open().group('webgpu');
    const { rest } = must(await gpu.keepBusy(GPU_FMA));
    must(await gpu.loseGpu());
    expect(await rest()).toMatchObject(LOST);
  });
});

describe('the GPU', () => {
  it('passes on what it refuses, and can go on', async () => {
    const gpu = open().group('webgpu');
    const params = { ...GPU_FMA.params, workgroupSize: 65_536 };
    const request = { kernel: 'webgpu.fma.f32', params } as BenchRequest;
    expect(await gpu.measure(request, visiting())).toMatchObject(REFUSED);
    expect(await gpu.keepBusy(request)).toMatchObject(REFUSED);
    expect(gpu.hasFailed).toBe(false);
    expect(await gpu.measure(GPU_FMA, visiting())).toMatchObject({ ok: true });
  });
  it('that was lost is told of once, and opened anew', async () => {
    const gpu = open().group('webgpu');
    must(await gpu.measure(GPU_FMA, visiting()));
    must(await gpu.loseGpu());
    expect(await gpu.measure(GPU_FMA, visiting())).toMatchObject(LOST);
    expect(await gpu.measure(GPU_FMA, visiting())).toMatchObject({ ok: true });
    expect(gpu.hasFailed).toBe(false);
  });
  it('works in a new worker after a restart', async () => {
    const workers = open();
    const before = workers.group('webgpu');
    must(await before.measure(GPU_FMA, visiting()));
    must(await before.loseGpu());
    workers.restartGpu();
    expect(before.hasFailed).toBe(true);
    expect(await before.measure(GPU_FMA, visiting())).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(await workers.group('webgpu').measure(GPU_FMA, visiting())).toMatchObject({ ok: true });
  });
});

describe('a worker that hangs', () => {
  it('is given up, and the next group has another one in its place', async () => {
    const names: string[] = [];
    const spawn = (name: string): Worker => {
      names.push(name);
      return new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module', name });
    };
    const workers = open({ prepare: 20, batch: 0.5 }, spawn);
    const group = workers.group('wasm:1');
    // Some ten seconds in one call, which nothing can interrupt but the end of the worker.
    const endless: BenchRequest = { kernel: 'wasm.fma.simd', params: { steps: 2 ** 31 - 1 } };
    expect(await group.measure(endless, visiting())).toMatchObject({
      ok: false,
      error: { code: 'worker-failed', worker: 'bench wasm 1', detail: 'no answer in 0.5 s' },
    });
    expect(group.hasFailed).toBe(true);
    expect(await group.measure(FMA, visiting())).toMatchObject(REFUSED);
    const next = workers.group('wasm:2');
    expect(next.hasFailed).toBe(false);
    expect(await next.measure(FMA, { ...visiting(), settings: { ...SETTINGS, samples: 1 } })).toMatchObject({
      ok: true,
    });
    expect(names).toEqual(['bench wasm 1', 'bench wasm 1', 'bench wasm 2']);
  });
});

describe('a hop between workers', () => {
  it.each([
    ['transfer', '4 KiB transferred, half a round trip'],
    ['shared', '4 KiB written and read in shared memory, half a round trip'],
  ] as const)('takes time and loses nothing: %s', async (kind, shape) => {
    const group = open().group('wasm:2');
    const hop = must(await group.measureHop(kind, 4096, visiting()));
    expect(hop).toMatchObject({
      flopPerIteration: 0,
      bytesPerIteration: 4096,
      workingSetBytes: 4096,
      shape,
      isSmaller: false,
    });
    expect(hop.secondsPerIteration.length).toBeGreaterThan(0);
    expect(hop.secondsPerIteration.every((seconds) => seconds > 0)).toBe(true);
    const more = must(await group.measureHop(kind, 4096, visiting(), hop));
    expect(more.secondsPerIteration.length).toBeGreaterThan(hop.secondsPerIteration.length);
    // The workers are free for something else.
    expect(await group.measure(FMA, visiting())).toMatchObject({ ok: true });
  });
  it('needs two of them', async () => {
    expect(await open().group('wasm:1').measureHop('transfer', 4096, visiting())).toMatchObject(REFUSED);
  });
  it('ends as cancelled', async () => {
    const group = open().group('wasm:2');
    const cancelled = { ok: false, error: { code: 'cancelled' } };
    for (const kind of ['transfer', 'shared'] as const)
      expect(await group.measureHop(kind, 4096, visiting(AbortSignal.abort()))).toEqual(cancelled);
  });
});
