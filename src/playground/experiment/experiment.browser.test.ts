import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Design } from '../../core/codesign/design.ts';
import { DEVICE } from '../../fixtures/profile.ts';
import { closeAll, must, openStages } from '../../fixtures/workers.ts';
import type { DesignSpace } from '../codesign/design-space.ts';
import { Playground } from '../playground.ts';
import { fetchIndex, imagesOf, type ImageIndex } from './labelled-images.ts';
import { measureAccuracy } from './measure-accuracy.ts';
import { ROW_IDS } from './report.ts';
import { formOf, openSubject, segmentsOf } from './subject.ts';

const CONFIGURATION = '20-3330301';
/** Which plan wins is not looked at. */
const PLAN_SECONDS = 0.05;
const WORK = { signal: new AbortController().signal, onProgress: () => undefined };

let playground: Playground;

/** A space whose only design is the smaller configuration, dealt to two workers. */
function spaceOf(units: number): DesignSpace {
  const design: Design = {
    id: 'small',
    model: 'rep-digits',
    configuration: CONFIGURATION,
    accuracy: 0.9911,
    plan: {
      kind: 'replicated',
      stages: [
        {
          processor: 'wasm:1',
          processorIndex: 0,
          fromUnit: 0,
          toUnit: units - 1,
          others: [{ processor: 'wasm:1', processorIndex: 1 }],
        },
      ],
    },
    predicted: { throughputFps: 1, latencySeconds: 1 },
    measured: { throughputFps: 1, latencySeconds: 1, n: 1, errors: { throughput: 0, latency: 0 } },
  };
  return {
    name: 'Rep-Digits',
    accuracy: { dataset: 'MNIST', split: 'test', n: 10_000, source: 'fixture' },
    configurations: [],
    processors: ['wasm:1', 'wasm:1'],
    considered: 1,
    designs: [design],
    front: [design.id],
    firstFrontSeconds: 1,
    verified: 1,
  };
}

beforeAll(async () => {
  playground = new Playground();
  const small = must(await playground.loadModel('rep-digits', CONFIGURATION));
  const units = small.description.forms.deploy.units.length;
  must(await playground.loadModel('rep-digits'));
  await playground.capabilities();
  playground.store.setState({ profile: DEVICE, codesign: spaceOf(units) });
});
afterAll(() => {
  playground.pool.close();
  closeAll();
});

describe('the experiment', () => {
  it('that is cancelled leaves no trace', async () => {
    const before = playground.state;
    const running = playground.experiment({ dataset: 'mnist', rounds: 1000, planSeconds: PLAN_SECONDS });
    await expect
      .poll(() => JSON.stringify(playground.state.experimentTask), { timeout: 50_000 })
      .toContain('Round 1 of');
    playground.cancel();
    expect(await running).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(playground.state).toEqual(before);
    const [client] = must(await playground.pool.acquire(['wasm:1', 'wasm:1']));
    for (const segment of ['fused: units 0–9', 'baseline: units 0–16']) {
      const left = await client?.worker.call((remote) => remote.run(segment, new Float32Array(784)));
      expect(left).toMatchObject({ ok: false, error: { detail: `segment “${segment}” is not loaded` } });
    }
  });

  it('runs every row in the same rounds, on engines that it names, and changes nothing else', async () => {
    const { model, plan } = playground.state;
    const report = must(
      await playground.experiment({ dataset: 'mnist', rounds: 3, planSeconds: PLAN_SECONDS }),
    );
    expect(report.rows.map(({ id }) => id)).toEqual(ROW_IDS);
    expect(report.missing).toEqual([]);
    const byId = new Map(report.rows.map((row) => [row.id, row]));
    for (const { id, throughputFps, fpsByRound, latencyMs, engines, gainOverFirst } of report.rows) {
      expect(fpsByRound, id).toHaveLength(3);
      expect(fpsByRound.every((fps) => fps > 0 && Number.isFinite(fps))).toBe(true);
      expect(throughputFps).toMatchObject({ n: 3, low: null });
      expect(latencyMs.median).toBeGreaterThan(0);
      expect(new Set(engines)).toEqual(new Set([id.startsWith('other-engine') ? 'ort' : 'fused']));
      expect(gainOverFirst).toBeGreaterThan(0);
    }
    expect(byId.get('baseline')).toMatchObject({ form: 'multi-branch', plan: { kind: 'single' } });
    expect(byId.get('co-design')).toMatchObject({
      configuration: CONFIGURATION,
      engines: ['fused', 'fused'],
      accuracy: { top1: 0.9911, source: 'manifest' },
    });
    expect(byId.get('deletion 3x3_1x1')).toMatchObject({ accuracy: null, deletion: { '1x1': 0 } });
    expect(byId.get('deletion 3x3_1x1')?.deletion?.identity).toBeGreaterThan(0);
    expect(byId.get('deletion 3x3_identity')?.deletion?.['1x1']).toBeGreaterThan(0);
    expect(report.gains).toHaveLength(13);
    expect(report.gains.every(({ median, n }) => Number.isFinite(median) && n === 3)).toBe(true);
    expect(report.fusion.maxRelDifference).toBeLessThan(1e-4);
    expect(playground.state).toMatchObject({ experiment: report, experimentTask: { status: 'idle' } });
    expect(playground.state.model).toBe(model);
    expect(playground.state.plan).toBe(plan);
  });
});

