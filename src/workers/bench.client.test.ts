import * as Comlink from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok, type Result } from '../core/result.ts';
import type { BenchApi, BenchRequest, KernelFacts } from './bench.api.ts';
import { BenchGroup, BenchWorkers, type Visiting } from './bench.client.ts';

const FACTS: KernelFacts = {
  flopPerIteration: 10,
  bytesPerIteration: 20,
  workingSetBytes: 30,
  shape: 'a shape',
  isSmaller: false,
};
const REQUEST: BenchRequest = { kernel: 'wasm.fma.simd', params: { steps: 1 } };
const done = (): Promise<Result<null>> => Promise.resolve(ok(null));
const failing = (detail: string): Promise<Result<never>> =>
  Promise.resolve({ ok: false, error: { code: 'worker-failed', worker: 'test', detail } });

/** A worker by script: what it answers, and what it was asked. */
class Scripted {
  readonly asked: string[] = [];
  readonly barriers: unknown[] = [];
  readonly worker: Worker;

  constructor(script: Partial<BenchApi>, secondsPerIteration = 0.001) {
    const { port1, port2 } = new MessageChannel();
    const api: BenchApi = {
      prepare: (_request, barrier) => {
        this.barriers.push(barrier);
        return Promise.resolve(ok(FACTS));
      },
      runBatch: (n) => Promise.resolve(ok({ seconds: n * secondsPerIteration, gpuSeconds: null })),
      verify: done,
      release: done,
      prepareHop: done,
      echo: done,
      answer: done,
      keepBusy: done,
      rest: done,
      loseGpu: done,
      ...script,
    };
    const noting = new Proxy(api, {
      get: (real, key: keyof BenchApi) => {
        if (key in real) this.asked.push(key);
        return Reflect.get(real, key) as unknown;
      },
    });
    Comlink.expose(noting, port2);
    this.worker = Object.assign(port1, {
      terminate: () => {
        port1.close();
        port2.close();
      },
    }) as unknown as Worker;
  }
  times(call: keyof BenchApi): number {
    return this.asked.filter((each) => each === call).length;
  }
}

const started: BenchWorkers[] = [];
/** The group of these workers. */
function groupOf(...scripted: Scripted[]): BenchGroup {
  const left = scripted.map(({ worker }) => worker);
  const workers = new BenchWorkers({ prepare: 1, batch: 1 }, () => left.shift() ?? new Scripted({}).worker);
  started.push(workers);
  return workers.group(`wasm:${scripted.length}`);
}

const VISITING: Visiting = {
  settings: { targetSeconds: 0.002, warmupSeconds: 0, samples: 2, budgetSeconds: 1 },
  signal: new AbortController().signal,
  verify: true,
  ports: {
    now: () => 0,
    wait: () => Promise.resolve(),
    untilVisible: () => Promise.resolve(),
    timesHidden: () => 0,
  },
};

beforeEach(() => {
  vi.stubGlobal('crossOriginIsolated', true);
});
afterEach(() => {
  for (const workers of started.splice(0)) workers.close();
  vi.unstubAllGlobals();
});

