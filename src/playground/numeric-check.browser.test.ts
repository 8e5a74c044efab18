import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClockSource, openLiveBench, planOn } from '../fixtures/live.ts';
import { tinyLoadedModel } from '../fixtures/loaded-model.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { closeAll, must, openModelWorker, openStages, openTinyModel } from '../fixtures/workers.ts';
import { uniform } from '../core/random.ts';
import { ok, type Result } from '../core/result.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { NumericCheck } from './numeric-check.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import { loadStages } from './run-plan.ts';

/** Noise, and how often it was asked for. */
function source() {
  const next = uniform(3);
  const pixels = Uint8ClampedArray.from({ length: 40 * 40 * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : 256 * next(),
  );
  const counted = {
    captures: 0,
    capture: () => {
      counted.captures += 1;
      return createImageBitmap(new ImageData(pixels.slice(), 40, 40));
    },
  };
  return counted;
}

let segments: Segments;
/** Of a model with other weights. */
let wrong: Segments;
let clients: readonly StageClient[];
beforeAll(async () => {
  ({ segments } = await openTinyModel());
  const other = openModelWorker();
  must(await other.call((remote) => remote.open(repNetBytes(2))));
  wrong = (from, to) => other.call((remote) => remote.segment('deploy', from, to));
  clients = await openStages(['wasm:1', 'webgpu']);
});
afterAll(closeAll);

const MIXED = ['wasm:1', 'webgpu'] as const;

async function checkOnce(
  entry: PlanEntry,
  from: Segments,
  check = new NumericCheck(),
  model = tinyLoadedModel(),
): Promise<{ readonly result: Result<null>; readonly captures: number }> {
  const loaded = must(await loadStages(entry, clients, from));
  const pictures = source();
  const result = await check.check({ entry, loaded, model, segments, source: pictures });
  return { result, captures: pictures.captures };
}

describe('the first frame of a plan with a GPU', () => {
  it.each(['pipeline', 'replicated'] as const)(
    '%s: passes where outputs agree, once a model',
    async (kind) => {
      const check = new NumericCheck();
      const model = tinyLoadedModel();
      const entry = planOn(kind, MIXED);
      expect(await checkOnce(entry, segments, check, model)).toEqual({ result: ok(null), captures: 1 });
      expect(await checkOnce(entry, segments, check, model)).toEqual({ result: ok(null), captures: 0 });
      expect(await checkOnce(entry, segments, check)).toEqual({ result: ok(null), captures: 1 });
    },
  );

  it.each(['pipeline', 'replicated'] as const)(
    '%s: fails where a processor computes something else',
    async (kind) => {
      const { result } = await checkOnce(planOn(kind, MIXED), (from, to) =>
        from > 0 || kind === 'replicated' ? wrong(from, to) : segments(from, to),
      );
      expect(result).toMatchObject({ ok: false, error: { code: 'gpu-wrong' } });
    },
  );

  it('runs on a WASM worker of its own where the plan has none', async () => {
    const entry = planOn('single', ['webgpu', 'webgpu']);
    const [, gpu] = clients;
    const loaded = must(await loadStages(entry, gpu ? [gpu] : [], wrong));
    const result = await new NumericCheck().check({
      entry: null,
      loaded,
      model: tinyLoadedModel(),
      segments,
      source: source(),
    });
    expect(result).toMatchObject({ ok: false, error: { code: 'gpu-wrong' } });
  });

  it('is left out where racing has compared, and believes what it found', async () => {
    const raced = (maxRelDifference: number): PlanEntry => ({
      ...planOn('pipeline', MIXED),
      equality: { maxAbsDifference: 1, maxRelDifference, inOrder: true, frames: 6 },
    });
    expect(await checkOnce(raced(1e-6), segments)).toEqual({ result: ok(null), captures: 0 });
    expect(await checkOnce(raced(0.2), segments)).toEqual({
      result: { ok: false, error: { code: 'gpu-wrong', difference: 0.2 } },
      captures: 0,
    });
  });

  it('is left out of plans without a GPU', async () => {
    const loaded = must(await loadStages(planOn('single', ['wasm:1', 'wasm:1']), clients, wrong));
    const pictures = source();
    const model = tinyLoadedModel();
    const checked = { entry: null, loaded, model, segments, source: pictures };
    expect(await new NumericCheck().check(checked)).toEqual(ok(null));
    expect(pictures.captures).toBe(0);
  });
});

describe('live', () => {
  it('says that the GPU computes wrongly, and goes on with WASM', async () => {
    const bench = await openLiveBench();
    // Only the GPU's stage ends before the last unit.
    const { host } = bench.live as unknown as { readonly host: { segments: Segments } };
    host.segments = (from, to) => (to === 6 ? segments(from, to) : wrong(from, to));
    const chosen = planOn('pipeline', ['webgpu', 'wasm:1']);
    bench.choose(chosen);
    must(await bench.live.start(() => Promise.resolve(ok(new ClockSource(20)))));
    const on = await bench.until(({ figures }) => (figures?.throughputFps ?? 0) > 0);
    expect(bench.reported.map(({ code }) => code)).toEqual(['gpu-wrong']);
    expect(JSON.stringify(on.plan ?? 'wasm')).not.toContain('webgpu');
    await bench.live.stop();
    bench.pool.close();
  });
});
