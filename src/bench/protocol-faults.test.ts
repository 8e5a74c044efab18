import { describe, expect, it } from 'vitest';
import { ok, type Result } from '../core/result.ts';
import { isSettled, warningsOf } from './judge.ts';
import { measure, QUICK, type BatchTime, type Measurement, type ProtocolPorts } from './protocol.ts';

const PER_ITERATION = 50e-6;

/** A page and a kernel of 50 µs an iteration; `onBatch` sees every batch begin and may hide the page or abort. */
class Scene implements ProtocolPorts {
  readonly batches: number[] = [];
  readonly controller = new AbortController();
  hidden = 0;
  visible = Promise.resolve();
  private seconds = 0;
  private readonly onBatch: (scene: Scene, k: number) => unknown;

  constructor(onBatch: (scene: Scene, k: number) => unknown = () => undefined) {
    this.onBatch = onBatch;
  }
  readonly now = (): number => this.seconds;
  readonly wait = (seconds: number): Promise<void> => {
    this.seconds += seconds;
    return Promise.resolve();
  };
  readonly untilVisible = (): Promise<void> => this.visible;
  readonly timesHidden = (): number => this.hidden;
  readonly runBatch = (n: number): Promise<Result<BatchTime>> => {
    const before = this.hidden;
    this.onBatch(this, this.batches.length);
    this.batches.push(n);
    // A hidden tab is throttled.
    const seconds = n * PER_ITERATION * (this.hidden > before ? 50 : 1);
    this.seconds += seconds;
    return Promise.resolve(ok({ seconds, gpuSeconds: null }));
  };
  measure(): Promise<Result<Measurement>> {
    return measure(this.runBatch, QUICK, this.controller.signal, this);
  }
}

