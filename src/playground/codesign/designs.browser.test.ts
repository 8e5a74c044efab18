import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { profileOf } from '../../fixtures/profile.ts';
import { ClockSource } from '../../fixtures/live.ts';
import { must } from '../../fixtures/workers.ts';
import { ratesOf } from '../../core/codesign/design.ts';
import { frontOf } from '../../core/codesign/front.ts';
import { planLabel } from '../../core/planning/plan.ts';
import { ok } from '../../core/result.ts';
import { Playground } from '../playground.ts';
import { designInForce } from './design-in-force.ts';
import type { DesignSpace } from './design-space.ts';

/** Of the processors that any machine here plans with. */
const PROFILE = profileOf({
  'wasm:1.fma.relaxed': 40,
  'wasm:1.copy': 5,
  'wasm:2.fma.relaxed': 80,
  'wasm:2.copy': 6,
  'worker.hop.latency': 5e-5,
  'worker.hop.bandwidth': 4,
});
const TIMEOUT = 120_000;

let playground: Playground;
let space: DesignSpace;
beforeAll(async () => {
  playground = new Playground();
  must(await playground.loadModel('rep-digits'));
  playground.store.setState({ profile: PROFILE });
  space = must(await playground.explore({ verify: false }));
}, TIMEOUT);
afterEach(async () => {
  await playground.live.stop();
  vi.restoreAllMocks();
});
afterAll(() => playground.pool.close());

/** Explored anew since. */
const now = (): DesignSpace => playground.state.codesign ?? space;
const designsOf = ({ designs, front }: DesignSpace) => designs.filter(({ id }) => front.includes(id));

describe('exploring', () => {
  it('prices every configuration of a shipped family, and its front is what no design beats', () => {
    const configurations = playground.state.model?.published.elastic?.configurations ?? [];
    expect(space.configurations.map(({ id, top1 }) => [id, top1])).toEqual(
      configurations.map(({ id, top1 }) => [id, top1]),
    );
    expect(new Set(space.designs.map(({ configuration }) => configuration)).size).toBe(configurations.length);
    expect(space.considered).toBeGreaterThan(space.designs.length);
    expect(space.front).toEqual(frontOf(space.designs).map(({ id }) => id));
    const best = Math.max(...configurations.map(({ top1 }) => top1));
    expect(designsOf(space).some(({ accuracy }) => accuracy === best)).toBe(true);
    for (const { predicted } of space.designs) {
      expect(predicted.throughputFps).toBeGreaterThan(0);
      expect(predicted.latencySeconds).toBeGreaterThan(0);
    }
    expect(space.accuracy.dataset).toBe('MNIST');
  });
  it('leaves what is in force as it is', () => {
    expect(playground.state.model?.configuration).toBe(playground.state.model?.published.elastic?.default);
    expect(playground.state.codesign).toBe(space);
  });
  it(
    'runs the front until every point of it is measured, and keeps what ran when it is cancelled',
    { timeout: TIMEOUT },
    async () => {
      let cancelled: DesignSpace | null = null;
      const stop = playground.store.subscribe(({ codesign }) => {
        if (cancelled || !codesign || codesign === space || codesign.verified < 4) return;
        cancelled = codesign;
        playground.cancel();
      });
      expect(await playground.explore()).toEqual({ ok: false, error: { code: 'cancelled' } });
      stop();
      expect(playground.state.codesign).toBe(cancelled);
      expect(playground.state.notice).toBeNull();
      const verified = must(await playground.explore());
      expect(verified.verified).toBe(verified.front.length);
      expect(designsOf(verified).every(({ measured }) => (measured?.n ?? 0) > 8)).toBe(true);
      expect(playground.state.codesign).toBe(verified);
    },
  );
  it('without a model, or a profile of this device, says what is missing', async () => {
    const empty = new Playground();
    expect(await empty.explore()).toMatchObject({ error: { code: 'model-missing' } });
    must(await empty.loadModel('rep-digits'));
    expect(await empty.explore()).toMatchObject({ error: { code: 'profile-missing' } });
    empty.pool.close();
  });
});

describe('putting a design in force', () => {
  it('changes model and plan together, and the report is of the design', async () => {
    for (const design of designsOf(now()).slice(0, 4)) {
      must(await playground.applyDesign(design.id));
      const { model, plan } = playground.state;
      expect(model?.configuration).toBe(design.configuration);
      expect(model?.manifest.accuracy[0]?.top1).toBe(design.accuracy);
      expect(plan?.configuration).toBe(design.configuration);
      expect(plan && planLabel(plan.chosen)).toBe(planLabel(design.plan));
      expect(designInForce(playground.state)?.id).toBe(design.id);
    }
  });
  it('that nobody explored is refused, and leaves what was in force', async () => {
    const before = playground.state.model;
    expect(await playground.applyDesign('nothing')).toMatchObject({ error: { code: 'design-unknown' } });
    expect(playground.state.notice?.code).toBe('design-unknown');
    expect(playground.state.model).toBe(before);
    playground.dismissNotice();
  });
  it(
    'live goes on with the same source, results of every design come, in order',
    { timeout: TIMEOUT },
    async () => {
      const source = new ClockSource(20);
      must(await playground.live.start(() => Promise.resolve(ok(source))));
      const completed = () => playground.state.live.figures?.completed ?? 0;
      const front = designsOf(now());
      for (let i = 0; i < 8; i++) {
        const design = front[(5 * i) % front.length];
        if (!design) continue;
        const before = completed();
        must(await playground.applyDesign(design.id));
        await vi.waitFor(() => expect(completed()).toBeGreaterThan(before + 3), {
          timeout: 20_000,
          interval: 20,
        });
        expect(playground.state.live).toMatchObject({ status: 'on' });
        expect(playground.state.live.plan && planLabel(playground.state.live.plan)).toBe(
          planLabel(design.plan),
        );
      }
      expect(source.stops).toBe(0);
      expect(playground.state.notice).toBeNull();
    },
  );
});

describe('the governor', () => {
  it(
    'moves to a faster design while frames take too long, notes why, and lets go',
    { timeout: TIMEOUT },
    async () => {
      const [most, ...faster] = designsOf(now()).toSorted((a, b) => b.accuracy - a.accuracy);
      if (!most || faster.length === 0) throw new Error('a front of one');
      must(await playground.applyDesign(most.id));
      // A rate that only designs faster than the most accurate one keep.
      const rates = faster.map((design) => ratesOf(design).throughputFps);
      const target = (ratesOf(most).throughputFps + Math.max(...rates)) / 2;
      const source = new ClockSource(1000 / (2 * target));
      must(await playground.live.start(() => Promise.resolve(ok(source))));
      playground.govern(target);
      await vi.waitFor(() => expect(playground.state.live.governor?.moves.length).toBeGreaterThan(0), {
        timeout: 30_000,
      });
      const [move] = playground.state.live.governor?.moves ?? [];
      expect(move).toMatchObject({ from: most.id, reason: 'too-slow' });
      const to = playground.state.codesign?.designs.find(({ id }) => id === move?.to);
      expect(to && ratesOf(to).throughputFps).toBeGreaterThan(ratesOf(most).throughputFps);
      playground.govern(null);
      expect(playground.state.live.governor).toBeNull();
      expect(source.stops).toBe(0);
    },
  );
});
