import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE, profileOf } from '../fixtures/profile.ts';
import { image, modelOf, node, randomWeights } from '../fixtures/graph.ts';
import { corruptModelBytes, repNet, repNetBytes } from '../fixtures/models.ts';
import { evaluate } from '../fixtures/reference.ts';
import { must } from '../fixtures/workers.ts';
import { inputTensor } from '../fixtures/input-tensor.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { uniform } from '../core/random.ts';
import { openImage } from '../platform/canvas-source.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { err, type Result } from '../core/result.ts';
import { Playground } from './playground.ts';
import type { LiveState } from './state.ts';

const TWO = ['wasm:1', 'wasm:1'] as const;

let playground: Playground;
beforeAll(async () => {
  playground = new Playground();
  must(await playground.loadModelFile('tiny.onnx', repNetBytes()));
});
beforeEach(() => playground.dismissNotice());
afterAll(async () => {
  await playground.live.stop();
  playground.pool.close();
});

/** A one-layer classifier of images with `channels` channels, around `opType`. */
function otherModel(channels: number, opType: string): Uint8Array<ArrayBuffer> {
  const nodes = [node('Conv', ['x', 'w'], 'c'), node(opType, ['c'], 'a'), node('Flatten', ['a'], 'y')];
  return serializeModel(
    modelOf({
      inputs: [image('x', [1, channels, 4, 4])],
      outputs: [image('y', [1, 2])],
      nodes,
      initializers: { w: randomWeights([2, channels, 4, 4], 1) },
    }),
  );
}

const noise = (): ImageData => {
  const next = uniform(77);
  const pixels = new Uint8ClampedArray(32 * 32 * 4).map((_, i) =>
    i % 4 === 3 ? 255 : Math.floor(256 * next()),
  );
  return new ImageData(pixels, 32, 32);
};

async function noisePng(): Promise<Blob> {
  const canvas = new OffscreenCanvas(32, 32);
  canvas.getContext('2d')?.putImageData(noise(), 0, 0);
  return canvas.convertToBlob();
}

describe('an own model', () => {
  it('is loaded, fused and proven equal', () => {
    const { model, modelTask } = playground.state;
    expect(modelTask).toEqual({ status: 'idle' });
    expect(model?.labels).toHaveLength(10);
    expect(model?.manifest).toMatchObject({
      name: 'tiny.onnx',
      input: { shape: [1, 3, 32, 32], colour: 'rgb' },
    });
    expect(model?.equivalence?.maxRelDifference).toBeLessThanOrEqual(1e-4);
    expect(model?.equivalence?.maxAbsDifference).toBeGreaterThan(0);
  });

  it.each([
    ['is damaged', corruptModelBytes(), 'model-invalid'],
    ['has no picture for an input', otherModel(2, 'Relu'), 'model-unsupported'],
    // Gelu came with operator set 20; the file says 17, so the engine refuses what we could read.
    ['the engine cannot run', otherModel(3, 'Gelu'), 'engine-failed'],
  ])('that %s leaves the one before in store and worker', async (_, bytes, code) => {
    const before = playground.state.model;
    const segment = must(await playground.segments(0, 6));
    const loaded = await playground.loadModelFile('bad.onnx', bytes);
    expect(loaded).toMatchObject({ ok: false, error: { code } });
    expect(playground.state.model).toBe(before);
    expect(playground.state.modelTask).toMatchObject({ status: 'failed', error: { code } });
    expect(playground.state.notice?.code).toBe(code);
    expect(must(await playground.segments(0, 6))).toEqual(segment);
  });

  it('classifies a picture as the reference interpreter does', async () => {
    const images = [{ name: 'noise.png', blob: await noisePng() }];
    const { results, engine } = must(await playground.classify(images, 'wasm:1'));
    expect(engine).toBe('fused');
    const [classified] = results;
    const input = playground.state.model?.manifest.input;
    if (!input) throw new Error('a model is loaded');
    const logits = evaluate(repNet(), inputTensor(noise(), { x: 0, y: 0, size: 32 }, input)).data;
    const best = logits.indexOf(Math.max(...logits));
    expect(classified).toMatchObject({
      image: 'noise.png',
      top: [{ index: best, label: `class ${best}` }, {}, {}, {}, {}],
    });
  });

  it('refuses a picture that is none', async () => {
    const junk = [{ name: 'junk.png', blob: new Blob(['junk']) }];
    expect(await playground.classify(junk, 'wasm:1')).toEqual({
      ok: false,
      error: { code: 'image-invalid', name: 'junk.png' },
    });
  });
});

