import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layerSeconds } from '../core/cost/layer-times.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { corruptModelBytes, repNet } from '../fixtures/models.ts';
import { evaluate } from '../fixtures/reference.ts';
import { closeAll, must, openStage, openTinyModel, type TinyModel } from '../fixtures/workers.ts';
import { startStageWorker, type StageClient } from './stage.client.ts';

afterAll(closeAll);

const input = randomTensor(3 * 32 * 32, 21);
const expected = evaluate(repNet(), input).data;

describe.each([
  ['wasm:1', ['multi-branch', 'deploy']],
  ['webgpu', ['deploy']],
] as const)('a stage on %s', (processor, forms) => {
  let model: TinyModel;
  let stage: StageClient;
  beforeAll(async () => {
    model = await openTinyModel();
    stage = await openStage(processor);
  });

  it('knows its adapter', () => {
    expect(stage.adapter === null).toBe(processor !== 'webgpu');
  });

  it.each(forms)('computes what the reference interpreter computes: %s', async (form) => {
    const bytes = must(await model.worker.call((remote) => remote.segment(form, 0, 6)));
    must(await stage.worker.call((remote) => remote.load(form, bytes)));
    const output = must(await stage.worker.call((remote) => remote.run(form, input)));
    expect(differenceOf(expected, output).maxRelDifference).toBeLessThanOrEqual(1e-4);
  });

  it('times at least as many runs as it is told to, those too quick for the clock some together', async () => {
    const start = performance.now();
    const samples = must(await stage.worker.call((remote) => remote.time('deploy', input, 4, 0)));
    const took = (performance.now() - start) / 1000;
    expect(samples.length).toBeGreaterThanOrEqual(4);
    expect(samples.every((seconds) => seconds > 0)).toBe(true);
    const all = samples.reduce((sum, seconds) => sum + seconds, 0);
    expect(all).toBeGreaterThanOrEqual(0.0005);
    expect(all).toBeLessThan(took);
  });

  it('gives a time for every layer', async () => {
    const bytes = must(await model.segments(0, 6));
    must(await stage.worker.call((remote) => remote.loadProfiled('profiled', bytes)));
    must(await stage.worker.call((remote) => remote.time('profiled', input, 3, 0)));
    const nodes = must(await stage.worker.call((remote) => remote.endProfile('profiled')));
    const { layers } = model.description.forms.deploy;
    const seconds = layerSeconds(layers, nodes) ?? [];
    // The engine drops a Flatten that moves nothing; every layer with arithmetic in it has a time.
    const untimed = layers.filter(({ index }) => !((seconds[index] ?? 0) > 0));
    expect(untimed.filter(({ operatorClass }) => operatorClass !== 'layout')).toEqual([]);
    expect(nodes.every((each) => each.seconds >= 0)).toBe(true);
  });

  it('tells them of a loaded segment as it lies where its engine can, which then runs on', async () => {
    const bytes = must(await model.segments(0, 6));
    for (const engine of ['fused', 'ort'] as const) {
      must(await stage.worker.call((remote) => remote.load('watched', bytes, engine)));
      const nodes = must(await stage.worker.call((remote) => remote.profile('watched', input, 3)));
      const names = nodes?.map(({ node }) => node) ?? null;
      if (engine === 'ort' || processor === 'webgpu') expect(names).toBeNull();
      else expect(names?.length).toBeGreaterThan(3);
      const output = must(await stage.worker.call((remote) => remote.run('watched', input)));
      expect(differenceOf(expected, output).maxRelDifference).toBeLessThanOrEqual(1e-4);
    }
  });
});

describe('what a stage refuses', () => {
  it('a segment that is not loaded, or not a model; what is loaded stays', async () => {
    const { segments } = await openTinyModel();
    const { worker } = await openStage('wasm:1');
    const bytes = must(await segments(0, 6));
    must(await worker.call((remote) => remote.load('good', bytes)));
    for (const bad of [
      await worker.call((remote) => remote.run('nowhere', input)),
      await worker.call((remote) => remote.load('bad', corruptModelBytes())),
      await worker.call((remote) => remote.run('good', new Float32Array(7))),
      await worker.call((remote) => remote.loadProfiled('bad', corruptModelBytes())),
      await worker.call((remote) => remote.endProfile('good')),
    ]) {
      expect(bad).toMatchObject({ ok: false, error: { code: 'engine-failed', processor: 'wasm:1' } });
    }
    const output = must(await worker.call((remote) => remote.run('good', input)));
    expect(differenceOf(expected, output).maxRelDifference).toBeLessThanOrEqual(1e-4);
  });

  it('a segment that was unloaded', async () => {
    const { segments } = await openTinyModel();
    const { worker } = await openStage('wasm:1');
    const bytes = must(await segments(0, 6));
    must(await worker.call((remote) => remote.load('gone', bytes)));
    must(await worker.call((remote) => remote.unload('gone')));
    expect((await worker.call((remote) => remote.run('gone', input))).ok).toBe(false);
  });

  it('every call once it was ended, without waiting', async () => {
    const { worker } = must(await startStageWorker('wasm:1', 'ended'));
    worker.terminate();
    expect(worker.hasFailed).toBe(true);
    expect(await worker.call((remote) => remote.run('x', input))).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    });
  });
});
