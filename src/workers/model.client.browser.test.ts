import { afterAll, describe, expect, it } from 'vitest';
import { elasticCalibration, elasticManifest, elasticModel } from '../fixtures/elastic.ts';
import { corruptModelBytes, repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openModelWorker, openStage, openTinyModel } from '../fixtures/workers.ts';
import { parseModel } from '../core/onnx/parse.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';

afterAll(closeAll);

describe('the model worker', () => {
  it('fuses a model and describes both forms', async () => {
    const { description } = await openTinyModel();
    expect(description.forms['multi-branch'].operators).toMatchObject({
      Conv: 8,
      BatchNormalization: 10,
      Add: 6,
    });
    expect(description.forms.deploy.operators).toMatchObject({ Conv: 4, Relu: 4, Gemm: 1 });
    expect(description.forms.deploy.units).toHaveLength(7);
    expect(description.fusion.kept).toEqual([]);
    expect(description.seconds).toBeGreaterThan(0);
  });

  it('hands out segments that begin and end at the cut', async () => {
    const { segments } = await openTinyModel();
    const { graph } = must(parseModel(must(await segments(1, 2))));
    expect(graph.inputs).toEqual([{ name: 'block0', dtype: 'float32', shape: [1, 8, 16, 16] }]);
    expect(graph.outputs).toEqual([{ name: 'block2', dtype: 'float32', shape: [1, 16, 8, 8] }]);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Conv', 'Relu', 'Conv', 'Relu']);
    expect(graph.initializers.size).toBe(4);
  });

  it('refuses a corrupt model and keeps the one it has', async () => {
    const { worker, segments } = await openTinyModel();
    const before = must(await segments(0, 6));
    expect(await worker.call((remote) => remote.open(corruptModelBytes()))).toMatchObject({
      ok: false,
      error: { code: 'model-invalid' },
    });
    expect(must(await segments(0, 6))).toEqual(before);
  });

  it('says so when there is no model, and when there are no such units', async () => {
    const worker = openModelWorker();
    expect(await worker.call((remote) => remote.segment('deploy', 0, 0))).toMatchObject({
      ok: false,
      error: { code: 'worker-failed', detail: 'no model is open' },
    });
    must(await worker.call((remote) => remote.open(repNetBytes())));
    expect(await worker.call((remote) => remote.segment('deploy', 0, 99))).toMatchObject({
      ok: false,
      error: { code: 'worker-failed' },
    });
    expect((await worker.call((remote) => remote.segment('deploy', 0, 6))).ok).toBe(true);
  });
});

describe('an elastic model in the worker', () => {
  const source = {
    elastic: elasticManifest(),
    calibration: elasticCalibration(),
    configuration: '16-333',
  };
  async function openElastic() {
    const worker = openModelWorker();
    const bytes = serializeModel(elasticModel());
    const description = must(await worker.call((remote) => remote.open(bytes, { elastic: source })));
    return { worker, description };
  }

  it('opens in the configuration asked for, and composes another', async () => {
    const { worker, description } = await openElastic();
    expect(description.forms.deploy.operators).toMatchObject({ Conv: 3 });
    const smaller = must(await worker.call((remote) => remote.compose('8-310')));
    expect(smaller.forms.deploy.operators).toMatchObject({ Conv: 2 });
    expect(smaller.forms.deploy.input.shape).toEqual([1, 3, 8, 8]);
    expect(smaller.fusion.kept).toEqual([]);
    // And back: nothing of the larger one was lost.
    const again = must(await worker.call((remote) => remote.compose('16-333')));
    expect(again.forms.deploy).toEqual(description.forms.deploy);
  });

  it('both forms of every configuration compute the same in the engine', async () => {
    const { worker } = await openElastic();
    const stage = await openStage('wasm:1');
    const outputs = new Map<string, Float32Array>();
    for (const { id, side } of source.elastic.configurations) {
      const { forms } = must(await worker.call((remote) => remote.compose(id)));
      const input = randomTensor(3 * side * side, 7);
      const results: Float32Array[] = [];
      for (const form of ['multi-branch', 'deploy'] as const) {
        const last = forms[form].units.length - 1;
        const bytes = must(await worker.call((remote) => remote.segment(form, 0, last)));
        must(await stage.worker.call((remote) => remote.load(form, bytes)));
        results.push(must(await stage.worker.call((remote) => remote.run(form, input))));
      }
      const [trained = new Float32Array(), fused = new Float32Array()] = results;
      expect(differenceOf(trained, fused).maxRelDifference, id).toBeLessThan(1e-5);
      outputs.set(id, fused);
    }
    // Statistics and kinds matter: no two configurations of a side compute alike.
    const texts = [...outputs.values()].map((values) => values.join());
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('times a composition and hands out its file without changing what it holds', async () => {
    const { worker, description } = await openElastic();
    const { seconds, onnx } = must(await worker.call((remote) => remote.tryComposition('16-310', 3)));
    expect(seconds).toHaveLength(3);
    const { graph } = must(parseModel(onnx));
    expect(graph.nodes.filter(({ opType }) => opType === 'Conv')).toHaveLength(2);
    const last = description.forms.deploy.units.length - 1;
    const held = must(await worker.call((remote) => remote.segment('deploy', 0, last)));
    expect(must(parseModel(held)).graph.nodes.filter(({ opType }) => opType === 'Conv')).toHaveLength(3);
  });

  it('refuses what the family has not, and keeps what it holds', async () => {
    const { worker } = await openElastic();
    for (const wanted of ['nothing', '']) {
      expect(await worker.call((remote) => remote.compose(wanted))).toEqual({
        ok: false,
        error: { code: 'configuration-unknown', model: 'fixture', id: wanted },
      });
    }
    expect((await worker.call((remote) => remote.segment('deploy', 0, 0))).ok).toBe(true);
    const plain = await openTinyModel();
    expect(await plain.worker.call((remote) => remote.compose('16-333'))).toMatchObject({
      error: { code: 'configuration-unknown' },
    });
    const short = { ...source, calibration: source.calibration.slice(2) };
    const bytes = serializeModel(elasticModel());
    expect(await openModelWorker().call((remote) => remote.open(bytes, { elastic: short }))).toMatchObject({
      error: { code: 'manifest-invalid' },
    });
  });
});
