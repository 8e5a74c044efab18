import { describe, expect, it } from 'vitest';
import { measurementOf, NotingWorkers, VISITING, type Asked } from '../../fixtures/measuring.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';
import type { Result } from '../../core/result.ts';
import type { BenchRequest } from '../../workers/bench.api.ts';
import { PROBE, type KernelMeasurement } from '../../workers/bench.client.ts';
import {
  identity,
  kernelProbe,
  latencyMetric,
  latencyStep,
  MeasureStep,
  rateMetric,
  rateStep,
  secondsOf,
  ShapeSearch,
  type StepParts,
} from './step.ts';

const FMA: BenchRequest = { kernel: 'wasm.fma.simd', params: { steps: 1000 } };
const COPY: BenchRequest = { kernel: 'wasm.copy', params: { arrayBytes: 4096 } };
const SHARED = { processor: 'wasm:1', warnings: [], unsupported: null } as const;
const METRIC = identity('wasm:1', 'fma.simd', 'compute');

function stepOf(parts: Partial<StepParts> = {}): MeasureStep {
  return new MeasureStep({
    ...SHARED,
    label: 'A step',
    metrics: [METRIC],
    probes: [kernelProbe(FMA)],
    summarise: (found) => found.map((each) => rateMetric(METRIC, each)),
    ...parts,
  });
}
const failure = (code: 'cancelled' | 'model-missing' = 'cancelled'): Result<never> => ({
  ok: false,
  error: { code },
});
const callsOf = (asked: readonly Asked[]): string[] =>
  asked.map(({ call, processor, skip }) => `${call} ${processor} ${skip}`);

describe('identity', () => {
  it.each([
    ['webgpu.copy', identity('webgpu', 'copy', 'bandwidth')],
    ['wasm:2.fma.relaxed', identity('wasm:2', 'fma.relaxed', 'compute', { threads: 2 })],
    ['webgpu.copy@262144', identity('webgpu', 'copy', 'bandwidth', { sizeBytes: 262_144 })],
    ['webgpu.intensity@0.25', identity('webgpu', 'intensity', 'compute', { operationalIntensity: 0.25 })],
    ['wasm:1.copy&webgpu', identity('wasm:1', 'copy', 'bandwidth', { beside: 'webgpu' })],
    ['webgpu.upload.latency', identity('webgpu', 'upload', 'latency', { suffix: '.latency' })],
    ['worker.hop.bandwidth', identity('worker', 'hop', 'bandwidth', { suffix: '.bandwidth' })],
  ])('%s', (id, found) => {
    expect(found.id).toBe(id);
  });
  it('holds what the id says, and no more', () => {
    expect(identity('wasm:2', 'copy', 'bandwidth', { threads: 2, beside: 'wasm:1' })).toEqual({
      id: 'wasm:2.copy&wasm:1',
      processor: 'wasm:2',
      kind: 'bandwidth',
      type: 'copy',
      threads: 2,
      beside: 'wasm:1',
    });
    expect(identity('webgpu', 'copy', 'bandwidth')).toEqual({
      id: 'webgpu.copy',
      processor: 'webgpu',
      kind: 'bandwidth',
      type: 'copy',
      threads: 1,
    });
  });
});

describe('a step', () => {
  it('has no figures before its first visit', () => {
    const step = stepOf();
    expect(step.id).toBe('wasm:1.fma.simd');
    expect(step.isSettled).toBe(false);
    expect(step.result()).toMatchObject([{ id: METRIC.id, status: 'error', median: null }]);
  });
  it('verifies at the first visit, and goes on from it in the second', async () => {
    const noting = new NotingWorkers();
    const step = stepOf();
    for (const samples of [3, 6]) {
      expect(await step.visit(noting.workers, VISITING)).toEqual({ ok: true, value: null });
      expect(step.result()).toMatchObject([{ status: 'ok', n: samples }]);
    }
    expect(noting.asked.map(({ visiting }) => visiting?.verify)).toEqual([true, false]);
    expect(noting.asked.map(({ earlier }) => earlier?.secondsPerIteration.length)).toEqual([undefined, 3]);
    expect(step.isSettled).toBe(true);
  });
  it('keeps what it found where a later visit fails', async () => {
    let works = true;
    const noting = new NotingWorkers(() => (works ? 1e-3 : failure()));
    const step = stepOf({ probes: [kernelProbe(FMA), kernelProbe(COPY)] });
    await step.visit(noting.workers, VISITING);
    const before = step.result();
    works = false;
    expect(await step.visit(noting.workers, VISITING)).toEqual(failure());
    // The second probe is not even tried.
    expect(noting.asked).toHaveLength(3);
    expect(step.result()).toEqual(before);
  });
  it('begins again, verified again and with a warning, after a loss', async () => {
    const noting = new NotingWorkers();
    const step = stepOf({ warnings: ['fallback-adapter'] });
    await step.visit(noting.workers, VISITING);
    step.restart('device-lost');
    step.restart('device-lost');
    expect(step.result()).toMatchObject([{ status: 'error' }]);
    await step.visit(noting.workers, VISITING);
    expect(noting.asked.at(-1)).toMatchObject({ earlier: null, visiting: { verify: true } });
    // Three samples are few, by the measurement's own account.
    const warnings = ['fallback-adapter', 'device-lost', 'few-samples'];
    expect(step.result()).toMatchObject([{ n: 3, warnings }]);
  });
  it('says why it is without figures', () => {
    expect(stepOf().without('skipped', 'no time')).toMatchObject([
      { status: 'skipped', reason: 'no time', n: 0 },
    ]);
  });
});

