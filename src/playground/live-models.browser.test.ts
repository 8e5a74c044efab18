import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { completed, untilLive, watchTraffic, type Traffic } from '../fixtures/live.ts';
import { image, modelOf, node, randomWeights } from '../fixtures/graph.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { must } from '../fixtures/workers.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { show, switchModel } from './journey.ts';
import { Playground } from './playground.ts';
import { segmentName } from './run-plan.ts';
import type { LiveState, PlaygroundState } from './state.ts';

const SWITCHES = 20;
const TIMEOUT = 300_000;

/** Three classes, where the tiny model has ten. */
function otherModel(): Uint8Array<ArrayBuffer> {
  const nodes = [node('Conv', ['x', 'w'], 'c'), node('Relu', ['c'], 'a'), node('Flatten', ['a'], 'y')];
  return serializeModel(
    modelOf({
      inputs: [image('x', [1, 3, 4, 4])],
      outputs: [image('y', [1, 3])],
      nodes,
      initializers: { w: randomWeights([3, 3, 4, 4], 1) },
    }),
  );
}

let playground: Playground;
let traffic: Traffic;
beforeEach(() => {
  traffic = watchTraffic();
  playground = new Playground();
});
afterEach(async () => {
  await playground.live.stop();
  playground.pool.close();
  vi.unstubAllGlobals();
});

const until = (ready: (live: LiveState) => boolean): Promise<LiveState> => untilLive(playground.store, ready);

async function photo(): Promise<File> {
  const canvas = new OffscreenCanvas(40, 40);
  canvas.getContext('2d')?.fillRect(0, 0, 20, 40);
  return new File([await canvas.convertToBlob()], 'photo.png');
}

it(
  'another model, twenty times while frames flow: live goes on with it, and nothing of the one before is left',
  { timeout: TIMEOUT },
  async () => {
    const models = [
      { name: 'ten.onnx', bytes: repNetBytes(), classes: 10 },
      { name: 'three.onnx', bytes: otherModel(), classes: 3 },
    ] as const;
    const load = (at: number) => {
      const { name, bytes } = models[at % 2 === 0 ? 0 : 1];
      return playground.loadModelFile(name, bytes);
    };
    must(await load(0));
    must(await show(playground, { kind: 'image', file: await photo() }));
    await until((state) => completed(state) > 0);
    const stale: PlaygroundState[] = [];
    playground.store.subscribe((state) => {
      const shown = state.live.top.length;
      if (shown > 0 && shown !== Math.min(5, state.model?.labels.length ?? 0)) stale.push(state);
    });
    for (let at = 1; at <= SWITCHES; at++) {
      must(await switchModel(playground, () => load(at)));
      const { classes, name } = models[at % 2 === 0 ? 0 : 1];
      const { top } = await until((state) => state.status === 'on' && completed(state) > 0);
      expect(playground.state.model?.manifest.name).toBe(name);
      expect(top).toHaveLength(Math.min(5, classes));
      // The model's worker and one that runs it.
      expect(traffic.workers()).toBe(2);
    }
    expect(stale).toEqual([]);
    expect(playground.state.notice).toBeNull();
    await playground.live.stop();
    expect(traffic.openPorts()).toBe(0);
    const [client] = must(await playground.pool.acquire(['wasm:1']));
    const whole = segmentName({ fromUnit: 0, toUnit: 6 }, 'own-model');
    const left = await client?.worker.call((remote) => remote.run(whole, new Float32Array(3072)));
    expect(left).toMatchObject({ ok: false, error: { code: 'engine-failed' } });
  },
);

it(
  'several switches at once: one is done, the others are told to wait, and live goes on',
  { timeout: TIMEOUT },
  async () => {
    must(await playground.loadModelFile('ten.onnx', repNetBytes()));
    must(await show(playground, { kind: 'image', file: await photo() }));
    await until((state) => completed(state) > 0);
    const switching = Array.from({ length: 5 }, () =>
      switchModel(playground, () => playground.loadModelFile('three.onnx', otherModel())),
    );
    const outcomes = await Promise.all(switching);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.code]))).toEqual(
      Array.from({ length: 4 }, () => 'busy'),
    );
    const { top } = await until((state) => state.status === 'on' && completed(state) > 3);
    expect(top).toHaveLength(3);
    expect(traffic.workers()).toBe(2);
  },
);