const SIDE = 28;
const urlOf = (part: BlobPart): string => {
  const url = URL.createObjectURL(new Blob([part]));
  onTestFinished(() => URL.revokeObjectURL(url));
  return url;
};

/** Light bars on dark, one a column or row: digits to nobody, but the network says something of each. */
const BARS = Array.from({ length: 12 }, (_, k) =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const across = k % 2 === 0 ? x : y;
    return Math.abs(across - 6 - k) < 2 && x > 4 && y > 4 && x < 24 && y < 24 ? 250 : 0;
  }),
);

const indexOf = (labels: readonly number[], change: Partial<ImageIndex> = {}): ImageIndex => ({
  gray: { width: SIDE, height: SIDE },
  batches: [0, 1].map((half) => ({
    url: urlOf(new Blob(BARS.slice(6 * half, 6 * half + 6))),
    images: labels
      .slice(6 * half, 6 * half + 6)
      .map((label, i) => ({ name: `bar ${6 * half + i}`, label, bytes: SIDE * SIDE })),
  })),
  ...change,
});

describe('accuracy', () => {
  it('counts what the network says first, and among five, over all workers and batches', async () => {
    const subject = must(await openSubject({ model: 'rep-digits', deletion: null }, WORK));
    onTestFinished(() => subject.worker.terminate());
    const clients = await openStages(['wasm:1', 'wasm:1']);
    const bytes = must(await segmentsOf(subject, 'deploy')(0, formOf(subject, 'deploy').units.length - 1));
    const { input } = subject.manifest;
    const [client] = clients;
    if (!client) throw new Error('two workers were asked for');
    must(await client.worker.call((remote) => remote.load('alone', bytes, 'fused')));
    const said: (readonly number[])[] = [];
    for (const batch of indexOf(BARS.map(() => 0)).batches) {
      for await (const image of imagesOf(indexOf([]), batch, WORK.signal)) {
        const { bitmap } = must(image);
        const { top } = must(await client.worker.call((remote) => remote.classify('alone', bitmap, input)));
        said.push(top.map(({ index }) => index));
      }
    }
    expect(new Set(said.map(([first]) => first)).size).toBeGreaterThan(1);
    // Of each four one label is the first, one the second, one the fifth, and one is not among the five.
    const labels = said.map((top, i) => {
      const rest = Array.from({ length: 10 }, (_, label) => label).filter((label) => !top.includes(label));
      return [top[0], top[1], top[4], rest[0]][i % 4] ?? 0;
    });
    const contender = { name: 'full', bytes, input, engine: 'fused' } as const;
    const measured = must(await measureAccuracy([contender], indexOf(labels), clients, WORK));
    expect(measured.get('full')).toEqual({ top1: 0.25, top5: 0.75, n: 12 });
  });

  it('refuses an index of something else, and a batch that is not as long as it says', async () => {
    expect(await fetchIndex(urlOf('{"batches": 3}'), WORK.signal)).toMatchObject({
      ok: false,
      error: { code: 'image-invalid' },
    });
    const index = indexOf(BARS.map(() => 0));
    const [batch] = index.batches;
    if (!batch) throw new Error('two batches were made');
    const short = { ...batch, images: batch.images.slice(1) };
    const first = await imagesOf(index, short, WORK.signal).next();
    expect(first.value).toMatchObject({ ok: false, error: { code: 'image-invalid' } });
  });
});
