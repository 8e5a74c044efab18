import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ClockSource,
  loseGpu,
  makeGpusMortal,
  openLiveBench,
  planOn,
  rawWorker,
  watchTraffic,
  type LiveBench,
} from '../fixtures/live.ts';
import { closeAll, must } from '../fixtures/workers.ts';
import { ok, type Result } from '../core/result.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { PlanEntry } from './plan-report.ts';
import type { LiveState } from './state.ts';

/** Much longer than anything here takes, on cores that others use too. */
const TIMEOUT = 120_000;

let bench: LiveBench;
beforeEach(async () => {
  bench = await openLiveBench();
});
afterEach(async () => {
  await bench.live.stop();
  bench.pool.close();
  closeAll();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const completed = ({ figures }: LiveState): number => figures?.completed ?? 0;
const gives =
  (source: FrameSource): (() => Promise<Result<FrameSource>>) =>
  () =>
    Promise.resolve(ok(source));

/** Clients that the pool holds for these processors already. */
const clientsOf = async (processors: readonly ProcessorId[]): Promise<readonly StageClient[]> =>
  must(await bench.pool.acquire(processors));
const processorsOf = (plan: PlanEntry): readonly ProcessorId[] =>
  plan.stages.flatMap(({ processor, others = [] }) => [processor, ...others.map((other) => other.processor)]);

/** Starts live on the plan; resolves when every stage has given results. */
async function running(plan: PlanEntry | null): Promise<ClockSource> {
  const source = new ClockSource(20);
  bench.choose(plan);
  must(await bench.live.start(gives(source)));
  await bench.until((state) => completed(state) > 3);
  return source;
}

/** Resolves when the next run has labels; every state since is recorded. */
async function nextRun(): Promise<{ readonly end: LiveState; readonly states: readonly LiveState[] }> {
  await bench.until(({ status, plan, figures }) => status === 'on' && plan === null && figures === null);
  const states: LiveState[] = [];
  const unsubscribe = bench.store.subscribe(({ live }) => states.push(live));
  const end = await bench.until((state) => completed(state) > 3);
  unsubscribe();
  return { end, states };
}

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

    expect(end).toMatchObject({ status: 'on', plan: null, source: 'clip' });
    expect(end.top).toHaveLength(5);
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
    makeGpusMortal();
    const source = await running(plan);
    const clients = await clientsOf(processorsOf(plan));
    const gpu = clients.find(({ processor }) => processor === 'webgpu');
    const wasm = clients.find(({ processor }) => processor === 'wasm:1');
    if (!gpu) throw new Error('the plan has a GPU');
    const again = nextRun();
    loseGpu(gpu);
    const { end } = await again;
    expect(end.top).toHaveLength(5);
    expect(bench.reported).toMatchObject([{ code: 'engine-failed', processor: 'webgpu' }]);
    expect(source.stops).toBe(0);
    // A lost device stays lost, and its worker may never answer again: it is ended, not waited for.
    expect(await gpu.worker.failed).toEqual({ code: 'cancelled' });
    const [used] = await clientsOf(['wasm:1']);
    if (wasm) expect(used).toBe(wasm);
  });

  it('while live is off: the next start goes on on WASM', { timeout: TIMEOUT }, async () => {
    makeGpusMortal();
    const plan = planOn('pipeline', ['wasm:1', 'webgpu']);
    await running(plan);
    await bench.live.stop();
    const [wasm, gpu] = await clientsOf(['wasm:1', 'webgpu']);
    if (gpu) loseGpu(gpu);
    const source = await running(plan);
    expect(bench.store.getState().live.plan).toBeNull();
    expect(bench.reported).toMatchObject([{ code: 'engine-failed', processor: 'webgpu' }]);
    expect(source.stops).toBe(0);
    expect((await clientsOf(['wasm:1']))[0]).toBe(wasm);
  });
});

it('an engine that fails is not used again', { timeout: TIMEOUT }, async () => {
  const source = await running(planOn('replicated'));
  const [failing] = await clientsOf(['wasm:1', 'wasm:1']);
  const again = nextRun();
  // The frames that come find no segment.
  must((await failing?.worker.call((remote) => remote.unload('units 0–6'))) ?? ok(null));
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
