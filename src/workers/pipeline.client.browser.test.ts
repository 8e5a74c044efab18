import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../core/errors.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { tinyLoadedModel } from '../fixtures/loaded-model.ts';
import { repNet } from '../fixtures/models.ts';
import { evaluate } from '../fixtures/reference.ts';
import { closeAll, must, openStage, openStages, openTinyModel, type TinyModel } from '../fixtures/workers.ts';
import { Pipeline, type PipelineOptions } from './pipeline.client.ts';
import type { FrameMessage, ResultMessage } from './stage.api.ts';
import type { StageClient } from './stage.client.ts';

const FRAMES = 12;
const LAST_UNIT = 6;
const inputs = Array.from({ length: FRAMES }, (_, i) => randomTensor(3 * 32 * 32, i + 1));

let model: TinyModel;
/** Outputs of the whole deploy form on one WASM worker. */
let wasmOutputs: readonly Float32Array[];

beforeAll(async () => {
  model = await openTinyModel();
  const { worker } = await openStage('wasm:1', 'reference');
  const whole = must(await model.segments(0, LAST_UNIT));
  must(await worker.call((remote) => remote.load('whole', whole)));
  const outputs: Float32Array[] = [];
  for (const input of inputs) outputs.push(must(await worker.call((remote) => remote.run('whole', input))));
  wasmOutputs = outputs;
});
afterAll(closeAll);

type Plan = Pick<PipelineOptions, 'stages' | 'depth'>;

/** Loads one stage a group of clients; the stage after `cuts[s]` belongs to the next group. */
async function planOf(groups: readonly (readonly StageClient[])[], cuts: readonly number[]): Promise<Plan> {
  const stages: PipelineOptions['stages'][number][] = [];
  for (const [s, clients] of groups.entries()) {
    const bytes = must(await model.segments(s === 0 ? 0 : (cuts[s - 1] ?? 0) + 1, cuts[s] ?? LAST_UNIT));
    for (const client of clients) must(await client.worker.call((remote) => remote.load('stage', bytes)));
    const members = clients.map((client) => ({ client, segment: 'stage' }));
    stages.push({ members, deal: members.map((_, m) => m) });
  }
  return { stages, depth: groups.flat().length + (groups[0]?.length ?? 0) };
}

const stagesOf = (clients: readonly StageClient[], cuts: readonly number[]): Promise<Plan> =>
  planOf(
    clients.map((client) => [client]),
    cuts,
  );

interface Watched {
  readonly pipeline: Pipeline;
  readonly results: readonly ResultMessage[];
  readonly failures: readonly AppError[];
  /** Most frames that were ever in flight. */
  readonly peak: () => number;
  /**
   * Sends that many frames, the inputs round and round unless told, as credits allow; resolves when all came back or one failed.
   */
  readonly run: (frames: number, payloadOf?: (frame: number) => FrameMessage['payload']) => Promise<void>;
}

async function watched(plan: Plan, more: Partial<PipelineOptions> = {}): Promise<Watched> {
  const results: ResultMessage[] = [];
  const failures: AppError[] = [];
  let peak = 0;
  let done: () => void = () => undefined;
  const pipeline = must(
    await Pipeline.start({
      ...plan,
      imageInput: null,
      wantsOutput: true,
      onResult: (result) => results.push(result),
      onFailure: (error) => {
        failures.push(error);
        done();
      },
      ...more,
    }),
  );
  const run: Watched['run'] = (frames, payloadOf = (i) => randomTensor(3 * 32 * 32, (i % FRAMES) + 1)) =>
    new Promise((resolve) => {
      done = resolve;
      let sent = 0;
      const pump = (): void => {
        while (sent < frames && pipeline.hasCredit) {
          if (pipeline.submit(payloadOf(sent)) !== null) sent += 1;
        }
        peak = Math.max(peak, pipeline.inFlight);
        if (pipeline.inFlight === 0) resolve();
      };
      pipeline.whenCredit(pump);
      pump();
    });
  return { pipeline, results, failures, peak: () => peak, run };
}