describe('a group', () => {
  it('takes as long as its slowest worker and does the work of all', async () => {
    const group = groupOf(new Scripted({}, 0.001), new Scripted({}, 0.003), new Scripted({}, 0.002));
    const found = await group.measure(REQUEST, VISITING);
    expect(found).toMatchObject({
      ok: true,
      value: { flopPerIteration: 30, bytesPerIteration: 60, workingSetBytes: 90, shape: 'a shape' },
    });
    for (const slope of found.ok ? found.value.secondsPerIteration : [NaN])
      expect(slope).toBeCloseTo(0.003, 12);
  });
  it('has a smaller size where one of its workers has', async () => {
    const smaller = new Scripted({ prepare: () => Promise.resolve(ok({ ...FACTS, isSmaller: true })) });
    expect(await groupOf(new Scripted({}), smaller).measure(REQUEST, VISITING)).toMatchObject({
      value: { isSmaller: true },
    });
  });
  it('is voided by one wrong element, and releases everything', async () => {
    const error = { code: 'kernel-wrong', kernel: 'k', detail: 'element 7' } as const;
    const wrong = new Scripted({ verify: () => Promise.resolve({ ok: false, error }) });
    const right = new Scripted({});
    expect(await groupOf(right, wrong).measure(REQUEST, VISITING)).toEqual({ ok: false, error });
    expect([right.times('release'), wrong.times('release')]).toEqual([1, 1]);
  });
  it('verifies only when it is told to', async () => {
    const worker = new Scripted({});
    const group = groupOf(worker);
    expect(await group.measure(REQUEST, { ...VISITING, verify: false })).toMatchObject({ ok: true });
    expect(worker.times('verify')).toBe(0);
    expect(await group.measure(REQUEST, VISITING)).toMatchObject({ ok: true });
    expect(worker.times('verify')).toBe(1);
  });
  it('passes a failing batch on, verifies nothing, releases everything', async () => {
    const worker = new Scripted({ runBatch: () => failing('batch') });
    expect(await groupOf(worker).measure(REQUEST, VISITING)).toMatchObject({ error: { detail: 'batch' } });
    expect([worker.times('verify'), worker.times('release')]).toEqual([0, 1]);
  });
  it('runs nothing that one worker could not prepare', async () => {
    const [able, unable] = [new Scripted({}), new Scripted({ prepare: () => failing('prepare') })];
    expect(await groupOf(able, unable).measure(REQUEST, VISITING)).toMatchObject({
      error: { detail: 'prepare' },
    });
    expect(able.times('runBatch')).toBe(0);
  });
  it('starts its batches together, where memory can be shared', async () => {
    const pair = [new Scripted({}), new Scripted({})] as const;
    await groupOf(...pair).measure(REQUEST, VISITING);
    for (const { barriers } of pair) expect(barriers).toMatchObject([{ parties: 2 }]);
    vi.stubGlobal('crossOriginIsolated', false);
    const apart = [new Scripted({}), new Scripted({})] as const;
    await groupOf(...apart).measure(REQUEST, VISITING);
    for (const { barriers } of apart) expect(barriers).toEqual([null]);
  });
  it('needs no barrier for one worker, nor to keep busy', async () => {
    const one = new Scripted({});
    await groupOf(one).measure(REQUEST, VISITING);
    const pair = [new Scripted({}), new Scripted({})] as const;
    const busy = await groupOf(...pair).keepBusy(REQUEST);
    if (busy.ok) await busy.value.rest();
    for (const { barriers } of [one, ...pair]) expect(barriers).toEqual([null]);
    for (const worker of pair) expect([worker.times('rest'), worker.times('release')]).toEqual([1, 1]);
  });
  it('of nobody is an error', async () => {
    const nobody = new BenchGroup([]);
    const noWorker = { ok: false, error: { code: 'worker-failed', detail: 'no worker' } };
    expect(await nobody.measure(REQUEST, VISITING)).toMatchObject(noWorker);
    expect(await nobody.measureHop('transfer', 4096, VISITING)).toMatchObject(noWorker);
    expect(await nobody.loseGpu()).toMatchObject(noWorker);
    expect(nobody.hasFailed).toBe(false);
  });
  it('passes on what a worker that keeps busy met', async () => {
    const busy = await groupOf(new Scripted({ keepBusy: () => failing('busy') })).keepBusy(REQUEST);
    expect(busy.ok && (await busy.value.rest())).toMatchObject({ error: { detail: 'busy' } });
  });
});

