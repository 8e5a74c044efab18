import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  completed,
  makeStagesFaulty,
  openLiveBench,
  planOn,
  reportOn,
  strike,
  type LiveBench,
} from '../fixtures/live.ts';
import { must } from '../fixtures/workers.ts';
import { median } from '../core/stats.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';
import type { FrameTrace } from './state.ts';

/** Much longer than anything here takes, on cores that others use too. */
const TIMEOUT = 180_000;

let bench: LiveBench;
beforeEach(async () => {
  makeStagesFaulty();
  bench = await openLiveBench();
});
afterEach(() => bench.close());

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * count));

describe('a stage that hangs', () => {
  it.each([
    ['the first of a pipeline', planOn('pipeline'), 0],
    ['the last of a pipeline', planOn('pipeline'), 1],
    ['one of two that take turns', planOn('replicated'), 1],
  ] as const)('%s: live goes on on the other', { timeout: TIMEOUT }, async (_, plan, victim) => {
    const source = await bench.run(plan);
    const clients = must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
    const again = bench.nextRun();
    const hung = clients[victim];
    if (hung) strike(hung, { fault: 'hang', ms: Infinity });
    const { end } = await again;
    expect(end).toMatchObject({
      plan: { kind: 'single', stages: [{ processorIndex: 1 - victim }] },
      detour: { reason: 'lost', processors: [victim] },
    });
    expect(bench.reported).toMatchObject([{ code: 'worker-failed', worker: 'pipeline' }]);
    await bench.allCounted(source);
    expect(source.stops).toBe(0);
    expect(must(await bench.pool.acquire(['wasm:1']))[0]).toBe(clients[1 - victim]);
  });

  it('while the page itself stood still: nobody is blamed for that time', { timeout: TIMEOUT }, async () => {
    await bench.run(planOn('pipeline'));
    const clients = must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
    const before = completed(bench.store.getState().live);
    // As in a computer that sleeps: neither the worker nor the page gets on, the page wakes first.
    for (const client of clients) strike(client, { fault: 'hang', ms: 4000 });
    await seconds(0.3);
    const end = performance.now() + 3200;
    while (performance.now() < end);
    await bench.until((state) => completed(state) > before + 30);
    expect(bench.reported).toEqual([]);
    expect(bench.store.getState().live).toMatchObject({ plan: { kind: 'pipeline' }, detour: null });
  });
});

describe('our own engine that fails at a frame', () => {
  it.each([0, 1])(
    'in stage %i: onnxruntime-web takes over, no frame is lost',
    { timeout: TIMEOUT },
    async (stage) => {
      await bench.run(planOn('pipeline'));
      const clients = must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
      const { figures } = await bench.until((state) => completed(state) > 20);
      const broken = clients[stage];
      if (broken) strike(broken, { fault: 'break-engine' });
      const before = completed(bench.store.getState().live);
      const later = await bench.until((state) => completed(state) > before + 60);
      expect(bench.reported).toEqual([
        { code: 'engine-fell-back', processor: 'wasm:1', detail: 'it was broken for a test' },
      ]);
      expect(later).toMatchObject({ plan: { kind: 'pipeline' }, detour: null });
      expect(figures).not.toBeNull();
    },
  );
});

describe('a tab that is hidden and comes back', () => {
  it('rests, without a failure or a dip, and goes on as before', { timeout: TIMEOUT }, async () => {
    const source = await bench.run(planOn('pipeline'));
    const { history: before } = await bench.until(({ history }) => history.length >= 16);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    const resting = await bench.until(({ isResting }) => isResting);
    // Longer than frames may stay away, and than figures look back.
    await seconds(4);
    const { announced } = source;
    expect(bench.store.getState().live).toBe(resting);
    hidden.mockReturnValue(false);
    const seen = resting.history.length;
    const { history } = await bench.until((live) => !live.isResting && live.history.length >= seen + 12);
    expect(source.announced).toBeGreaterThan(announced);
    expect(bench.reported).toEqual([]);
    const warm = before.slice(8).map(({ throughputFps }) => throughputFps);
    const after = history.slice(seen).map(({ throughputFps }) => throughputFps);
    expect(Math.min(...after)).toBeGreaterThan(0.5 * (median(warm) ?? 0));
    // The clock stood still meanwhile.
    const gaps = history.slice(1).map(({ at }, i) => at - (history[i]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(3);
  });
});

/** Median ms a frame of both members of a pipeline. */
function memberMsOf(traces: readonly FrameTrace[]): readonly (readonly number[])[] {
  return [0, 1].map((stage) => {
    const spans = traces.flatMap((trace) => trace.spans.filter((span) => span.stage === stage));
    return [median(spans.map(({ start, ready = start, end }) => end - ready)) ?? 1];
  });
}

/** The pipeline with a race that took what it has just taken in live. */
function racedAs(memberMs: readonly (readonly number[])[]): {
  readonly plan: PlanEntry;
  readonly report: PlanReport;
} {
  const [[first = 1] = [], [second = 1] = []] = memberMs;
  const throughputFps = 1000 / Math.max(first, second);
  const latencyMs = first + second;
  const plan: PlanEntry = {
    ...planOn('pipeline'),
    predicted: { throughputFps, latencyMs, n: 0 },
    measured: { throughputFps, latencyMs, n: 20, memberMs: { full: memberMs, alone: memberMs } },
  };
  // Units 0–2 are the first stage, 3–6 the second.
  const report = reportOn(plan, (_, unit) => (unit <= 2 ? first / 3 : second / 4) / 1000);
  return { plan, report };
}

describe('a processor that slows down for good', () => {
  it(
    'gets less to do: the plan changes under the running source, and says why',
    { timeout: TIMEOUT },
    async () => {
      await bench.run(planOn('pipeline'));
      const { traces } = await bench.until((state) => completed(state) > 60);
      await bench.live.stop();
      const { plan, report } = racedAs(memberMsOf(traces));
      const source = await bench.run(plan, report);
      // As long as live takes to know its own overhead.
      await bench.until(({ history }) => (history.at(-1)?.at ?? 0) > 9);
      expect(bench.store.getState().live).toMatchObject({ plan, detour: null });

      const [, second] = must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
      const again = bench.nextRun();
      if (second) strike(second, { fault: 'slow', ms: 150 });
      const { end } = await again;
      expect(end.detour).toMatchObject({ reason: 'slowed', processor: 1 });
      expect(end.plan).not.toEqual(plan);
      // Everything, or all but the cheapest unit, runs on the other one.
      expect(end.plan?.stages[0]).toMatchObject({ processorIndex: 0, fromUnit: 0 });
      expect(bench.reported).toEqual([]);
      expect(source.stops).toBe(0);
    },
  );
});
