import { afterAll, describe, expect, it } from 'vitest';
import { corruptModelBytes, repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openModelWorker, openTinyModel } from '../fixtures/workers.ts';
import { parseModel } from '../core/onnx/parse.ts';

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
