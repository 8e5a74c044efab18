/** @file Every verb of the console API, on a playground that the test plays. Length: the verbs share that one player. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tinyLoadedModel, TINY_EQUIVALENCE } from '../fixtures/loaded-model.ts';
import { DEVICE, profileOf } from '../fixtures/profile.ts';
import type { AppError } from '../core/errors.ts';
import { parseProfile } from '../core/profile/parse.ts';
import { err, ok } from '../core/result.ts';
import { createApi, type RidgepointApi } from './console-api.ts';
import type { PlanReport } from './plan-report.ts';
import type { Playground } from './playground.ts';
import { createPlaygroundStore, type PlaygroundState } from './state.ts';

type Verb =
  | 'loadModel'
  | 'loadModelFile'
  | 'chooseConfiguration'
  | 'composeConfigurations'
  | 'measure'
  | 'plan'
  | 'classify';
type Verbs = Pick<Playground, 'store' | 'state' | 'importProfile' | Verb>;

const PLAN = { model: 'tiny', plans: [] } as unknown as PlanReport;
const COMPOSED = [
  { id: 'small', milliseconds: { median: 3, mad: 0.1, n: 20 }, bytes: 9, sha256: 'a'.repeat(64) },
];
const TOP = [{ index: 3, label: 'label 3', probability: 0.9 }];

/** The API on a playground whose verbs succeed at once, but for those that `failing` names. */
function apiOn(
  state: Partial<PlaygroundState> = {},
  failing: Partial<Record<Verb, AppError>> = {},
): { readonly api: RidgepointApi; readonly calls: (readonly unknown[])[]; readonly playground: Playground } {
  const store = createPlaygroundStore();
  store.setState(state);
  const calls: (readonly unknown[])[] = [];
  const answer = <T>(verb: Verb, given: readonly unknown[], value: T) => {
    calls.push([verb, ...given]);
    const error = failing[verb];
    return Promise.resolve(error ? err(error) : ok(value));
  };
  const verbs: Verbs = {
    store,
    get state() {
      return store.getState();
    },
    loadModel: (id, configuration) =>
      answer('loadModel', configuration === undefined ? [id] : [id, configuration], tinyLoadedModel(id)),
    chooseConfiguration: (id) => answer('chooseConfiguration', [id], tinyLoadedModel()),
    composeConfigurations: (id, runs) => answer('composeConfigurations', [id, runs], COMPOSED),
    loadModelFile: (name, bytes) =>
      answer(
        'loadModelFile',
        [name, bytes instanceof Blob ? bytes.size : bytes.length],
        tinyLoadedModel('own-model'),
      ),
    measure: (extra) => answer('measure', [extra], DEVICE),
    plan: (options) => answer('plan', [options], PLAN),
    classify: (images, processor, engine) =>
      answer('classify', [images.map(({ name }) => name), processor, ...(engine ? [engine] : [])], {
        engine: 'fused' as const,
        results: images.map(({ name }) => ({ image: name, top: TOP, latencyMs: 12 })),
      }),
    importProfile: (json) => parseProfile(json),
  };
  // The class has private parts, which nothing but itself can have; the API uses these verbs alone.
  const playground = verbs as Playground;
  return { api: createApi(playground), calls, playground };
}

/** Answers what the API fetches; anything else is a 404. */
function serve(files: Readonly<Record<string, string>>): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
    const file = files[input instanceof Request ? input.url : input.toString()];
    return Promise.resolve(file === undefined ? new Response(null, { status: 404 }) : new Response(file));
  });
}
afterEach(() => void vi.restoreAllMocks());

const CANCELLED = { error: { code: 'cancelled', message: 'Cancelled.' } };

describe('roofline', () => {
  it('is the profile, with the processors asked for', async () => {
    const { api, calls } = apiOn();
    expect(await api.roofline({ processors: ['wasm:2', 'webgpu'] })).toBe(DEVICE);
    expect(await api.roofline()).toBe(DEVICE);
    expect(calls).toEqual([
      ['measure', ['wasm:2', 'webgpu']],
      ['measure', undefined],
    ]);
  });
  it('refuses a processor that there cannot be, before it measures', async () => {
    const { api, calls } = apiOn();
    expect(await api.roofline({ processors: ['wasm:1', 'cuda'] })).toMatchObject({
      error: { code: 'processor-invalid', message: '“cuda” is not a processor of this device.' },
    });
    expect(calls).toEqual([]);
  });
});

