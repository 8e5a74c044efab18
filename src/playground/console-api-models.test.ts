/** @file The verbs of the console API that are about a model: which one they take, and what they tell of it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { apiOn, COMPOSED, serve, TOP } from '../fixtures/console-player.ts';
import { tinyLoadedModel, TINY_EQUIVALENCE } from '../fixtures/loaded-model.ts';

afterEach(() => void vi.restoreAllMocks());

describe('which model', () => {
  it('the loaded one, if it is the one asked for or none is', async () => {
    const { api, calls } = apiOn({ model: tinyLoadedModel('rep-digits') });
    await api.inspect({});
    await api.inspect({ model: 'rep-digits' });
    expect(calls).toEqual([]);
    await api.inspect({ model: 'efficientnet-lite0' });
    expect(calls).toEqual([['loadModel', 'efficientnet-lite0']]);
  });
  it('once more, if its forms were not compared yet', async () => {
    const { api, calls } = apiOn({ model: { ...tinyLoadedModel('tiny'), equivalence: null } });
    expect(await api.fuse({ model: 'tiny' })).toMatchObject({ maxRelDifference: 3e-7 });
    expect(calls).toEqual([['loadModel', 'tiny']]);
  });
  it('an own file, by where it is', async () => {
    serve({ './cli/model/net.onnx': '12345' });
    const { api, calls } = apiOn({ model: tinyLoadedModel() });
    await api.inspect({ modelUrl: './cli/model/net.onnx' });
    expect(calls).toEqual([['loadModelFile', 'net.onnx', 5]]);
    expect(await api.inspect({ modelUrl: './cli/model/none.onnx' })).toMatchObject({
      error: { code: 'fetch-failed', message: 'none.onnx could not be loaded (HTTP 404).' },
    });
  });
});

describe('configurations', () => {
  const loaded = { ...tinyLoadedModel('rep-tiny'), equivalence: TINY_EQUIVALENCE, configuration: 'full' };

  it('are loaded with the model, or chosen in the one that is loaded', async () => {
    const fresh = apiOn();
    await fresh.api.fuse({ model: 'rep-tiny', configuration: 'small' });
    expect(fresh.calls).toEqual([['loadModel', 'rep-tiny', 'small']]);
    const there = apiOn({ model: loaded });
    await there.api.fuse({ model: 'rep-tiny', configuration: 'small' });
    await there.api.inspect({ configuration: 'small' });
    expect(there.calls).toEqual([
      ['chooseConfiguration', 'small'],
      ['chooseConfiguration', 'small'],
    ]);
  });
  it('are left as they are when none, or the one in force, is asked for', async () => {
    const { api, calls } = apiOn({ model: loaded });
    await api.inspect({ model: 'rep-tiny' });
    await api.inspect({ model: 'rep-tiny', configuration: 'full' });
    expect(calls).toEqual([]);
  });
  it('compose gives the time of each, 20 runs unless told otherwise', async () => {
    const { api, calls } = apiOn({ model: loaded });
    expect(await api.compose({ model: 'rep-tiny', configuration: 'small' })).toEqual({
      model: 'rep-tiny',
      configurations: COMPOSED,
    });
    await api.compose({ model: 'rep-tiny', runs: 3 });
    expect(calls).toEqual([
      ['composeConfigurations', 'small', 20],
      ['composeConfigurations', undefined, 3],
    ]);
  });
  it('compose passes on why it could not', async () => {
    const { api } = apiOn(
      { model: loaded },
      { composeConfigurations: { code: 'configuration-unknown', model: 'Rep-Tiny', id: 'x' } },
    );
    expect(await api.compose({ configuration: 'x' })).toMatchObject({
      error: { code: 'configuration-unknown' },
    });
  });
});

describe('fuse and inspect', () => {
  it('fuse is before, after, merged, kept and the differences', async () => {
    const { api } = apiOn();
    const fused = await api.fuse({ model: 'tiny' });
    const { fusion } = tinyLoadedModel().description;
    expect(fused).toEqual({
      before: fusion.before,
      after: fusion.after,
      merged: fusion.merged,
      kept: [],
      maxAbsDifference: 2e-6,
      maxRelDifference: 3e-7,
      equivalence: TINY_EQUIVALENCE,
      workerSeconds: null,
    });
    expect(fused).toMatchObject({
      before: { operators: { Conv: 8, BatchNormalization: 10 } },
      after: { operators: { Conv: 4, Gemm: 1 }, nodes: 11 },
    });
  });
  it('inspect is of the model as it was trained', async () => {
    const { api } = apiOn();
    const { forms } = tinyLoadedModel().description;
    expect(await api.inspect({ model: 'tiny' })).toMatchObject({
      operators: { Conv: 8, BatchNormalization: 10 },
      nodes: forms['multi-branch'].nodes,
      units: forms['multi-branch'].units.length,
      warnings: [],
    });
    expect(forms['multi-branch'].nodes).toBeGreaterThan(forms.deploy.nodes);
  });
});

describe('classify', () => {
  const images = [
    { name: 'a.png', url: './cli/0/a.png' },
    { name: 'b.png', url: './cli/1/b.png' },
  ];
  const files = { './cli/0/a.png': 'a', './cli/1/b.png': 'b' };

  it('is model, plan and a result a picture', async () => {
    serve(files);
    const { api, calls } = apiOn();
    const toUnit = tinyLoadedModel().description.forms.deploy.units.length - 1;
    expect(await api.classify({ model: 'rep-digits', images, processors: ['wasm:2'] })).toEqual({
      model: 'rep-digits',
      plan: {
        kind: 'single',
        stages: [{ processor: 'wasm:2', processorIndex: 0, fromUnit: 0, toUnit }],
      },
      engine: 'fused',
      results: [
        { image: 'a.png', top: TOP, latencyMs: 12 },
        { image: 'b.png', top: TOP, latencyMs: 12 },
      ],
    });
    expect(calls.at(-1)).toEqual(['classify', ['a.png', 'b.png'], 'wasm:2']);
  });
  it('runs on one WASM thread unless told', async () => {
    serve(files);
    const { api, calls } = apiOn();
    await api.classify({ images });
    expect(calls).toEqual([
      ['loadModel', 'efficientnet-lite0'],
      ['classify', ['a.png', 'b.png'], 'wasm:1'],
    ]);
  });
  it('runs on the engine that is named', async () => {
    serve(files);
    const { api, calls } = apiOn({ model: tinyLoadedModel() });
    await api.classify({ images, engine: 'ort' });
    expect(calls).toEqual([['classify', ['a.png', 'b.png'], 'wasm:1', 'ort']]);
    expect(await api.classify({ images, engine: 'onnx' })).toMatchObject({
      error: { code: 'engine-invalid' },
    });
  });
  it('names the picture that cannot be fetched', async () => {
    serve({ './cli/0/a.png': 'a' });
    const { api, calls } = apiOn();
    expect(await api.classify({ images })).toMatchObject({
      error: { code: 'fetch-failed', message: 'b.png could not be loaded (HTTP 404).' },
    });
    expect(calls.map(([verb]) => verb)).not.toContain('classify');
  });
});