describe('a pipeline of two processors', () => {
  it.each<[ProcessorId, ProcessorId, number]>([
    ['webgpu', 'wasm:1', 1],
    ['wasm:1', 'webgpu', 2],
    ['wasm:1', 'wasm:1', 1],
  ])('%s → %s, cut after unit %i: outputs as on one WASM worker, in order', async (first, second, cut) => {
    const { pipeline, results, failures, peak, run } = await watched(
      await stagesOf(await openStages([first, second]), [cut]),
    );
    await run(FRAMES);
    await pipeline.stop();
    expect(failures).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(inputs.map((_, i) => i));
    for (const { id, output, top, spans } of results) {
      const reference = wasmOutputs[id] ?? [];
      expect(differenceOf(reference, output ?? []).maxRelDifference).toBeLessThanOrEqual(1e-4);
      expect(
        differenceOf(evaluate(repNet(), inputs[id] ?? []).data, output ?? []).maxRelDifference,
      ).toBeLessThanOrEqual(1e-4);
      expect(top).toHaveLength(5);
      expect(spans.map(({ stage }) => stage)).toEqual([0, 1]);
      expect(spans.every(({ start, end }) => end >= start)).toBe(true);
    }
    // Two outputs that must differ, or the comparison above would prove nothing.
    expect(differenceOf(wasmOutputs[0] ?? [], wasmOutputs[1] ?? []).maxRelDifference).toBeGreaterThan(1e-3);
    expect(peak()).toBeLessThanOrEqual(pipeline.depth);
  });

  it('keeps outputs to itself unless asked for them', async () => {
    const { pipeline, results, run } = await watched(await stagesOf(await openStages(['wasm:1']), []), {
      wantsOutput: false,
    });
    await run(FRAMES);
    await pipeline.stop();
    expect(results).toHaveLength(FRAMES);
    expect(results.every(({ output, top }) => output === null && top.length === 5)).toBe(true);
  });
});

describe('pictures', () => {
  const bitmapOf = (seed: number): Promise<ImageBitmap> => {
    const values = randomTensor(4 * 48 * 40, seed + 1);
    const pixels = Uint8ClampedArray.from(values, (value, i) => (i % 4 === 3 ? 255 : 128 + 60 * value));
    return createImageBitmap(new ImageData(pixels, 48, 40));
  };

  it.each<[string, readonly (readonly ProcessorId[])[], readonly number[]]>([
    ['the GPU alone', [['webgpu']], []],
    ['the GPU, cut in the middle', [['webgpu'], ['wasm:1']], [1]],
    ['the GPU and a thread in turns', [['webgpu', 'wasm:1']], []],
    ['the GPU in the second stage', [['wasm:1'], ['webgpu']], [2]],
  ])('%s: outputs as on one WASM worker', async (_, groups, cuts) => {
    const { input: imageInput } = tinyLoadedModel().manifest;
    const outputsOf = async (plan: Plan) => {
      const { pipeline, results, failures, run } = await watched(plan, { imageInput });
      const pictures = await Promise.all(inputs.map((_, i) => bitmapOf(i)));
      await run(FRAMES, (i) => pictures[i] ?? new Float32Array());
      await pipeline.stop();
      expect(failures).toEqual([]);
      return results;
    };
    const expected = await outputsOf(await stagesOf(await openStages(['wasm:1']), []));
    const clients: (readonly StageClient[])[] = [];
    for (const group of groups) clients.push(await openStages(group));
    const found = await outputsOf(await planOf(clients, cuts));
    for (const [i, { output, spans }] of found.entries()) {
      const { maxRelDifference } = differenceOf(expected[i]?.output ?? [], output ?? []);
      expect(maxRelDifference).toBeLessThanOrEqual(1e-4);
      // Only where pictures come in is there a time at which they were tensors.
      const [{ start, ready, end } = { start: 0, end: 0 }, second] = spans;
      expect(ready).toBeGreaterThanOrEqual(start);
      expect(ready).toBeLessThanOrEqual(end);
      expect(second?.ready).toBeUndefined();
    }
    const [one, other] = found.map(({ output }) => output ?? new Float32Array());
    expect(differenceOf(one ?? [], other ?? []).maxRelDifference).toBeGreaterThan(1e-3);
  });
});

