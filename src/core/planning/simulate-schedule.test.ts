/** @file Schedules worked out by hand; properties of any schedule are in simulate.test.ts. */
import { describe, expect, it } from 'vitest';
import { simulate, type Simulation } from './simulate.ts';

/** `start–end` of each frame at each stage, the member before it, then when the result is out in order. */
const timesOf = ({ frames }: Simulation): readonly string[] =>
  frames.map(({ spans, finishedAt }) => {
    const worked = spans.map(({ member, start, end }) => `${'ab'[member] ?? '?'} ${start}–${end}`);
    return `${worked.join(', ')} | ${finishedAt}`;
  });

describe('a schedule, by hand', () => {
  it('runs a single processor frame by frame', () => {
    const simulated = simulate({ costs: { memberSeconds: [[2]], hopSeconds: [] }, frames: 9 });
    expect(timesOf(simulated).slice(0, 3)).toEqual(['a 0–2 | 2', 'a 2–4 | 4', 'a 4–6 | 6']);
    // Two credits: the next frame is submitted when the last but one is out.
    expect(simulated.frames.map(({ submittedAt }) => submittedAt).slice(0, 4)).toEqual([0, 0, 2, 4]);
    expect(simulated).toMatchObject({
      dropped: 0,
      throughputFps: 0.5,
      latencySeconds: { median: 4, p95: 4 },
      utilisation: [[1]],
    });
  });

  it('drops what a newer frame replaces while no credit is free', () => {
    // Frames are announced at 0, 1, 2 …; one credit, free at 0, 2.5, 5, 7.5 (then 0, 2, 5 and 7 are the newest).
    const simulated = simulate({
      costs: { memberSeconds: [[2.5]], hopSeconds: [] },
      frames: 4,
      sourceFps: 1,
      depth: 1,
    });
    expect(simulated.frames.map(({ arrivedAt, submittedAt }) => [arrivedAt, submittedAt])).toEqual([
      [0, 0],
      [2, 2.5],
      [5, 5],
      [7, 7.5],
    ]);
    expect(simulated.dropped).toBe(4);
    expect(simulated.latencySeconds).toEqual({ median: 2.5, p95: 3 });
  });

  it('waits for a source that is slower', () => {
    const costs = { memberSeconds: [[1], [1]], hopSeconds: [1] };
    const simulated = simulate({ costs, frames: 50, sourceFps: 0.25 });
    expect(timesOf(simulated).slice(0, 2)).toEqual(['a 0–1, a 2–3 | 3', 'a 4–5, a 6–7 | 7']);
    expect(simulated).toMatchObject({
      dropped: 0,
      throughputFps: 0.25,
      latencySeconds: { median: 3, p95: 3 },
      utilisation: [[0.25], [0.25]],
    });
  });

  it('overlaps the stages of a pipeline', () => {
    const simulated = simulate({ costs: { memberSeconds: [[2], [3]], hopSeconds: [1] }, frames: 40 });
    expect(timesOf(simulated).slice(0, 5)).toEqual([
      'a 0–2, a 3–6 | 6',
      'a 2–4, a 6–9 | 9',
      'a 4–6, a 9–12 | 12',
      'a 6–8, a 12–15 | 15',
      'a 9–11, a 15–18 | 18',
    ]);
    expect(simulated.throughputFps).toBeCloseTo(1 / 3, 12);
    expect(simulated.latencySeconds).toEqual({ median: 9, p95: 9 });
    expect(simulated.utilisation[0]?.[0]).toBeCloseTo(2 / 3, 12);
    expect(simulated.utilisation[1]?.[0]).toBeCloseTo(1, 12);
  });

  it('makes one hand-over follow another', () => {
    const { throughputFps } = simulate({
      costs: { memberSeconds: [[1], [1]], hopSeconds: [2] },
      frames: 40,
      depth: 8,
    });
    expect(throughputFps).toBeCloseTo(1 / 2, 12);
  });

  it('prices a member alone where no other works when it begins', () => {
    const costs = { memberSeconds: [[4], [4]], aloneSeconds: [[3], [3]], hopSeconds: [0] };
    expect(timesOf(simulate({ costs, frames: 4, depth: 1 })).slice(0, 2)).toEqual([
      'a 0–3, a 3–6 | 6',
      'a 6–9, a 9–12 | 12',
    ]);
    // The first frame of all and the last stage of the last run alone.
    expect(timesOf(simulate({ costs, frames: 3 }))).toEqual([
      'a 0–3, a 3–7 | 7',
      'a 3–7, a 7–11 | 11',
      'a 7–11, a 11–14 | 14',
    ]);
  });

  it('deals frames to two equal members', () => {
    const simulated = simulate({ costs: { memberSeconds: [[2, 2]], hopSeconds: [] }, frames: 20 });
    expect(timesOf(simulated).slice(0, 4)).toEqual(['a 0–2 | 2', 'b 0–2 | 2', 'a 2–4 | 4', 'b 2–4 | 4']);
    expect(simulated).toMatchObject({
      throughputFps: 1,
      latencySeconds: { median: 4, p95: 4 },
      utilisation: [[1, 1]],
    });
  });

  it('deals frames to unequal members and puts the results in order', () => {
    // Deal: a, a, b – six seconds for three frames.
    const simulated = simulate({ costs: { memberSeconds: [[2, 4]], hopSeconds: [] }, frames: 60 });
    expect(timesOf(simulated).slice(0, 6)).toEqual([
      'a 0–2 | 2',
      'a 2–4 | 4',
      'b 0–4 | 4',
      'a 4–6 | 6',
      'a 6–8 | 8',
      'b 4–8 | 8',
    ]);
    expect(simulated.throughputFps).toBeCloseTo(3 / 4, 12);
    expect(simulated.utilisation).toEqual([[1, 1]]);
  });

  it('keeps a result that is early for the ones before it', () => {
    // Deal of the second stage: a, a, b, a, a, a, b. Frame 3 is done at 7, frame 2 at 8.
    const simulated = simulate({ costs: { memberSeconds: [[1], [2, 5]], hopSeconds: [0] }, frames: 40 });
    expect(timesOf(simulated).slice(0, 5)).toEqual([
      'a 0–1, a 1–3 | 3',
      'a 1–2, a 3–5 | 5',
      'a 2–3, b 3–8 | 8',
      'a 3–4, a 5–7 | 8',
      'a 4–5, a 7–9 | 9',
    ]);
  });

  it('refuses what has no schedule', () => {
    const costs = { memberSeconds: [[1]], hopSeconds: [] };
    expect(() => simulate({ costs, frames: 0 })).toThrow(RangeError);
    expect(() => simulate({ costs, frames: 1, depth: 0 })).toThrow(RangeError);
    expect(() => simulate({ costs, frames: 1, sourceFps: 0 })).toThrow(RangeError);
    expect(() => simulate({ costs: { memberSeconds: [[]], hopSeconds: [] }, frames: 1 })).toThrow(RangeError);
    expect(simulate({ costs, frames: 1 })).toMatchObject({
      throughputFps: 0,
      latencySeconds: { median: 1, p95: 1 },
    });
  });
});
