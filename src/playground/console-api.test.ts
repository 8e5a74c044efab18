/** @file The verbs of the console API that measure this device, plan and explore on it, and compare it, on a playground that plays along. */
import { describe, expect, it } from 'vitest';
import { apiOn, PLAN, SPACE } from '../fixtures/console-player.ts';
import { tinyLoadedModel } from '../fixtures/loaded-model.ts';
import { DEVICE, profileOf } from '../fixtures/profile.ts';

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

describe('codesign', () => {
  it('measures a device that was not, and has the front run unless told otherwise', async () => {
    const { api, calls } = apiOn();
    expect(await api.codesign({ model: 'rep-digits' })).toBe(SPACE);
    expect(calls).toEqual([
      ['loadModel', 'rep-digits'],
      ['measure', undefined],
      ['explore', { verify: true }],
    ]);
  });
  it('takes the model and the profile in force', async () => {
    const { api, calls } = apiOn({ model: tinyLoadedModel(), profile: DEVICE });
    expect(await api.codesign({ predictOnly: true })).toBe(SPACE);
    expect(calls).toEqual([['explore', { verify: false }]]);
  });
  it.each(['loadModel', 'measure', 'explore'] as const)('ends where %s fails', async (verb) => {
    const { api, calls } = apiOn({}, { [verb]: { code: 'cancelled' } });
    expect(await api.codesign({})).toMatchObject(CANCELLED);
    expect(calls.map(([name]) => name).at(-1)).toBe(verb);
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
