import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ClockSource,
  completed,
  makeStagesFaulty,
  gives,
  openLiveBench,
  planOn,
  strike,
  watchTraffic,
  type LiveBench,
} from '../fixtures/live.ts';
import { must } from '../fixtures/workers.ts';
import { ok, type Result } from '../core/result.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { Pipeline } from '../workers/pipeline.client.ts';

/** Much longer than anything here takes, on cores that others use too. */
const TIMEOUT = 120_000;

let bench: LiveBench;
beforeEach(async () => {
  bench = await openLiveBench();
});
afterEach(() => bench.close());

describe('a camera that is faster than the pipeline', () => {
  it(
    'has its newest frame kept, and never more in flight than there are credits',
    { timeout: TIMEOUT },
    async () => {
      let peak = 0;
      let depth = 0;
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called on its pipeline below
      const { submit } = Pipeline.prototype;
      vi.spyOn(Pipeline.prototype, 'submit').mockImplementation(function (this: Pipeline, payload) {
        const id = submit.call(this, payload);
        peak = Math.max(peak, this.inFlight);
        ({ depth } = this);
        return id;
      });
      makeStagesFaulty();
      const source = new ClockSource(4);
      bench.choose(planOn('pipeline'));
      const members = must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
      // Longer than the camera's 4 ms, on any machine.
      for (const member of members) strike(member, { fault: 'slow', ms: 15 });
      must(await bench.live.start(gives(source)));
      const { figures } = await bench.until(
        (state) => completed(state) >= 60 && state.figures?.throughputFps !== 0,
      );
      const { announced } = source;
      if (!figures) throw new Error('frames have come back');
      expect(figures.dropped).toBeGreaterThan(0);
      expect(depth).toBe(3);
      expect(peak).toBe(depth);
      // None is lost sight of: but for those in flight, the one that waits and the one being taken, all are counted.
      expect(announced - figures.completed - figures.dropped).toBeLessThanOrEqual(depth + 2);
      expect(figures.latencyP95Ms).toBeLessThanOrEqual(10 * depth * (1000 / figures.throughputFps));
    },
  );
});

describe('starts and stops', () => {
  it(
    '200 plans after one another while frames flow: each runs, and nothing is left over',
    { timeout: 600_000 },
    async () => {
      const traffic = watchTraffic();
      const plans = [planOn('single'), planOn('pipeline'), planOn('replicated'), planOn('pipeline'), null];
      const sources: ClockSource[] = [];
      for (let i = 0; i < 200; i++) {
        const source = new ClockSource(5);
        sources.push(source);
        const plan = plans[i % plans.length] ?? null;
        bench.choose(plan);
        must(await bench.live.start(gives(source)));
        expect(bench.store.getState().live).toMatchObject({ status: 'on', plan });
        if (i % 10 === 9) await bench.until((state) => completed(state) > 0);
        expect(traffic.workers()).toBeLessThanOrEqual(2);
      }
      await bench.until((state) => completed(state) > 3);
      expect(sources.map(({ stops }) => stops > 0)).toEqual(
        sources.map((source) => source !== sources.at(-1)),
      );
      await bench.live.stop();
      expect(bench.reported).toEqual([]);
      expect(traffic.openPorts()).toBe(0);
      // A picture that was sent on or closed has no size any more.
      expect(sources.flatMap(({ pictures }) => pictures.filter(({ width }) => width > 0))).toEqual([]);
    },
  );

  it('two starts at once: the second runs, the first is cancelled', { timeout: TIMEOUT }, async () => {
    const [first, second] = [new ClockSource(20), new ClockSource(20)];
    bench.choose(planOn('pipeline'));
    const starts = await Promise.all([bench.live.start(gives(first)), bench.live.start(gives(second))]);
    expect(starts).toEqual([{ ok: false, error: { code: 'cancelled' } }, ok(null)]);
    await bench.until((state) => completed(state) > 3);
    expect(bench.live.source).toBe(second);
    expect(first.announced).toBe(0);
    expect(second.stops).toBe(0);
  });

  it('a start while a source is being opened: the late source is stopped', { timeout: TIMEOUT }, async () => {
    const [first, second] = [new ClockSource(20), new ClockSource(20)];
    let open: (source: Result<FrameSource>) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      const pending = new Promise<Result<FrameSource>>((give) => (open = give));
      void bench.live.start(() => (resolve(), pending));
    });
    await asked;
    must(await bench.live.start(gives(second)));
    open(ok(first));
    await bench.until((state) => completed(state) > 3);
    expect(first.stops).toBeGreaterThan(0);
    expect(second.stops).toBe(0);
    expect(bench.live.source).toBe(second);
  });

  it('a stop anywhere on the way of a start ends it', { timeout: TIMEOUT }, async () => {
    const traffic = watchTraffic();
    bench.choose(planOn('pipeline'));
    // The load of a segment, the connection of a pipeline, the first frames: each is met by some number of turns.
    for (const turns of [0, 1, 2, 5, 10, 20, 40, 80]) {
      const source = new ClockSource(5);
      const starting = bench.live.start(gives(source));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
      await bench.live.stop();
      await starting;
      expect(bench.store.getState().live.status).toBe('off');
      expect(bench.live.source).toBeNull();
      const { announced } = source;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(source.announced).toBe(announced);
      expect(traffic.openPorts()).toBe(0);
    }
    expect(bench.reported).toEqual([]);
    must(await bench.live.start(gives(new ClockSource(20))));
    await bench.until((state) => completed(state) > 3);
  });
});

describe('a change', () => {
  // Without a plan the whole model runs on a worker that no report has a place for.
  it(
    'from no plan to one on other workers ends neither early, and no failure is met on the way',
    { timeout: TIMEOUT },
    async () => {
      const source = await bench.run(null);
      const plan = planOn('single', ['wasm:2', 'wasm:2']);
      bench.choose(plan);
      must(await bench.live.redeploy());
      const before = completed(bench.store.getState().live);
      const { plan: runs, detour } = await bench.until((state) => completed(state) > before + 20);
      expect(runs).toBe(plan);
      expect(detour).toBeNull();
      expect(bench.reported).toEqual([]);
      await bench.allCounted(source);
    },
  );
});
