import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  makeStagesFaulty,
  openLiveBench,
  planOn,
  rawWorker,
  strike,
  watchTraffic,
  type ClockSource,
  type LiveBench,
} from '../fixtures/live.ts';
import { must } from '../fixtures/workers.ts';
import { ok } from '../core/result.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { PlanEntry } from './plan-report.ts';
import { segmentName } from './run-plan.ts';

/** Much longer than anything here takes, on cores that others use too. */
const TIMEOUT = 120_000;

let bench: LiveBench;
beforeEach(async () => {
  bench = await openLiveBench();
});
afterEach(() => bench.close());

/** Clients that the pool holds for these processors already. */
const clientsOf = async (processors: readonly ProcessorId[]): Promise<readonly StageClient[]> =>
  must(await bench.pool.acquire(processors));
const processorsOf = (plan: PlanEntry): readonly ProcessorId[] =>
  plan.stages.flatMap(({ processor, others = [] }) => [processor, ...others.map((other) => other.processor)]);

const running = (plan: PlanEntry | null): Promise<ClockSource> => bench.run(plan);
const nextRun = (): ReturnType<LiveBench['nextRun']> => bench.nextRun();

const ends = {
  'is terminated': ({ worker }: StageClient) => worker.terminate(),
  'is killed without a word': (client: StageClient) => rawWorker(client).terminate(),
};

describe('a stage’s worker that dies', () => {
  // Either end of a pipeline, either of two that take turns; one of each in each way.
  it.each(
    (
      [
        ['pipeline', 0, 'is terminated'],
        ['pipeline', 1, 'is killed without a word'],
        ['replicated', 0, 'is killed without a word'],
        ['replicated', 1, 'is terminated'],
      ] as const
    ).map(([kind, victim, how]) => ({ name: `${kind}: #${victim} ${how}`, kind, victim, kill: ends[how] })),
  )('$name: live goes on on the other', { timeout: TIMEOUT }, async ({ kind, victim, kill }) => {
    const source = await running(planOn(kind));
    const clients = await clientsOf(['wasm:1', 'wasm:1']);
    const [dead, survivor] = victim === 0 ? clients : clients.toReversed();
    if (!dead) throw new Error('two workers run');
    const again = nextRun();
    kill(dead);
    const { announced } = source;
    const { end, states } = await again;

    expect(end).toMatchObject({
      status: 'on',
      source: 'clip',
      plan: { kind: 'single', stages: [{ processorIndex: 1 - victim, fromUnit: 0, toUnit: 6 }] },
      detour: { reason: 'lost', processors: [victim] },
    });
    expect(end.top).toHaveLength(5);
    await bench.allCounted(source);
    // Nobody noticed at once.
    if (kill !== ends['is terminated']) expect(end.figures?.dropped).toBeGreaterThan(20);
    // Nothing of the old run: it had two stages, or two members.
    const spans = states.flatMap(({ traces }) => traces.map((trace) => trace.spans));
    expect(spans.every((list) => list.length === 1 && list[0]?.stage === 0 && list[0].member === 0)).toBe(
      true,
    );
    expect(bench.reported).toHaveLength(1);
    expect(bench.reported[0]?.code).toBe(kill === ends['is terminated'] ? 'cancelled' : 'worker-failed');
    expect(source.stops).toBe(0);
    expect(bench.live.source).toBe(source);
    expect(source.announced).toBeGreaterThan(announced);
    const [used] = await clientsOf(['wasm:1']);
    expect(used).toBe(survivor);
  });

  it('of three: live goes on with the best plan on the other two', { timeout: TIMEOUT }, async () => {
    const plan = planOn('hybrid', ['wasm:1', 'wasm:1', 'wasm:1']);
    const source = await running(plan);
    const [, , third] = await clientsOf(['wasm:1', 'wasm:1', 'wasm:1']);
    const again = nextRun();
    if (third) rawWorker(third).terminate();
    const { end } = await again;
    // At equal prices whole frames in turn beat any cut of seven units.
    expect(end).toMatchObject({
      plan: { kind: 'replicated', stages: [{ processorIndex: 0, others: [{ processorIndex: 1 }] }] },
      detour: { reason: 'lost', processors: [2] },
    });
    await bench.allCounted(source);
    expect(source.stops).toBe(0);
    expect(await clientsOf(['wasm:1', 'wasm:1'])).not.toContain(third);
  });

  it('the only one: live goes on on a new one', { timeout: TIMEOUT }, async () => {
    const source = await running(null);
    const [only] = await clientsOf(['wasm:1']);
    const again = nextRun();
    only?.worker.terminate();
    expect((await again).end.top).toHaveLength(5);
    expect(source.stops).toBe(0);
    expect((await clientsOf(['wasm:1']))[0]).not.toBe(only);
  });

  it('one after another: live ends with the error, and nothing runs on', { timeout: TIMEOUT }, async () => {
    const kill = ends['is terminated'];
    const traffic = watchTraffic();
    const source = await running(planOn('replicated'));
    const killOne = async (): Promise<void> => (await clientsOf(['wasm:1'])).forEach(kill);
    for (let recovery = 0; recovery < 3; recovery++) {
      const again = nextRun();
      // Of two, the pool ends the one that is not asked for.
      await killOne();
      await again;
    }
    expect(source.stops).toBe(0);
    await killOne();
    await bench.until(({ status }) => status === 'off');
    expect(bench.live.source).toBeNull();
    expect(source.stops).toBeGreaterThan(0);
    // Three recoveries, and the one that was too many.
    await vi.waitFor(() => expect(bench.reported).toHaveLength(4), TIMEOUT);
    bench.pool.close();
    expect(traffic.workers()).toBe(0);
    expect(traffic.openPorts()).toBe(0);
  });
});

