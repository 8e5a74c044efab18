import { describe, expect, it } from 'vitest';
import type { Stage } from './plan.ts';
import { simulate } from './simulate.ts';
import { stepsOf } from './trace.ts';

const A: Stage = { processor: 'wasm:1', processorIndex: 2, fromUnit: 0, toUnit: 3 };
const B: Stage = { processor: 'webgpu', processorIndex: 0, fromUnit: 4, toUnit: 7 };
const span = (stage: number, start: number, end: number, member = 0) => ({ stage, member, start, end });

describe('stepsOf', () => {
  it('begins with the first start, and waits from stage to stage', () => {
    const frames = [
      { id: 7, spans: [span(0, 100, 130), span(1, 134, 150)] },
      { id: 8, spans: [span(0, 130, 162), span(1, 162, 180)] },
    ];
    const rows = stepsOf(frames, { stages: [A, B] }).map((step) => [
      step.frame,
      step.processorIndex,
      step.start,
      step.end,
      step.wait,
    ]);
    expect(rows).toEqual([
      [7, 2, 0, 30, null],
      [7, 0, 34, 50, 4],
      [8, 2, 30, 62, null],
      [8, 0, 62, 80, 0],
    ]);
  });
  it('names the member that had it, in any order of spans, and knows no wait below nothing', () => {
    const replicated = { ...B, others: [{ processor: 'wasm:1' as const, processorIndex: 1 }] };
    const frames = [{ id: 0, submittedAt: 0, spans: [span(1, 9.999, 20, 1), span(0, 2, 10)] }];
    expect(stepsOf(frames, { stages: [A, replicated] })).toMatchObject([
      { stage: 0, processorIndex: 2, wait: 2 },
      { stage: 1, processorIndex: 1, wait: 0 },
    ]);
  });
  it('takes the frames of a simulation as they are', () => {
    const costs = { memberSeconds: [[3], [5]], hopSeconds: [1] };
    const steps = stepsOf(simulate({ costs, frames: 3 }).frames, { stages: [A, B] });
    // The second stage is the slower: each frame waits longer for it, at least the hand-over.
    expect(steps.filter(({ stage }) => stage === 1).map(({ wait }) => wait)).toEqual([1, 3, 5]);
    expect(steps.filter(({ stage }) => stage === 0).map(({ wait }) => wait)).toEqual([0, 3, 6]);
  });
  it('leaves out what the plan does not know', () => {
    expect(stepsOf([{ id: 0, spans: [span(4, 0, 1)] }], { stages: [A] })).toEqual([]);
    expect(stepsOf([], { stages: [A] })).toEqual([]);
  });
});