/** Lets everything that is ready run. */
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('a hidden page', () => {
  it('voids the batch it fell into: it is run again, and told of', async () => {
    const plain = new Scene();
    await plain.measure();
    for (let hiddenAt = 0; hiddenAt < plain.batches.length; hiddenAt++) {
      const scene = new Scene((self, k) => (self.hidden += k === hiddenAt ? 1 : 0));
      const found = await scene.measure();
      if (!found.ok) throw new Error(found.error.code);
      expect(scene.batches.length).toBeGreaterThan(hiddenAt + 1);
      expect(scene.batches[hiddenAt + 1]).toBe(scene.batches[hiddenAt]);
      for (const slope of found.value.secondsPerIteration) expect(slope).toBeCloseTo(PER_ITERATION, 12);
      expect(found.value.wasHidden).toBe(true);
      expect(warningsOf(found.value)).toContain('tab-hidden');
    }
  });
  it('runs a batch as often as it is hidden in', async () => {
    const scene = new Scene((self, k) => (self.hidden += k < 4 ? 1 : 0));
    expect(await scene.measure()).toMatchObject({ ok: true, value: { wasHidden: true } });
    expect(scene.batches.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
  });
  it('runs nothing before it can be seen', async () => {
    let show: () => void = () => undefined;
    const scene = new Scene();
    scene.visible = new Promise((resolve) => (show = resolve));
    const measuring = scene.measure();
    await settled();
    expect(scene.batches).toEqual([]);
    show();
    expect(await measuring).toMatchObject({ ok: true, value: { wasHidden: false } });
  });
  it('runs nothing when it was aborted meanwhile', async () => {
    let show: () => void = () => undefined;
    const scene = new Scene();
    scene.visible = new Promise((resolve) => (show = resolve));
    const measuring = scene.measure();
    await settled();
    scene.controller.abort();
    show();
    expect(await measuring).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(scene.batches).toEqual([]);
  });
});

describe('cancelling', () => {
  it('runs no batch after the abort, wherever it falls', async () => {
    const plain = new Scene();
    await plain.measure();
    for (let abortAt = 0; abortAt < plain.batches.length; abortAt++) {
      const scene = new Scene((self, k) => {
        if (k === abortAt) self.controller.abort();
      });
      expect(await scene.measure()).toEqual({ ok: false, error: { code: 'cancelled' } });
      expect(scene.batches).toHaveLength(abortAt + 1);
    }
  });
  it('runs nothing when it was aborted before', async () => {
    const scene = new Scene();
    scene.controller.abort();
    expect(await scene.measure()).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(scene.batches).toEqual([]);
  });
  it('does not wait for a hidden page when it was aborted before', async () => {
    const scene = new Scene();
    scene.visible = new Promise(() => undefined);
    scene.controller.abort();
    expect(await scene.measure()).toEqual({ ok: false, error: { code: 'cancelled' } });
  });
  it('passes a failing batch on, but not one that the abort cut short', async () => {
    const error = { code: 'worker-failed', worker: 'bench', detail: 'crash' } as const;
    const scene = new Scene();
    const failing = (): Promise<Result<BatchTime>> => Promise.resolve({ ok: false, error });
    expect(await measure(failing, QUICK, scene.controller.signal, scene)).toEqual({ ok: false, error });
    const cut = (): Promise<Result<BatchTime>> => {
      scene.controller.abort();
      return failing();
    };
    const result = await measure(cut, QUICK, scene.controller.signal, scene);
    expect(result).toEqual({ ok: false, error: { code: 'cancelled' } });
  });
});

const made = (secondsPerIteration: readonly number[], rest: Partial<Measurement> = {}): Measurement => ({
  secondsPerIteration,
  gpuSecondsPerIteration: [],
  iterationsPerSample: 1,
  discarded: 0,
  tickSeconds: 0,
  wasHidden: false,
  ...rest,
});
const ones = (count: number): number[] => new Array<number>(count).fill(1);

describe('isSettled', () => {
  it.each([
    ['no sample', [], false],
    ['five alike, of which no interval exists', ones(5), false],
    ['six alike', ones(6), true],
    ['six within 3 %', [1, 1, 1.02, 0.98, 1.029, 0.971], true],
    ['six, one of them 4 % slower', [...ones(5), 1.04], false],
    ['six, one of them 4 % faster', [...ones(5), 0.96], false],
    ['nine, of which the interval leaves out the two farthest', [...ones(7), 9, 0.1], true],
    ['nine, four of them far off', [...ones(5), 2, 2, 2, 2], false],
  ])('%s: %s', (_, samples, expected) => {
    expect(isSettled(made(samples))).toBe(expected);
  });
});

describe('warningsOf', () => {
  it.each([
    ['nothing for samples alike', made(ones(5)), []],
    ['few samples below five', made(ones(4)), ['few-samples']],
    ['few samples for none', made([]), ['few-samples']],
    ['dispersion where half lie 10 % off', made([1, 1, 1, 1.2, 1.2, 0.8, 0.8]), ['high-dispersion']],
    ['none where one lies far off', made([1, 1, 9, 1, 1]), []],
    ['heat where the last third is 11 % slower', made([1, 1, 1.05, 1.05, 1.12, 1.12]), ['thermal']],
    ['none where it is 11 % faster', made([1.12, 1.12, 1.05, 1.05, 1, 1]), []],
    ['none where it is 10 % slower (a rate 9 % lower)', made([1, 1, 1, 1.1, 1.1, 1.1]), []],
    ['none where thirds are single samples', made([1, 1, 1, 1, 1.3]), []],
    ['the tick', made(ones(5), { tickSeconds: 0.1 }), ['coarse-clock']],
    ['the hidden tab', made(ones(5), { wasHidden: true }), ['tab-hidden']],
    ['timestamps 11 % longer', made(ones(5), { gpuSecondsPerIteration: [1.11] }), ['clocks-disagree']],
    ['timestamps 11 % shorter', made(ones(5), { gpuSecondsPerIteration: [0.89] }), ['clocks-disagree']],
    ['nothing for timestamps 9 % off', made(ones(5), { gpuSecondsPerIteration: [1.09, 0.91] }), []],
    ['nothing for timestamps without samples', made([], { gpuSecondsPerIteration: [1] }), ['few-samples']],
    [
      'all at once, in a fixed order',
      made([1, 1, 3, 3, 5, 5], { tickSeconds: 0.1, wasHidden: true, gpuSecondsPerIteration: [9] }),
      ['high-dispersion', 'thermal', 'coarse-clock', 'tab-hidden', 'clocks-disagree'],
    ],
  ] as const)('%s', (_, measurement, expected) => {
    expect(warningsOf(measurement)).toEqual(expected);
  });
});