describe('a GPU that is lost', () => {
  it.each([
    ['beside WASM', planOn('pipeline', ['wasm:1', 'webgpu'])],
    ['beside WASM, first', planOn('pipeline', ['webgpu', 'wasm:1'])],
    ['beside WASM, in turn', planOn('replicated', ['webgpu', 'wasm:1'])],
    ['alone', planOn('single', ['webgpu', 'webgpu'])],
  ])('%s: live says so and goes on on WASM', { timeout: TIMEOUT }, async (_, plan) => {
    makeStagesFaulty();
    const source = await running(plan);
    const clients = await clientsOf(processorsOf(plan));
    const gpu = clients.find(({ processor }) => processor === 'webgpu');
    const wasm = clients.find(({ processor }) => processor === 'wasm:1');
    if (!gpu) throw new Error('the plan has a GPU');
    const again = nextRun();
    strike(gpu, { fault: 'lose-gpu' });
    const { end } = await again;
    expect(end.top).toHaveLength(5);
    expect(bench.reported).toMatchObject([{ code: 'engine-failed', processor: 'webgpu' }]);
    expect(source.stops).toBe(0);
    // A lost device stays lost, and its worker may never answer again: it is ended, not waited for.
    expect(await gpu.worker.failed).toEqual({ code: 'cancelled' });
    const [used] = await clientsOf(['wasm:1']);
    if (wasm) expect(used).toBe(wasm);
  });

  it('and tried again: the chosen plan is back, on a new device', { timeout: TIMEOUT }, async () => {
    makeStagesFaulty();
    const plan = planOn('pipeline', ['wasm:1', 'webgpu']);
    const source = await running(plan);
    const [wasm, gpu] = await clientsOf(['wasm:1', 'webgpu']);
    const fallen = nextRun();
    if (gpu) strike(gpu, { fault: 'lose-gpu' });
    expect((await fallen).end.detour).toEqual({ reason: 'lost', processors: [1] });
    await bench.allCounted(source);
    const back = nextRun();
    must(await bench.live.retry());
    const { end } = await back;
    expect(end).toMatchObject({ plan, detour: null });
    expect(end.traces.at(-1)?.spans.map(({ stage }) => stage)).toEqual([0, 1]);
    expect(source.stops).toBe(0);
    const [sameWasm, newGpu] = await clientsOf(['wasm:1', 'webgpu']);
    expect(sameWasm).toBe(wasm);
    expect(newGpu).not.toBe(gpu);
    // The new device can be lost, and live goes on, as before.
    const again = nextRun();
    if (newGpu) strike(newGpu, { fault: 'lose-gpu' });
    expect((await again).end.detour).toEqual({ reason: 'lost', processors: [1] });
  });

  it('and tried again in vain: says so, and WASM goes on', { timeout: TIMEOUT }, async () => {
    makeStagesFaulty();
    await running(planOn('pipeline', ['wasm:1', 'webgpu']));
    const [wasm, gpu] = await clientsOf(['wasm:1', 'webgpu']);
    const fallen = nextRun();
    if (gpu) strike(gpu, { fault: 'lose-gpu' });
    await fallen;
    vi.stubGlobal(
      'Worker',
      class extends Worker {
        constructor() {
          super('data:text/javascript,throw new Error("no such worker")');
        }
      },
    );
    const again = nextRun();
    must(await bench.live.retry());
    const { end } = await again;
    expect(end).toMatchObject({ plan: { kind: 'single' }, detour: { reason: 'lost', processors: [1] } });
    expect(bench.reported.map(({ code }) => code)).toEqual(['engine-failed', 'worker-failed']);
    expect((await clientsOf(['wasm:1']))[0]).toBe(wasm);
  });

  it('while live is off: the next start goes on on WASM', { timeout: TIMEOUT }, async () => {
    makeStagesFaulty();
    const plan = planOn('pipeline', ['wasm:1', 'webgpu']);
    await running(plan);
    await bench.live.stop();
    const [wasm, gpu] = await clientsOf(['wasm:1', 'webgpu']);
    if (gpu) strike(gpu, { fault: 'lose-gpu' });
    const source = await running(plan);
    expect(bench.store.getState().live.plan).toMatchObject({ kind: 'single' });
    expect(bench.reported).toMatchObject([{ code: 'engine-failed', processor: 'webgpu' }]);
    expect(source.stops).toBe(0);
    expect((await clientsOf(['wasm:1']))[0]).toBe(wasm);
  });
});

it('an engine that fails is not used again', { timeout: TIMEOUT }, async () => {
  const source = await running(planOn('replicated'));
  const [failing] = await clientsOf(['wasm:1', 'wasm:1']);
  const again = nextRun();
  // The frames that come find no segment. Live names it by model and configuration, of which this one has none.
  const [stage] = planOn('replicated').stages;
  const segment = stage ? segmentName(stage, 'tiny') : '';
  must((await failing?.worker.call((remote) => remote.unload(segment))) ?? ok(null));
  expect((await again).end.top).toHaveLength(5);
  expect(bench.reported).toMatchObject([{ code: 'engine-failed', processor: 'wasm:1' }]);
  expect(source.stops).toBe(0);
  expect(failing?.worker.hasFailed).toBe(true);
});

it(
  'a worker that dies while live goes on on it counts like the one before',
  { timeout: TIMEOUT },
  async () => {
    const source = await running(planOn('pipeline'));
    const [first, second] = await clientsOf(['wasm:1', 'wasm:1']);
    const again = nextRun();
    first?.worker.terminate();
    await vi.waitFor(() => expect(bench.reported).toHaveLength(1), TIMEOUT);
    second?.worker.terminate();
    expect((await again).end.top).toHaveLength(5);
    expect(source.stops).toBe(0);
  },
);
