import { describe, expect, it } from 'vitest';
import type { Design } from '../../core/codesign/design.ts';
import type { Plan } from '../../core/planning/plan.ts';
import type { RacedPlan } from '../race-plans.ts';
import type { DesignSpace } from './design-space.ts';
import { isSlower, isSurprise, nextOf, withFront, withRuns } from './front-runs.ts';
import type { PricedMember } from './price-designs.ts';

const plan = (processor: 'wasm:1' | 'wasm:2'): Plan => ({
  kind: 'single',
  stages: [{ processor, processorIndex: 0, fromUnit: 0, toUnit: 3 }],
});

/** Designs of one model: of a configuration by its accuracy, on one plan or the other. */
const design = (configuration: string, accuracy: number, fps: number, of: Plan = plan('wasm:1')): Design => ({
  id: `m ${configuration} ${of.stages[0]?.processor ?? ''}`,
  model: 'm',
  configuration,
  accuracy,
  plan: of,
  predicted: { throughputFps: fps, latencySeconds: 1 / fps },
  measured: null,
});

const space = (designs: readonly Design[]): DesignSpace =>
  withFront({
    name: 'M',
    accuracy: { dataset: 'd', split: 's', n: 1, source: 'x' },
    configurations: [],
    processors: ['wasm:1'],
    considered: designs.length,
    designs,
    front: [],
    firstFrontSeconds: 0,
    verified: 0,
  });

const IDS = ['a', 'b', 'c', 'd', 'e'];
/** By size. */
const members = IDS.map(
  (id) => ({ member: { configuration: { model: 'm', id } } }) as unknown as PricedMember,
);
const five = IDS.map((id, i) => design(id, 0.5 + i / 10, 500 - 100 * i));
const idOf = ({ member }: PricedMember): string => member.configuration.id;

const ran = (of: Plan, fps: number): RacedPlan =>
  ({
    plan: of,
    measured: {
      throughputFps: fps,
      latencyMs: 1000 / fps,
      n: 9,
      errors: { throughput: 0.01, latency: 0.02 },
    },
  }) as unknown as RacedPlan;

describe('nextOf', () => {
  it('is the configuration that is the farthest in size from those that ran', () => {
    const after = (...done: readonly string[]): readonly string[] =>
      nextOf(space(five), members, (member) => done.includes(idOf(member))).map(
        ({ configuration }) => configuration,
      );
    expect(after('a', 'e')).toEqual(['c']);
    expect(after('a')).toEqual(['e']);
    expect(after('c', 'e')).toEqual(['a']);
  });
  it('is all open designs of it on the front, and none that the front leaves out', () => {
    const both = [design('a', 0.5, 100), design('a', 0.5, 300, plan('wasm:2')), design('b', 0.6, 200)];
    const next = nextOf(space(both), members, (member) => idOf(member) === 'b');
    expect(next.map(({ id }) => id)).toEqual(['m a wasm:2']);
  });
  it('is none once the front has run', () => {
    const measured = five.map((each) => ({
      ...each,
      measured: { ...each.predicted, n: 9, errors: { throughput: 0, latency: 0 } },
    }));
    expect(nextOf(space(measured), members, () => true)).toEqual([]);
  });
});

describe('withRuns', () => {
  const first = space(five);
  const tried = first.designs.filter(({ configuration }) => configuration === 'c');
  const anew = five.map((each) => ({ ...each, predicted: { throughputFps: 1, latencySeconds: 1 } }));

  it('keeps what was predicted of a design before it ran, and predicts the others anew', () => {
    const next = withRuns(first, tried, [ran(plan('wasm:1'), 250)], anew);
    const c = next.designs.find(({ configuration }) => configuration === 'c');
    expect(c).toMatchObject({
      predicted: { throughputFps: 300 },
      measured: { throughputFps: 250, latencySeconds: 0.004, n: 9 },
    });
    expect(next.designs).toHaveLength(5);
    expect(next.designs.filter(({ predicted }) => predicted.throughputFps === 1)).toHaveLength(4);
    // Those are now far slower than c, and only the more accurate of them stay.
    expect(next.front).toEqual(
      ['m e wasm:1', 'm d wasm:1', 'm c wasm:1'].filter((id) => next.front.includes(id)),
    );
    expect(next.front).not.toContain('m a wasm:1');
    expect(next.verified).toBe(1);
  });
  it('drops a design that was tried and could not run', () => {
    const next = withRuns(first, tried, [], anew);
    expect(next.designs.map(({ configuration }) => configuration)).toEqual(['a', 'b', 'd', 'e']);
  });
  it('keeps what ran earlier, whatever is predicted now', () => {
    const once = withRuns(first, tried, [ran(plan('wasm:1'), 250)], five);
    const other = once.designs.filter(({ configuration }) => configuration === 'a');
    const twice = withRuns(once, other, [ran(plan('wasm:1'), 480)], anew);
    const rates = twice.designs.flatMap(({ configuration, measured }) =>
      measured ? [[configuration, measured.throughputFps]] : [],
    );
    expect(rates).toEqual([
      ['c', 250],
      ['a', 480],
    ]);
    expect(twice.designs).toHaveLength(5);
  });
});

describe('a second run', () => {
  const first = space(five);
  const tried = first.designs.filter(({ configuration }) => configuration === 'c');
  it('takes the place of the first, and of what was predicted before it nothing changes', () => {
    const once = withRuns(first, tried, [ran(plan('wasm:1'), 200)], five);
    const twice = withRuns(once, tried, [ran(plan('wasm:1'), 290)], five);
    expect(twice.designs).toHaveLength(5);
    expect(twice.designs.find(({ configuration }) => configuration === 'c')).toMatchObject({
      predicted: { throughputFps: 300 },
      measured: { throughputFps: 290 },
    });
  });
});

describe('isSurprise', () => {
  const [, , c] = five;
  it.each([
    [300, false],
    [320, false],
    [280, false],
    [325, true],
    [275, true],
  ])('a design of 300 frames/s that runs at %f: %s', (fps, expected) => {
    expect(c && isSurprise(c, [ran(plan('wasm:1'), fps)])).toBe(expected);
    expect(c && isSlower(c, [ran(plan('wasm:1'), fps)])).toBe(expected && fps < 300);
  });
  it('is none where it did not run', () => {
    expect(c && isSurprise(c, [ran(plan('wasm:2'), 900)])).toBe(false);
  });
});