describe('a step beside another processor', () => {
  it.each([
    ['wasm:1', 'webgpu', 0],
    ['webgpu', 'wasm:2', 0],
    ['wasm:1', 'wasm:1', 1],
    ['wasm:2', 'wasm:1', 2],
  ] as const)('%s is measured while %s is busy, on workers of its own', async (processor, other, skip) => {
    const noting = new NotingWorkers();
    const beside = { processor: other as ProcessorId, request: () => COPY };
    const step = stepOf({ processor, beside });
    expect(await step.visit(noting.workers, VISITING)).toMatchObject({ ok: true });
    expect(callsOf(noting.asked)).toEqual([
      `busy ${other} ${skip}`,
      `measure ${processor} 0`,
      `rest ${other} ${skip}`,
    ]);
  });
  it('lets the other one rest where it fails itself', async () => {
    const noting = new NotingWorkers(({ call }) => (call === 'measure' ? failure() : 1e-3));
    const step = stepOf({ beside: { processor: 'webgpu', request: () => COPY } });
    expect(await step.visit(noting.workers, VISITING)).toEqual(failure());
    expect(noting.asked.map(({ call }) => call)).toEqual(['busy', 'measure', 'rest']);
  });
  it.each(['busy', 'rest'] as const)('has no figure where the other one could not: %s', async (failing) => {
    const noting = new NotingWorkers(({ call }) => (call === failing ? failure() : 1e-3));
    const step = stepOf({ beside: { processor: 'webgpu', request: () => COPY } });
    expect(await step.visit(noting.workers, VISITING)).toEqual(failure());
    expect(step.result()).toMatchObject([{ status: 'error' }]);
    expect(noting.asked.some(({ call }) => call === 'measure')).toBe(failing === 'rest');
  });
});

describe('the metric of a measurement', () => {
  const facts = { flopPerIteration: 4e6, bytesPerIteration: 2e6, workingSetBytes: 1e6 };
  it('is FLOP or bytes over seconds, with the working set where bytes are meant', () => {
    const compute = rateMetric(METRIC, measurementOf(1e-3, facts));
    expect(compute).toMatchObject({ unit: 'GFLOP/s', median: 4, n: 3, shape: 'a shape' });
    expect('sizeBytes' in compute).toBe(false);
    const copy = rateMetric(identity('wasm:1', 'copy', 'bandwidth'), measurementOf(1e-3, facts));
    expect(copy).toMatchObject({ unit: 'GB/s', median: 2, sizeBytes: 1e6 });
    const point = identity('webgpu', 'intensity', 'compute', { operationalIntensity: 2 });
    expect(rateMetric(point, measurementOf(1e-3, facts))).toMatchObject({ median: 4, sizeBytes: 1e6 });
  });
  it('has the timestamps beside it where there are some', () => {
    const stamped = measurementOf(1e-3, { ...facts, gpuSecondsPerIteration: [1e-3, 2e-3] });
    expect(rateMetric(METRIC, stamped)).toMatchObject({
      timestamp: { median: 3, n: 2 },
      warnings: ['few-samples', 'clocks-disagree'],
    });
    expect('timestamp' in rateMetric(METRIC, measurementOf(1e-3, facts))).toBe(false);
  });
  it('says where less memory was granted', () => {
    const smaller = measurementOf(1e-3, { ...facts, isSmaller: true });
    expect(rateMetric(METRIC, smaller).warnings).toEqual(['few-samples', 'smaller-size']);
    expect(latencyMetric(METRIC, smaller).warnings).toEqual(['few-samples', 'smaller-size']);
  });
  it('is seconds for a latency, and an error without samples', () => {
    const metric = identity('webgpu', 'dispatch', 'latency');
    expect(latencyMetric(metric, measurementOf(1e-3))).toMatchObject({ unit: 's', median: 1e-3 });
    const none = measurementOf(1, { secondsPerIteration: [] });
    expect(latencyMetric(metric, none)).toMatchObject({ status: 'error', n: 0 });
    expect(secondsOf(none)).toBe(Infinity);
  });
  it('is the one metric of a step of one kernel', async () => {
    const { workers } = new NotingWorkers(() => 1e-3);
    const rate = rateStep('Rate', METRIC, FMA, SHARED);
    const latency = latencyStep('Latency', identity('wasm:1', 'x', 'latency'), FMA, SHARED);
    for (const step of [rate, latency]) await step.visit(workers, VISITING);
    // 1000 steps of 96 FLOP in a millisecond.
    expect(rate.result()[0]?.median).toBeCloseTo(0.096, 12);
    expect(latency.result()[0]?.median).toBe(1e-3);
  });
});