describe('a worker that fails', () => {
  const silent = (): Promise<never> => new Promise(() => undefined);
  it.each([
    ['prepare', { prepare: silent }],
    ['runBatch', { runBatch: silent }],
    ['verify', { verify: silent }],
  ] as const)('by silence to %s is given up', async (_, script) => {
    const workers = new BenchWorkers({ prepare: 0.05, batch: 0.05 }, () => new Scripted(script).worker);
    started.push(workers);
    const group = workers.group('wasm:1');
    expect(await group.measure(REQUEST, VISITING)).toMatchObject({
      error: { code: 'worker-failed', detail: 'no answer in 0.05 s' },
    });
    expect(group.hasFailed).toBe(true);
  });
  it('by a crash is replaced; the others are kept', async () => {
    const spawned: string[] = [];
    const scripted: Scripted[] = [];
    const workers = new BenchWorkers({ prepare: 1, batch: 1 }, (name) => {
      spawned.push(name);
      const worker = new Scripted({});
      scripted.push(worker);
      return worker.worker;
    });
    started.push(workers);
    const group = workers.group('wasm:2');
    scripted[1]?.worker.dispatchEvent(Object.assign(new Event('error'), { message: 'crash' }));
    expect(group.hasFailed).toBe(true);
    expect(await group.measure(REQUEST, VISITING)).toMatchObject({ error: { detail: 'crash' } });
    expect(await workers.group('wasm:2').measure(REQUEST, VISITING)).toMatchObject({ ok: true });
    expect(spawned).toEqual(['bench wasm 1', 'bench wasm 2', 'bench wasm 2']);
  });
});

describe('the workers', () => {
  it('are started when first needed, kept, and left to another group by `skip`', async () => {
    const spawned: string[] = [];
    const workers = new BenchWorkers({ prepare: 1, batch: 1 }, (name) => {
      spawned.push(name);
      return new Scripted({}).worker;
    });
    started.push(workers);
    workers.group('wasm:1');
    workers.group('wasm:2');
    workers.group('wasm:1', 2);
    workers.group('webgpu');
    workers.group('webgpu');
    workers.group('wasm:3');
    expect(spawned).toEqual(['bench wasm 1', 'bench wasm 2', 'bench wasm 3', 'bench webgpu']);
    workers.restartGpu();
    expect(await workers.group('webgpu').measure(REQUEST, VISITING)).toMatchObject({ ok: true });
    expect(spawned.at(-1)).toBe('bench webgpu');
    expect(spawned).toHaveLength(5);
  });
  it('settle as cancelled when everything is closed', async () => {
    const group = groupOf(new Scripted({ runBatch: () => new Promise(() => undefined) }));
    const measuring = group.measure(REQUEST, VISITING);
    for (const workers of started) workers.close();
    expect(await measuring).toEqual({ ok: false, error: { code: 'cancelled' } });
  });
});

describe('a hop', () => {
  it('has a sender that says how long it took, and a receiver', async () => {
    const [sender, receiver] = [new Scripted({}, 0.002), new Scripted({}, 9)];
    const found = await groupOf(sender, receiver).measureHop('shared', 2048, VISITING);
    expect(found).toMatchObject({ ok: true, value: { bytesPerIteration: 2048 } });
    for (const slope of found.ok ? found.value.secondsPerIteration : [NaN])
      expect(slope).toBeCloseTo(0.002, 12);
    expect(receiver.times('runBatch')).toBe(0);
    expect(receiver.times('answer')).toBe(sender.times('runBatch'));
    expect([sender.times('release'), receiver.times('release')]).toEqual([1, 1]);
  });
  it.each([
    ['the sender cannot prepare', { prepareHop: () => failing('x') }, {}],
    ['the sender cannot send', { runBatch: () => failing('x') }, {}],
    ['the sender got back something else', { verify: () => failing('x') }, {}],
    ['the receiver cannot answer', {}, { answer: () => failing('x') }],
  ] as const)('fails where %s', async (_, sender, receiver) => {
    const group = groupOf(new Scripted(sender), new Scripted(receiver));
    expect(await group.measureHop('shared', 64, VISITING)).toMatchObject({ error: { detail: 'x' } });
  });
  it('by transfer fails where the receiver does not listen', async () => {
    const group = groupOf(new Scripted({}), new Scripted({ echo: () => failing('deaf') }));
    expect(await group.measureHop('transfer', 64, VISITING)).toMatchObject({ error: { detail: 'deaf' } });
  });
});