describe('profiles of other devices', () => {
  it('are added, replaced when imported again, and removed', () => {
    const other = profileOf({ 'wasm:1.copy': 7 }, 'Other');
    for (const profile of [DEVICE, other, DEVICE]) must(playground.importProfile(JSON.stringify(profile)));
    expect(playground.state.imported.map(({ name }) => name)).toEqual(['Other', 'Test device']);
    playground.removeProfile(1);
    playground.removeProfile(5);
    expect(playground.state.imported).toEqual([other]);
  });
  it('that are junk change nothing but the notice', () => {
    const before = playground.state.imported;
    for (const junk of ['', 'null', '{"format":"ridgepoint-profile"}', 'x'.repeat(100_000)]) {
      expect(playground.importProfile(junk)).toMatchObject({ ok: false, error: { code: 'profile-invalid' } });
      expect(playground.state.notice?.code).toBe('profile-invalid');
    }
    expect(playground.state.imported).toBe(before);
  });
});

describe('measuring', () => {
  it('that is cancelled at once leaves no profile and no notice', async () => {
    const measuring = playground.measure();
    expect(playground.state.measureTask.status).toBe('running');
    playground.cancel();
    expect(await measuring).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(playground.state).toMatchObject({ profile: null, measureTask: { status: 'idle' }, notice: null });
  });

  it('keeps everything else waiting', async () => {
    const measuring = playground.measure();
    const error = { code: 'busy', doing: 'measuring the device' };
    expect(await playground.plan({})).toEqual({ ok: false, error });
    expect(await playground.loadModelFile('tiny.onnx', repNetBytes())).toEqual({ ok: false, error });
    playground.cancel();
    await measuring;
    expect(playground.state.model?.manifest.name).toBe('tiny.onnx');
  });
});

describe('planning', () => {
  it('needs a model and a profile', async () => {
    expect(await playground.plan({})).toEqual({ ok: false, error: { code: 'profile-missing' } });
    expect(await new Playground().plan({})).toMatchObject({ ok: false, error: { code: 'model-missing' } });
  });

  it('predicts without running anything', async () => {
    playground.store.setState({ profile: DEVICE });
    const report = must(await playground.plan({ processors: ['webgpu', 'wasm:1'], measure: 'none' }));
    // Two singles, both in turn, and six cuts in two orders.
    expect(report.considered).toBe(15);
    expect(report.plans).toHaveLength(12);
    expect(report.plans.every(({ measured, equality }) => measured === null && equality === null)).toBe(true);
    expect(report.chosen).toBe(report.plans[0]);
    const fastest = Math.max(...report.plans.map(({ predicted }) => predicted.throughputFps));
    expect(report.chosen.predicted.throughputFps).toBe(fastest);
    expect(report.bound.lpThroughputFps).toBeGreaterThanOrEqual(fastest);
    expect(report.units).toHaveLength(7);
    expect(playground.state.plan).toBe(report);
  });

  it('races the best plans and keeps a measured one', async () => {
    const report = must(await playground.plan({ processors: TWO, measure: 'best', roundSeconds: 0.1 }));
    const raced = report.plans.filter(({ measured }) => measured !== null);
    expect(raced.length).toBeGreaterThanOrEqual(2);
    for (const { equality, measured } of raced) {
      expect(equality?.inOrder).toBe(true);
      expect(equality?.maxRelDifference).toBeLessThanOrEqual(1e-5);
      expect(measured?.n).toBeGreaterThan(0);
    }
    const fastest = Math.max(...raced.map(({ measured }) => measured?.throughputFps ?? 0));
    const best = report.passedOver?.plan ?? report.chosen;
    expect(best.measured?.throughputFps).toBe(fastest);
    expect(report.singles).toHaveLength(1);
    // Calibrations are of onnxruntime-web alone.
    expect(report.costModels.map(({ id }) => id)).toEqual(['roofline', 'measured']);
    expect(report.costModels[0]?.mape).toBeGreaterThan(0);
    expect(report.costModels[1]?.mape).toBeNull();
    expect(playground.state.profile?.calibration).toBeUndefined();
  });

  it('keeps the plan in force when the next one is cancelled or impossible', async () => {
    const before = playground.state.plan;
    const planning = playground.plan({ processors: TWO });
    playground.cancel();
    expect(await planning).toEqual({ ok: false, error: { code: 'cancelled' } });
    // The profile knows nothing of three threads.
    expect(await playground.plan({ processors: ['wasm:3'], measure: 'none' })).toEqual({
      ok: false,
      error: { code: 'profile-missing' },
    });
    expect(playground.state.plan).toBe(before);
  });
});

