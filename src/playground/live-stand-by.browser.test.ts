import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { completed, openLiveBench, planOn, type LiveBench } from '../fixtures/live.ts';
import { must, openTinyModel, type TinyModel } from '../fixtures/workers.ts';
import { elementCount } from '../core/graph/model.ts';
import { err } from '../core/result.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { StandBy } from './live-workers.ts';
import type { PlanEntry } from './plan-report.ts';
import { segmentName } from './run-plan.ts';

const TIMEOUT = 60_000;
const PIPELINE = planOn('pipeline');
const REPLICATED = planOn('replicated');
const [WHOLE] = REPLICATED.stages;

let bench: LiveBench;
let model: TinyModel;
beforeEach(async () => {
  bench = await openLiveBench();
  model = await openTinyModel();
});
afterEach(() => bench.close());

const network = (): string => bench.store.getState().model?.manifest.id ?? '';
const standBy = (entry: PlanEntry, segments: StandBy['segments'] = model.segments): StandBy => ({
  entry,
  segments,
  of: network(),
});
const clients = async (): Promise<readonly StageClient[]> =>
  must(await bench.pool.acquire(['wasm:1', 'wasm:1']));
/** Whether each worker holds the whole network. */
const hold = async (): Promise<readonly boolean[]> => {
  if (!WHOLE) throw new Error('a plan has a stage');
  const name = segmentName(WHOLE, network());
  const picture = new Float32Array(elementCount(model.description.forms.deploy.input.shape));
  const ran = (await clients()).map(({ worker }) => worker.call((remote) => remote.run(name, picture)));
  return (await Promise.all(ran)).map(({ ok }) => ok);
};
const framesOn = async (): Promise<void> => {
  const before = completed(bench.store.getState().live);
  await bench.until((live) => live.status === 'on' && completed(live) > before + 5);
};

it('what stands by lies in its workers, and taking it loads nothing', { timeout: TIMEOUT }, async () => {
  const source = await bench.run(PIPELINE);
  expect(await hold()).toEqual([false, false]);
  await bench.live.standBy([standBy(PIPELINE), standBy(REPLICATED)]);
  expect(await hold()).toEqual([true, true]);
  await framesOn();
  const asked = bench.asked();
  for (const plan of [REPLICATED, PIPELINE, REPLICATED]) {
    bench.choose(plan);
    must(await bench.live.redeploy());
    await framesOn();
    expect(bench.store.getState().live.plan).toBe(plan);
  }
  expect(bench.asked()).toBe(asked);
  expect(source.stops).toBe(0);
  expect(bench.reported).toEqual([]);
});

it('what is no longer wanted is unloaded, what runs stays', { timeout: TIMEOUT }, async () => {
  await bench.run(PIPELINE);
  await bench.live.standBy([standBy(REPLICATED)]);
  await bench.live.standBy([]);
  expect(await hold()).toEqual([false, false]);
  await framesOn();
  expect(bench.reported).toEqual([]);
});

it('nothing is left in the workers when live ends', { timeout: TIMEOUT }, async () => {
  await bench.run(PIPELINE);
  await bench.live.standBy([standBy(REPLICATED)]);
  await bench.live.stop();
  expect(await hold()).toEqual([false, false]);
});

it('what cannot be loaded harms nothing, and nothing else is tried', { timeout: TIMEOUT }, async () => {
  await bench.run(PIPELINE);
  const fails = vi.fn(() => Promise.resolve(err({ code: 'model-missing' as const })));
  const loads = vi.fn(model.segments);
  await bench.live.standBy([standBy(REPLICATED, fails), standBy(planOn('single'), loads)]);
  await bench.live.standBy([standBy(planOn('single'), loads)]);
  expect(fails).toHaveBeenCalledTimes(1);
  expect(loads).not.toHaveBeenCalled();
  await framesOn();
  expect(bench.reported).toEqual([]);
  bench.choose(REPLICATED);
  must(await bench.live.redeploy());
  await framesOn();
});

it('after the loss of a worker nothing stands by', { timeout: TIMEOUT }, async () => {
  await bench.run(PIPELINE);
  await bench.live.standBy([standBy(REPLICATED)]);
  const [first] = await clients();
  const again = bench.nextRun();
  first?.worker.terminate();
  await again;
  const loads = vi.fn(model.segments);
  await bench.live.standBy([standBy(REPLICATED, loads)]);
  expect(loads).not.toHaveBeenCalled();
});