describe('replicated stages', () => {
  it.each<[string, readonly (readonly ProcessorId[])[], readonly number[]]>([
    ['two processors take whole frames in turn', [['wasm:1', 'wasm:1']], []],
    ['a fast one and a slow one', [['wasm:1', 'webgpu']], []],
    ['the first stage of a pipeline', [['wasm:1', 'wasm:1'], ['wasm:1']], [1]],
    ['the last stage of a pipeline', [['wasm:1'], ['wasm:1', 'wasm:1']], [3]],
    [
      'every stage',
      [
        ['wasm:1', 'wasm:1'],
        ['wasm:1', 'wasm:1'],
      ],
      [2],
    ],
  ])(
    '%s: outputs as on one WASM worker, in order, each once',
    { timeout: 60_000 },
    async (_, groups, cuts) => {
      const clients: (readonly StageClient[])[] = [];
      for (const group of groups) clients.push(await openStages(group));
      const { pipeline, results, failures, peak, run } = await watched(await planOf(clients, cuts));
      await run(3 * FRAMES);
      await pipeline.stop();
      expect(failures).toEqual([]);
      expect(results.map(({ id }) => id)).toEqual(Array.from({ length: 3 * FRAMES }, (_, i) => i));
      const tolerance = groups.flat().includes('webgpu') ? 1e-3 : 1e-5;
      for (const { id, output, spans } of results) {
        const reference = wasmOutputs[id % FRAMES] ?? [];
        expect(differenceOf(reference, output ?? []).maxRelDifference).toBeLessThanOrEqual(tolerance);
        expect(spans.map(({ stage, member }) => [stage, member])).toEqual(
          groups.map((group, s) => [s, id % group.length]),
        );
      }
      expect(peak()).toBeLessThanOrEqual(pipeline.depth);
    },
  );
});

describe('back-pressure', () => {
  it('gives out one credit a stage and a spare, and takes nothing without one', async () => {
    const { pipeline } = await watched(await stagesOf(await openStages(['wasm:1', 'wasm:1']), [3]));
    expect(pipeline.depth).toBe(3);
    const frames = Array.from({ length: 5 }, (_, i) => randomTensor(3 * 32 * 32, i));
    expect(frames.map((frame) => pipeline.submit(frame))).toEqual([0, 1, 2, null, null]);
    expect(pipeline.hasCredit).toBe(false);
    expect(pipeline.inFlight).toBe(3);
    // What was sent is gone from here; what was refused is still ours.
    expect(frames.map((frame) => frame.length)).toEqual([0, 0, 0, 3072, 3072]);
    await pipeline.stop();
    expect(pipeline.submit(randomTensor(3072, 1))).toBeNull();
  });
});

/** Raw worker of a client, to end it behind the client's back. */
const rawWorker = ({ worker }: StageClient): Worker =>
  (worker as unknown as { readonly worker: Worker }).worker;

describe('faults', () => {
  it.each<[string, (client: StageClient) => void, AppError['code']]>([
    ['was ended', (client) => client.worker.terminate(), 'cancelled'],
    // Comlink maps over the arguments: these make its handler throw, as any bug in the worker would.
    [
      'threw outside any call',
      (client) => rawWorker(client).postMessage({ argumentList: 1 }),
      'worker-failed',
    ],
    ['was killed without an event', (client) => rawWorker(client).terminate(), 'worker-failed'],
  ])('reports a stage whose worker %s, and can be stopped', { timeout: 90_000 }, async (_, kill, code) => {
    const clients = await openStages(['wasm:1', 'wasm:1']);
    const { pipeline, failures, run } = await watched(await stagesOf(clients, [2]), { stallSeconds: 2 });
    const ran = run(Infinity);
    const [, second] = clients;
    if (second) kill(second);
    await ran;
    await pipeline.stop();
    expect(failures[0]?.code).toBe(code);
    expect(second?.worker.hasFailed).toBe(true);
  });

  it('reports a frame that the model refuses, with its stage, and gives the credit back', async () => {
    const { pipeline, failures, results } = await watched(await stagesOf(await openStages(['wasm:1']), []));
    const freed = new Promise<void>((resolve) => pipeline.whenCredit(resolve));
    pipeline.submit(new Float32Array(5));
    await freed;
    expect(failures).toMatchObject([{ code: 'engine-failed', processor: 'wasm:1' }]);
    expect(results).toEqual([]);
    expect(pipeline.inFlight).toBe(0);
    await pipeline.stop();
  });

  it('does not start on a segment that is not loaded', async () => {
    const client = await openStage('wasm:1');
    const started = await Pipeline.start({
      stages: [{ members: [{ client, segment: 'missing' }], deal: [0] }],
      depth: 1,
      imageInput: null,
      wantsOutput: false,
      onResult: () => undefined,
      onFailure: () => undefined,
    });
    expect(started).toMatchObject({ ok: false, error: { code: 'engine-failed' } });
  });
});