describe('engines', () => {
  it('are compared without a change of plan', async () => {
    const before = playground.state.plan;
    expect(before?.engines).toMatchObject([{ processor: 'wasm:1', engine: 'fused', seconds: { ort: null } }]);
    const [use] = must(await playground.compareEngines());
    expect(use?.n).toBeGreaterThan(0);
    expect(use?.seconds.fused).toBeGreaterThan(0);
    expect(use?.seconds.ort).toBeGreaterThan(0);
    expect(playground.state.plan).toEqual({ ...before, engines: [use] });
    expect(playground.state.enginesTask).toEqual({ status: 'idle' });
  });

  it('that are no longer to be compared leave the report as it was', async () => {
    const before = playground.state.plan;
    const comparing = playground.compareEngines();
    playground.cancel();
    expect(await comparing).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(playground.state.plan).toBe(before);
  });

  it('are chosen by planning, and then run what is asked', async () => {
    const report = must(await playground.plan({ processors: TWO, engine: 'ort', roundSeconds: 0.1 }));
    expect(report.engines).toMatchObject([{ engine: 'ort', obstacle: null, seconds: { fused: null } }]);
    expect(playground.state.engine).toBe('ort');
    expect(report.costModels.map(({ id }) => id)).toEqual(['roofline', 'calibrated', 'measured']);
    expect(report.costModels[1]?.wholeError).toBeGreaterThan(0);
    expect(playground.state.profile?.calibration?.map(({ processor }) => processor)).toEqual(['wasm:1']);
    const images = [{ name: 'noise.png', blob: await noisePng() }];
    expect(must(await playground.classify(images, 'wasm:1')).engine).toBe('ort');
    expect(must(await playground.classify(images, 'wasm:1', 'fused')).engine).toBe('fused');
  });
});

describe('live', () => {
  const photo = async (): Promise<Result<FrameSource>> => openImage(await noisePng(), 'noise.png');
  const until = (ready: (live: LiveState) => boolean): Promise<LiveState> =>
    new Promise((resolve) => {
      const check = (): void => {
        const { live } = playground.state;
        if (!ready(live)) return;
        unsubscribe();
        resolve(live);
      };
      const unsubscribe = playground.store.subscribe(check);
      check();
    });
  const completed = ({ figures }: LiveState): number => figures?.completed ?? 0;

  it('runs the plan in force, survives the loss of its workers, and stops', async () => {
    must(await playground.live.start(photo));
    expect(playground.state.live).toMatchObject({ status: 'on', source: 'image', sourceLabel: 'noise.png' });
    const first = await until((live) => completed(live) > 3);
    expect(first.top).toHaveLength(5);
    expect(first.plan).toBe(playground.state.plan?.chosen);
    playground.pool.close();
    const after = await until(
      (live) => live.detour !== null && live.status === 'on' && live.traces.length > 0,
    );
    expect(after.source).toBe('image');
    await until((live) => completed(live) > completed(after) + 3);
    await playground.live.stop();
    expect(playground.state.live.status).toBe('off');
    expect(playground.live.source).toBeNull();
  });

  it('that finds no camera says so and is off', async () => {
    const error = { code: 'camera-unavailable', reason: 'denied' } as const;
    expect(await playground.live.start(() => Promise.resolve(err(error)))).toEqual({ ok: false, error });
    expect(playground.state).toMatchObject({ live: { status: 'off' }, notice: error });
  });
});
