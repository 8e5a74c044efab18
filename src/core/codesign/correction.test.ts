import { describe, expect, it } from 'vitest';
import type { Plan, Stage } from '../planning/plan.ts';
import { Correction, shapeOf } from './correction.ts';
import type { Rates } from './design.ts';
import { ladderOf } from './ladder.ts';

const stage = (processor: Stage['processor'], processorIndex: number, from: number, to: number): Stage => ({
  ...{ processor, processorIndex },
  ...{ fromUnit: from, toUnit: to },
});
const single: Plan = { kind: 'single', stages: [stage('wasm:2', 0, 0, 9)] };
const pipeline = (cut: number): Plan => ({
  kind: 'pipeline',
  stages: [stage('wasm:1', 1, 0, cut), stage('wasm:1', 2, cut + 1, 9)],
});
const replicated: Plan = {
  kind: 'replicated',
  stages: [{ ...stage('wasm:1', 1, 0, 9), others: [{ processor: 'wasm:1', processorIndex: 2 }] }],
};

const rates = (frameSeconds: number, latencySeconds: number): Rates => ({
  throughputFps: 1 / frameSeconds,
  latencySeconds,
});

describe('shapeOf', () => {
  it('is the processors of a plan, wherever it is cut', () => {
    expect(shapeOf(single)).toBe('wasm:2');
    expect(shapeOf(replicated)).toBe('wasm:1 + wasm:1');
    expect(shapeOf(pipeline(2))).toBe('wasm:1 → wasm:1');
    expect(shapeOf(pipeline(7))).toBe(shapeOf(pipeline(2)));
  });
});

describe('Correction', () => {
  /** 0.2 ms a frame and 10 % more; 0.5 ms of latency and 20 % more. */
  const truth = ({ throughputFps, latencySeconds }: Rates): Rates =>
    rates(2e-4 + 1.1 / throughputFps, 5e-4 + 1.2 * latencySeconds);
  const seen = [1e-3, 4e-3, 9e-3].map((seconds) => rates(seconds, 2 * seconds));

  it('finds what every frame costs besides, and how much all is slower', () => {
    const ran = seen.map((predicted) => ({ plan: pipeline(3), predicted, measured: truth(predicted) }));
    const other = rates(2.5e-3, 6e-3);
    const found = new Correction(ran).apply(pipeline(5), other);
    expect(found.throughputFps).toBeCloseTo(truth(other).throughputFps, 9);
    expect(found.latencySeconds).toBeCloseTo(truth(other).latencySeconds, 12);
  });
  it('is hardly bent by one that ran in a slow spell', () => {
    const five = [5e-4, 1e-3, 2e-3, 4e-3, 9e-3].map((seconds) => rates(seconds, 2 * seconds));
    const slow = ({ throughputFps, latencySeconds }: Rates): Rates =>
      rates(1.45 / throughputFps, 1.45 * latencySeconds);
    const ran = five.map((predicted, i) => ({
      plan: pipeline(3),
      predicted,
      measured: i === 4 ? slow(truth(predicted)) : truth(predicted),
    }));
    const small = rates(7e-4, 1.4e-3);
    const found = new Correction(ran).apply(pipeline(5), small);
    expect(Math.abs(found.throughputFps / truth(small).throughputFps - 1)).toBeLessThan(0.04);
    expect(Math.abs(found.latencySeconds / truth(small).latencySeconds - 1)).toBeLessThan(0.04);
  });
  it('is of a shape; one that did not run goes by all that did', () => {
    const predicted = rates(1e-3, 1e-3);
    const slowed = (by: number) => seen.map((each) => ({ ...each, throughputFps: each.throughputFps / by }));
    const correction = new Correction([
      ...seen.map((each, i) => ({ plan: single, predicted: each, measured: slowed(1.1)[i] ?? each })),
      ...seen.map((each, i) => ({ plan: pipeline(3), predicted: each, measured: slowed(1.3)[i] ?? each })),
    ]);
    const factorOf = (plan: Plan): number =>
      predicted.throughputFps / correction.apply(plan, predicted).throughputFps;
    expect(factorOf(single)).toBeCloseTo(1.1, 9);
    expect(factorOf(pipeline(5))).toBeCloseTo(1.3, 9);
    expect(factorOf(replicated)).toBeGreaterThan(1.1);
    expect(factorOf(replicated)).toBeLessThan(1.3);
    expect(new Correction([]).apply(single, predicted)).toEqual(predicted);
  });
  it('of one design is a factor, and takes nothing off for every frame', () => {
    const [predicted = rates(1, 1)] = seen;
    const one = [{ plan: single, predicted, measured: rates(3e-3, 3e-3) }];
    expect(new Correction(one).apply(single, rates(2e-3, 2e-3)).throughputFps).toBeCloseTo(1 / 6e-3, 9);
    // Large ones faster than predicted, small ones as predicted: no line through them starts below zero.
    const bent = [
      { plan: single, predicted: rates(1e-3, 1e-3), measured: rates(5e-4, 1e-3) },
      { plan: single, predicted: rates(4e-3, 4e-3), measured: rates(4e-3, 4e-3) },
    ];
    expect(new Correction(bent).apply(single, rates(1e-6, 1e-6)).throughputFps).toBeGreaterThan(0);
  });
});

describe('ladderOf', () => {
  const design = (
    id: string,
    accuracy: number,
    fps: number,
    plan = single,
    measured: number | null = null,
  ) => ({
    ...{ id, model: 'm', configuration: id, accuracy, plan },
    predicted: rates(1 / fps, 1e-3),
    measured:
      measured === null
        ? null
        : { ...rates(1 / measured, 1e-3), n: 9, errors: { throughput: 0, latency: 0 } },
  });
  it('goes from the most accurate to the fastest, each step faster, by what was measured', () => {
    const front = [
      design('a', 0.5, 90),
      design('b', 0.6, 60, single, 40),
      design('c', 0.6, 50),
      design('d', 0.4, 80),
    ];
    const ids = ladderOf(front, 0).map(({ id }) => id);
    expect(ids).toEqual(['c', 'a']);
  });
  it('counts what a picture takes to become a tensor, shared by the members of the first stage', () => {
    const [one] = ladderOf([design('a', 0.5, 100)], 0.01);
    const [two] = ladderOf([design('a', 0.5, 100, replicated)], 0.01);
    expect(one?.throughputFps).toBeCloseTo(50, 9);
    expect(two?.throughputFps).toBeCloseTo(1000 / 15, 9);
  });
});