describe('a search for the fastest shape', () => {
  const shape = (steps: number): BenchRequest => ({ kernel: 'wasm.fma.simd', params: { steps } });
  const stepsOf = ({ params }: BenchRequest): number => (params as { steps: number }).steps;
  const SHAPES: readonly [BenchRequest, ...BenchRequest[]] = [shape(100), shape(200), shape(300)];
  /** The second shape takes as long as the others, per call, for twice as many steps as the first: it is the fastest. */
  const seconds = ({ request }: Asked): number => (request && stepsOf(request) === 300 ? 9 : 1);
  const group = (noting: NotingWorkers) => noting.group('wasm:1');
  const visit = (
    search: ShapeSearch<BenchRequest>,
    noting: NotingWorkers,
    earlier: KernelMeasurement | null,
  ) => search.probe(group(noting), { ...VISITING, verify: earlier === null }, earlier);

  it('tries each once, verified, and measures the fastest', async () => {
    const noting = new NotingWorkers(seconds);
    const search = new ShapeSearch(SHAPES, ({ request }) => request);
    expect(search.chosen).toBe(SHAPES[0]);
    const first = await visit(search, noting, null);
    expect(noting.requests().map(stepsOf)).toEqual([100, 200, 300, 200]);
    expect(noting.asked.slice(0, 3).map(({ visiting }) => visiting)).toMatchObject(
      [1, 2, 3].map(() => ({ settings: PROBE, verify: true })),
    );
    expect(search.chosen).toBe(SHAPES[1]);
    expect(search.tried.map(({ flopPerSecond }) => flopPerSecond)).toEqual([19_200, 9600, 3200]);
    await visit(search, noting, first.ok ? first.value : null);
    expect(noting.requests().map(stepsOf)).toEqual([100, 200, 300, 200, 200]);
  });
  it('may measure the fastest in another size', async () => {
    const noting = new NotingWorkers(seconds);
    const search = new ShapeSearch(SHAPES, ({ request }) => shape(16 * stepsOf(request)));
    await visit(search, noting, null);
    expect(noting.requests().map(stepsOf)).toEqual([100, 200, 300, 3200]);
    expect(stepsOf(search.chosen)).toBe(3200);
  });
  it('searches anew when the step began again', async () => {
    const noting = new NotingWorkers(seconds);
    const search = new ShapeSearch(SHAPES, ({ request }) => request);
    await visit(search, noting, null);
    await visit(search, noting, null);
    expect(noting.requests()).toHaveLength(8);
  });
  const wrong: Result<never> = { ok: false, error: { code: 'kernel-wrong', kernel: 'k', detail: 'd' } };
  it('leaves out a shape that computes wrongly', async () => {
    const noting = new NotingWorkers((asked) => (asked.request === SHAPES[1] ? wrong : seconds(asked)));
    const search = new ShapeSearch(SHAPES, ({ request }) => request);
    expect(await visit(search, noting, null)).toMatchObject({ ok: true });
    expect(search.chosen).toBe(SHAPES[0]);
    expect(search.tried.map(({ request }) => request)).toEqual([SHAPES[0], SHAPES[2]]);
  });
  it('fails where all of them compute wrongly, and at any other failure at once', async () => {
    const all = new NotingWorkers(() => wrong);
    expect(await visit(new ShapeSearch(SHAPES, ({ request }) => request), all, null)).toEqual(wrong);
    expect(all.asked).toHaveLength(3);
    const lost = new NotingWorkers(() => failure());
    expect(await visit(new ShapeSearch(SHAPES, ({ request }) => request), lost, null)).toEqual(failure());
    expect(lost.asked).toHaveLength(1);
  });
});
