import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../core/planning/plan.ts';
import { randomTensor } from '../core/random.ts';
import { closeAll, must, openStages, openTinyModel, type TinyModel } from '../fixtures/workers.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { checkPipeline, loadStages, runPipeline, timePipeline, unloadStages } from './run-plan.ts';

const inputs = Array.from({ length: 8 }, (_, i) => randomTensor(3 * 32 * 32, i + 31));
const NEVER = new AbortController().signal;

const single: Plan = {
  kind: 'single',
  stages: [{ processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 6 }],
};
const pipeline: Plan = {
  kind: 'pipeline',
  stages: [
    { processor: 'wasm:1', processorIndex: 1, fromUnit: 0, toUnit: 2 },
    { processor: 'wasm:1', processorIndex: 0, fromUnit: 3, toUnit: 6 },
  ],
};

let model: TinyModel;
let clients: readonly StageClient[];
beforeAll(async () => {
  model = await openTinyModel();
  clients = await openStages(['wasm:1', 'wasm:1']);
});
afterAll(closeAll);

async function outputsOf(plan: Plan): Promise<readonly Float32Array[]> {
  const stages = must(await loadStages(plan, clients, model.segments));
  const enough = (sent: number): boolean => sent >= inputs.length;
  const finished = must(await runPipeline(stages, { inputs, wantsOutput: true, enough, signal: NEVER }));
  return finished.map(({ result }) => result.output ?? new Float32Array());
}

describe('a plan of two WASM workers', () => {
  it('computes what one computes, in order', async () => {
    const references = await outputsOf(single);
    expect(references).toHaveLength(inputs.length);
    const stages = must(await loadStages(pipeline, clients, model.segments));
    const equality = must(await checkPipeline(stages, inputs, references, NEVER));
    expect(equality).toMatchObject({ inOrder: true, frames: inputs.length });
    expect(equality.maxRelDifference).toBeLessThanOrEqual(1e-5);
  });

  it('is found out when a single output is wrong', async () => {
    const right = await outputsOf(single);
    const references = right.map((output, i) =>
      i < right.length - 1 ? output : output.map((logit, c) => (c < output.length - 1 ? logit : logit + 1)),
    );
    const stages = must(await loadStages(pipeline, clients, model.segments));
    expect(must(await checkPipeline(stages, inputs, references, NEVER)).maxRelDifference).toBeGreaterThan(
      1e-2,
    );
  });

  it('gives one interval a frame after the warm-up, and latencies of frames that were alone', async () => {
    const stages = must(await loadStages(pipeline, clients, model.segments));
    const timed = must(await timePipeline(stages, inputs, { seconds: 0, minFrames: 10 }, NEVER));
    expect(timed.intervalsMs).toHaveLength(10);
    // As many as take 50 ms, a hundred at most.
    const alone = timed.latenciesMs;
    expect(alone.length).toBeGreaterThanOrEqual(8);
    expect(alone.length).toBeLessThanOrEqual(100);
    expect(alone.every((ms) => ms > 0)).toBe(true);
    const elapsed = alone.reduce((sum, ms) => sum + ms, 0);
    if (alone.length < 100) expect(elapsed).toBeGreaterThan(25);
  });

  it('leaves nothing loaded behind', async () => {
    must(await loadStages(pipeline, clients, model.segments));
    await unloadStages(pipeline, clients);
    const [first] = clients;
    const input = randomTensor(3 * 32 * 32, 1);
    const again = await first?.worker.call((remote) => remote.run('units 3–6', input));
    expect(again).toMatchObject({ ok: false, error: { code: 'engine-failed' } });
  });
});

describe('faults', () => {
  it('a run that is cancelled ends as cancelled', async () => {
    const controller = new AbortController();
    const stages = must(await loadStages(single, clients, model.segments));
    const running = runPipeline(stages, {
      inputs,
      wantsOutput: false,
      enough: () => false,
      signal: controller.signal,
    });
    controller.abort();
    expect(await running).toEqual({ ok: false, error: { code: 'cancelled' } });
  });

  it('a processor that is not there is named', async () => {
    expect(await loadStages(pipeline, clients.slice(0, 1), model.segments)).toEqual({
      ok: false,
      error: { code: 'processor-invalid', id: 'wasm:1' },
    });
  });

  it('a worker that dies in the middle ends the run with an error', async () => {
    const mortal = await openStages(['wasm:1', 'wasm:1']);
    const stages = must(await loadStages(pipeline, mortal, model.segments));
    const running = runPipeline(stages, { inputs, wantsOutput: false, enough: () => false, signal: NEVER });
    setTimeout(() => mortal[0]?.worker.terminate(), 50);
    expect((await running).ok).toBe(false);
  });
});
