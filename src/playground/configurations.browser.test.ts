import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { elasticCalibration, elasticManifest, elasticModel } from '../fixtures/elastic.ts';
import { must } from '../fixtures/workers.ts';
import type { Elastic } from '../core/elastic/elastic.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { sha256 } from './load-model.ts';
import { Playground } from './playground.ts';

const model = serializeModel(elasticModel());
const calibration = elasticCalibration();
const family = elasticManifest();
/** One more configuration, with a kind that asks for a value the model does not make. */
const BROKEN = 'broken';
const [first, second, third] = family.blocks;
const elastic: Elastic = {
  ...family,
  blocks: [
    first,
    second,
    { ...third, kinds: { ...third?.kinds, broken: { nowhere: 'image' } } },
  ] as Elastic['blocks'],
  configurations: [
    ...family.configurations,
    {
      ...family.configurations[0],
      id: BROKEN,
      kinds: ['3x3', '3x3', 'broken'],
    } as Elastic['configurations'][number],
  ],
};

/** Serves the elastic model's files; `change` replaces some. */
async function serve(change: Readonly<Record<string, () => Response>> = {}): Promise<void> {
  const channels = [127, 127, 127];
  const manifest = {
    ...{ format: 'ridgepoint-model', version: 1, id: 'elastic', name: 'Elastic', summary: 'For tests' },
    ...{ task: 'image-classification', file: 'model.onnx', bytes: model.length, sha256: await sha256(model) },
    storage: 'float32',
    input: {
      name: 'image',
      shape: [1, 3, 16, 16],
      colour: 'rgb',
      cropFraction: 1,
      mean: channels,
      std: channels,
    },
    ...{ output: { name: 'logits', classes: 5 }, labels: 'labels.json' },
    accuracy: [
      { dataset: 'other', split: 'test', n: 3, top1: 0.1, top5: null, source: 'fixture', measured: false },
    ],
    licence: { weights: 'none', source: 'made by code', data: 'none' },
    elastic: { ...elastic, calibration: { ...elastic.calibration, sha256: await sha256(calibration) } },
  };
  const files: Readonly<Record<string, () => Response>> = {
    'manifest.json': () => Response.json(manifest),
    'labels.json': () => Response.json(['a', 'b', 'c', 'd', 'e']),
    'model.onnx': () => new Response(model.slice()),
    'calibration.bin': () => new Response(calibration.slice()),
    ...change,
  };
  // Only this model's files: the engine fetches its own.
  const through = globalThis.fetch.bind(globalThis);
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    const name = /\/models\/elastic\/(.*)$/.exec(url)?.[1];
    return name === undefined
      ? through(input, init)
      : Promise.resolve(files[name]?.() ?? new Response(null, { status: 404 }));
  });
}

let playground: Playground;
beforeAll(async () => {
  await serve();
  playground = new Playground();
  must(await playground.loadModel('elastic'));
  vi.restoreAllMocks();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => playground.pool.close());

const whole = async (): Promise<Uint8Array> => {
  const units = playground.state.model?.description.forms.deploy.units.length ?? 0;
  return must(await playground.segments(0, units - 1));
};

describe('an elastic model', () => {
  it('is loaded in its default configuration, which its manifest then speaks of', () => {
    const { model: loaded } = playground.state;
    expect(loaded?.configuration).toBe('16-333');
    expect(loaded?.manifest.input.shape).toEqual([1, 3, 16, 16]);
    expect(loaded?.manifest.accuracy.map(({ dataset, top1 }) => [dataset, top1])).toEqual([
      ['made up', 0.58],
      ['other', 0.1],
    ]);
  });

  it('is composed in another, fused and proven, and back to the same', async () => {
    const before = playground.state.model;
    const bytes = await whole();
    const chosen = must(await playground.chooseConfiguration('8-310'));
    expect(playground.state.model).toBe(chosen);
    expect(chosen.manifest.input.shape).toEqual([1, 3, 8, 8]);
    // The other figure is of the default configuration.
    expect(chosen.manifest.accuracy.map(({ top1 }) => top1)).toEqual([0.51]);
    expect(chosen.equivalence?.maxRelDifference).toBeLessThan(1e-5);
    must(await playground.chooseConfiguration('16-333'));
    expect(playground.state.model?.manifest).toEqual(before?.manifest);
    expect(await whole()).toEqual(bytes);
  });

  it.each([
    ['that it has not', 'nothing', 'configuration-unknown'],
    ['that cannot be composed', BROKEN, 'manifest-invalid'],
  ])('refuses a configuration %s and keeps the one in force', async (_, id, code) => {
    const before = playground.state.model;
    const bytes = await whole();
    expect(await playground.chooseConfiguration(id)).toMatchObject({ ok: false, error: { code } });
    expect(playground.state.model).toBe(before);
    expect(playground.state.notice?.code).toBe(code);
    expect(await whole()).toEqual(bytes);
  });

  it('keeps the one in force, in store and worker, when the change is cancelled', async () => {
    const before = playground.state.model;
    const bytes = await whole();
    const composed = new Promise<void>((resolve) => {
      const stop = playground.store.subscribe(({ model: now }) => {
        if (now?.configuration !== '8-300') return;
        stop();
        resolve();
      });
    });
    const choosing = playground.chooseConfiguration('8-300');
    await composed;
    playground.cancel();
    expect(await choosing).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(playground.state).toMatchObject({ notice: null, modelTask: { status: 'idle' } });
    expect(playground.state.model).toBe(before);
    expect(await whole()).toEqual(bytes);
  });

  it('is timed in every configuration without a change of what runs', async () => {
    const bytes = await whole();
    const one = must(await playground.composeConfigurations('8-331', 2));
    expect(one.map(({ id, milliseconds: { n } }) => [id, n])).toEqual([['8-331', 2]]);
    expect(await playground.composeConfigurations(undefined, 1)).toMatchObject({
      error: { code: 'manifest-invalid' },
    });
    expect(await whole()).toEqual(bytes);
    const held = must(await playground.composeConfigurations('16-333', 1));
    expect(held[0]?.sha256).toBe(await sha256(Uint8Array.from(bytes)));
  });

  it('is refused with a damaged statistics file, and the one before stays', async () => {
    const before = playground.state.model;
    await serve({ 'calibration.bin': () => new Response(calibration.map((byte) => byte ^ 1)) });
    expect(await playground.loadModel('elastic')).toMatchObject({
      ok: false,
      error: { code: 'model-invalid' },
    });
    await serve({ 'calibration.bin': () => new Response(null, { status: 404 }) });
    expect(await playground.loadModel('elastic')).toMatchObject({
      ok: false,
      error: { code: 'fetch-failed' },
    });
    await serve();
    expect(await playground.loadModel('elastic', 'nothing')).toMatchObject({
      ok: false,
      error: { code: 'configuration-unknown' },
    });
    expect(playground.state.model).toBe(before);
  });
});