describe('plan', () => {
  it('loads, measures and plans', async () => {
    const { api, calls } = apiOn();
    const processors = ['wasm:1', 'wasm:1'];
    expect(await api.plan({ model: 'rep-digits', processors, objective: 'snappiest', engine: 'ort' })).toBe(
      PLAN,
    );
    expect(calls).toEqual([
      ['loadModel', 'rep-digits'],
      ['measure', processors],
      ['plan', { processors, objective: 'snappiest', engine: 'ort', measure: 'best' }],
    ]);
  });
  it('takes a given profile instead of measuring', async () => {
    const { api, calls, playground } = apiOn({ model: tinyLoadedModel() });
    const given = profileOf({ 'wasm:1.copy': 7 }, 'Given');
    expect(await api.plan({ profile: JSON.stringify(given) })).toBe(PLAN);
    expect(calls).toEqual([['plan', { processors: undefined, objective: undefined, measure: 'best' }]]);
    expect(playground.state.profile).toEqual(given);
  });
  it.each([
    [{ predictOnly: true }, 'none'],
    [{ all: true }, 'all'],
    [{ predictOnly: true, all: true }, 'none'],
  ] as const)('%j measures %s', async (options, measure) => {
    const { api, calls } = apiOn({ model: tinyLoadedModel() });
    await api.plan({ ...options, profile: JSON.stringify(DEVICE) });
    expect(calls).toEqual([['plan', { processors: undefined, objective: undefined, measure }]]);
  });
  it('refuses what it cannot read before it does anything', async () => {
    const { api, calls, playground } = apiOn();
    expect(await api.plan({ processors: ['wasm:0'] })).toMatchObject({
      error: { code: 'processor-invalid' },
    });
    expect(await api.plan({ objective: 'quickest' })).toMatchObject({
      error: { code: 'objective-invalid', message: '“quickest” is not an objective.' },
    });
    expect(await api.plan({ engine: 'onnx' })).toMatchObject({
      error: { code: 'engine-invalid', message: '“onnx” is not an engine.' },
    });
    expect(calls).toEqual([]);
    expect(await api.plan({ profile: '{}' })).toMatchObject({ error: { code: 'profile-invalid' } });
    expect(calls).toEqual([['loadModel', 'efficientnet-lite0']]);
    expect(playground.state.profile).toBeNull();
  });
  it.each(['loadModel', 'measure', 'plan'] as const)('ends where %s fails', async (verb) => {
    const { api, calls } = apiOn({}, { [verb]: { code: 'cancelled' } });
    expect(await api.plan({})).toMatchObject(CANCELLED);
    expect(calls.map(([name]) => name).at(-1)).toBe(verb);
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

describe('compare', () => {
  it('gives the ratio of every metric that one of both has', () => {
    const { api } = apiOn({ profile: profileOf({ 'wasm:1.copy': 5, 'worker.hop.latency': 4e-5 }) });
    const other = profileOf({ 'wasm:1.copy': 10, 'worker.hop.latency': 8e-5, 'webgpu.copy': 50 }, 'Other');
    expect(api.compare(JSON.stringify(other))).toEqual([
      { id: 'wasm:1.copy', unit: 'GB/s', base: 5, other: 10, ratio: 2 },
      { id: 'worker.hop.latency', unit: 's', base: 4e-5, other: 8e-5, ratio: 0.5 },
      { id: 'webgpu.copy', unit: 'GB/s', base: null, other: 50, ratio: null },
    ]);
  });
  it('needs a measured device and a profile', () => {
    expect(apiOn().api.compare(JSON.stringify(DEVICE))).toMatchObject({ error: { code: 'profile-missing' } });
    expect(apiOn({ profile: DEVICE }).api.compare('junk')).toMatchObject({
      error: { code: 'profile-invalid' },
    });
  });
});

describe('a failure', () => {
  it('is its code, what happened, and what to do', async () => {
    const { api } = apiOn({}, { loadModel: { code: 'model-invalid', detail: 'cut off' } });
    expect(await api.fuse({ model: 'tiny' })).toEqual({
      error: {
        code: 'model-invalid',
        message: 'This is not a readable ONNX model: cut off.',
        remedy: 'Check that the file is complete, or choose another; the one before is still loaded.',
      },
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
