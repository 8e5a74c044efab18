/** @file Our engine against onnxruntime-web, on the models that ship, in every configuration; real workers. */
import { afterAll, describe, expect, it } from 'vitest';
import type { PrecisionPreference } from '../core/engine.ts';
import { elementCount } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { FAMILIES } from '../fixtures/families.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openStage } from '../fixtures/workers.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { Playground } from './playground.ts';
import { SHIPPED_MODELS } from './shipped-models.ts';

const playground = new Playground();
afterAll(() => {
  playground.pool.close();
  closeAll();
});

async function outputsOf(
  { worker }: StageClient,
  bytes: Uint8Array,
  input: Float32Array,
): Promise<Readonly<Record<'fused' | 'ort', Float32Array>>> {
  const by = async (engine: 'fused' | 'ort'): Promise<Float32Array> => {
    const loaded = must(await worker.call((remote) => remote.load(engine, bytes, engine)));
    expect(loaded).toMatchObject({ engine, obstacle: null });
    const output = must(await worker.call((remote) => remote.run(engine, input)));
    must(await worker.call((remote) => remote.unload(engine)));
    return output;
  };
  return { fused: await by('fused'), ort: await by('ort') };
}

const worst = (a: Float32Array, b: Float32Array): number => differenceOf(a, b).maxRelDifference;

/** The loaded model's deploy form, and its bytes. */
async function deployed(): Promise<{ readonly bytes: Uint8Array; readonly input: Float32Array }> {
  const { model } = playground.state;
  if (!model) throw new Error('no model is loaded');
  const { units, input } = model.description.forms.deploy;
  const bytes = must(await playground.segments(0, units.length - 1));
  return { bytes, input: randomTensor(elementCount(input.shape), units.length) };
}

describe('our engine', () => {
  it.each(SHIPPED_MODELS)(
    'computes $id as onnxruntime-web does, in every configuration, on one thread and on two',
    async ({ id }) => {
      const loaded = must(await playground.loadModel(id));
      const ids = loaded.published.elastic?.configurations.map((each) => each.id) ?? [null];
      const [one, two] = [await openStage('wasm:1'), await openStage('wasm:2')];
      for (const [i, configuration] of ids.entries()) {
        if (configuration !== null) must(await playground.chooseConfiguration(configuration));
        const { bytes, input } = await deployed();
        const { fused, ort } = await outputsOf(i % 2 === 0 ? one : two, bytes, input);
        expect(worst(ort, fused), `${id} ${configuration ?? ''}`).toBeLessThan(1e-4);
      }
    },
    120_000,
  );

  it('leaves what it cannot run to onnxruntime-web, and says why', async () => {
    const client = await openStage('wasm:1');
    let refused = 0;
    for (const { model, name } of FAMILIES) {
      const bytes = serializeModel(model);
      const loaded = must(await client.worker.call((remote) => remote.load('family', bytes)));
      expect(loaded.engine === 'fused', name).toBe(loaded.obstacle === null);
      if (loaded.engine === 'ort') refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(FAMILIES.length);
  });

  it('is not asked where onnxruntime-web is wanted', async () => {
    const client = await openStage('wasm:1');
    const bytes = repNetBytes();
    must(await client.worker.call((remote) => remote.prefer('ort')));
    const loaded = must(await client.worker.call((remote) => remote.load('family', bytes)));
    expect(loaded).toMatchObject({ engine: 'ort', obstacle: null });
  });

  it('computes in fp32 on a GPU that has nothing else, whatever is preferred, and says so', async () => {
    const client = await openStage('webgpu');
    const bytes = repNetBytes();
    const precisionOf = async (precision?: PrecisionPreference): Promise<string> => {
      const loaded = await client.worker.call((remote) => remote.load('tiny', bytes, 'fused', precision));
      return `${must(loaded).engine} ${must(loaded).precision}`;
    };
    expect([await precisionOf(), await precisionOf('fastest')]).toEqual(['fused fp32', 'fused fp32']);
  });

  it('uses the kernels that another worker measured', async () => {
    const [one, other] = [await openStage('wasm:1'), await openStage('wasm:2')];
    must(await playground.loadModel('rep-digits'));
    const { bytes, input } = await deployed();
    const tuning = must(await one.worker.call((remote) => remote.tune(bytes, 5)));
    expect(tuning.length).toBeGreaterThan(2);
    must(await other.worker.call((remote) => remote.adopt(tuning)));
    const { fused, ort } = await outputsOf(other, bytes, input);
    expect(worst(ort, fused)).toBeLessThan(1e-4);
  });
});
