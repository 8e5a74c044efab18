import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Design } from '../core/codesign/design.ts';
import type { AppError } from '../core/errors.ts';
import { must } from '../fixtures/workers.ts';
import { ModelHolder } from './model-holder.ts';
import type { PlanReport } from './plan-report.ts';
import { ProcessorPool } from './processors.ts';
import { createPlaygroundStore } from './state.ts';

const TIMEOUT = 60_000;
const PLAN = {} as PlanReport;
const work = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

const store = createPlaygroundStore();
const pool = new ProcessorPool();
const live = { stop: () => Promise.resolve() } as unknown as ConstructorParameters<
  typeof ModelHolder
>[0]['live'];
const holder = new ModelHolder({ store, pool, live });
const failures: AppError[] = [];
const openFamily = (signal = new AbortController().signal) =>
  holder.openFamily({ ...work(), signal }, (error) => failures.push(error));
const design = (model: string, configuration: string) =>
  ({ id: `${model} ${configuration}`, model, configuration }) as Design;
const side = () => store.getState().model?.description.forms.deploy.input.shape.at(-1);

beforeAll(async () => {
  must(await holder.load('efficientnet-lite0', '128', work()));
}, TIMEOUT);
afterAll(() => pool.close());

/** One after another: each goes on from what the one before left. */
describe('the models of a family', { timeout: TIMEOUT }, () => {
  it('that cannot be had are told of, and left out', async () => {
    const fetch = window.fetch.bind(window);
    vi.spyOn(window, 'fetch').mockImplementation((input, options) =>
      String(input instanceof Request ? input.url : input).includes('lite2')
        ? Promise.reject(new TypeError('no network'))
        : fetch(input, options),
    );
    const { name, models } = must(await openFamily());
    vi.restoreAllMocks();
    expect(name).toBe('EfficientNet-Lite');
    expect(models.map(({ id }) => id)).toEqual(['efficientnet-lite0', 'efficientnet-lite1']);
    expect(failures).toHaveLength(1);
    expect(must(await openFamily()).models).toHaveLength(3);
    expect(await openFamily(AbortSignal.abort())).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(failures).toHaveLength(1);
  });
  it('are described and cut, each by its own weights, while nothing changes in force', async () => {
    const before = store.getState().model;
    const small = must(await holder.describe('efficientnet-lite0', '192'));
    const large = must(await holder.describe('efficientnet-lite1', '240'));
    expect([small, large].map(({ input }) => input.shape.at(-1))).toEqual([192, 240]);
    expect(large.layers.length).toBeGreaterThan(small.layers.length);
    const bytes = must(await holder.segmentsOf('efficientnet-lite1', '240')(0, large.units.length - 1));
    expect(bytes.length).toBeGreaterThan(15e6);
    expect(store.getState().model).toBe(before);
  });
  it('take each other’s place when a design of theirs is put in force', async () => {
    const before = store.getState().model;
    must(await holder.deploy(design('efficientnet-lite1', '240'), PLAN));
    expect(store.getState()).toMatchObject({ plan: PLAN, model: { configuration: '240' } });
    expect(store.getState().model?.manifest.name).toBe('EfficientNet-Lite1');
    const { layers, units } = store.getState().model?.description.forms.deploy ?? { layers: [], units: [] };
    expect(layers.length).toBe(must(await holder.describe('efficientnet-lite1', '240')).layers.length);
    const [own, looked] = [
      must(await holder.segment(0, units.length - 1)),
      must(await holder.segmentsOf('efficientnet-lite1', '240')(0, units.length - 1)),
    ];
    // Megabytes: what differs would take minutes to print.
    expect(own.every((byte, i) => byte === looked[i])).toBe(true);

    must(await holder.deploy(design('efficientnet-lite0', '128'), PLAN));
    expect(store.getState().model).toBe(before);
    must(await holder.deploy(design('efficientnet-lite2', '260'), PLAN));
    must(await holder.deploy(design('efficientnet-lite0', '192'), PLAN));
    expect(side()).toBe(192);
  });
  it('a design of none of them, or of no configuration, leaves what was in force', async () => {
    const before = store.getState().model;
    expect(await holder.deploy(design('rep-tiny', '64'), PLAN)).toMatchObject({
      error: { code: 'design-unknown' },
    });
    expect(await holder.deploy(design('efficientnet-lite2', '224'), PLAN)).toMatchObject({
      error: { code: 'configuration-unknown' },
    });
    expect(store.getState().model).toBe(before);
    must(await holder.deploy(design('efficientnet-lite2', '260'), PLAN));
    expect(side()).toBe(260);
  });
  it('are let go when another model is loaded', async () => {
    must(await holder.load('rep-digits', undefined, work()));
    expect(await holder.describe('efficientnet-lite1', '240')).toMatchObject({
      error: { code: 'model-missing' },
    });
  });
});
