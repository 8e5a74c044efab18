/** @file Our engine against onnxruntime-web, on the models that ship, in every configuration; real workers. */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PrecisionPreference } from '../core/engine.ts';
import { elementCount } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { FAMILIES } from '../fixtures/families.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openStage } from '../fixtures/workers.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { formOf, openSubject, segmentsOf, type Subject } from './experiment/subject.ts';
import { SHIPPED_MODELS } from './shipped-models.ts';

afterAll(closeAll);

/** The model, composed and fused; not proven equal in both forms, which takes longer than what is compared here. */
async function opened(model: string): Promise<Subject> {
  const work = { signal: new AbortController().signal, onProgress: () => undefined };
  const subject = must(await openSubject({ model, deletion: null }, work));
  onTestFinished(() => subject.worker.terminate());
  return subject;
}

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

/** The deploy form as bytes, and an input. */
async function deployed(
  subject: Subject,
): Promise<{ readonly bytes: Uint8Array; readonly input: Float32Array }> {
  const { units, input } = formOf(subject, 'deploy');
  const bytes = must(await segmentsOf(subject, 'deploy')(0, units.length - 1));
  return { bytes, input: randomTensor(elementCount(input.shape), units.length) };
}

describe('our engine', () => {
  it.each(SHIPPED_MODELS)(
    'computes $id as onnxruntime-web does, in every configuration, on one thread and on two',
    async ({ id }) => {
      const subject = await opened(id);
      const ids = subject.manifest.elastic?.configurations.map((each) => each.id) ?? [null];
      const [one, two] = [await openStage('wasm:1'), await openStage('wasm:2')];
      for (const [i, configuration] of ids.entries()) {
        const { worker, description: first } = subject;
        const description =
          configuration === null ? first : must(await worker.call((remote) => remote.compose(configuration)));
        const { bytes, input } = await deployed({ ...subject, description });
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
    const { bytes, input } = await deployed(await opened('rep-digits'));
    const tuning = must(await one.worker.call((remote) => remote.tune(bytes, 5)));
    expect(tuning.length).toBeGreaterThan(2);
    must(await other.worker.call((remote) => remote.adopt(tuning)));
    const { fused, ort } = await outputsOf(other, bytes, input);
    expect(worst(ort, fused)).toBeLessThan(1e-4);
  });
});
