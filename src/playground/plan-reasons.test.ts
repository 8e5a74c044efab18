/** @file Reasons of plans, as tables. */
import { describe, expect, it } from 'vitest';
import { predict } from '../core/planning/planner.ts';
import type { Prices } from '../core/planning/pricer.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { planReport, planTo, type End } from '../fixtures/plan-report.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';
import { planReasons } from './plan-reasons.ts';

/** Hand-over 1 ms + 1 ms/MB, upload 2 ms/MB, download 3 ms/MB. */
const TRANSFERS = {
  hop: { latencySeconds: 1e-3, bytesPerSecond: 1e9 },
  upload: { latencySeconds: 0, bytesPerSecond: 5e8 },
  download: { latencySeconds: 0, bytesPerSecond: 1e9 / 3 },
};

/** `floats[u]` are what unit u writes; of each processor, ms a unit. */
function pricesOf(
  floats: readonly number[],
  ...columns: readonly (readonly [ProcessorId, readonly number[]])[]
): Prices {
  const value = (i: number) => ({ name: `v${i}`, dtype: 'float32' as const, shape: [floats[i] ?? 0] });
  const processors = columns.map(([processor]) => processor);
  const seconds = columns.map(([, each]) => each.map((ms) => ms / 1000));
  return {
    units: floats.map((_, i) => ({ input: value(i - 1), output: value(i) })),
    costs: { model: 'measured', processors, seconds },
    transfers: TRANSFERS,
  };
}

function entryOf(prices: Prices, ...ends: readonly End[]): PlanEntry {
  const plan = planTo(prices.costs.processors, ...ends);
  const { throughputFps, latencySeconds } = predict(plan, prices);
  const predicted = { throughputFps, latencyMs: latencySeconds * 1000, n: 0 };
  return { ...plan, predicted, measured: null, equality: null };
}

const raced = (entry: PlanEntry, throughputFps: number) => ({
  ...entry,
  measured: { throughputFps, latencyMs: 1, n: 9 },
});

function reasonsOf(
  prices: Prices,
  plans: readonly [PlanEntry, ...PlanEntry[]],
  objective: PlanReport['objective'] = 'fastest',
): readonly string[] {
  const report = planReport(prices.costs.processors, plans, { objective });
  // Without the word joiners that keep a range on one line.
  return planReasons(report, prices).map((reason) => reason.replaceAll('\u2060', ''));
}

const column = [10, 10, 11, 9, 20];
/** Units 1–3 take 31 ms, units 4–5 29 ms; 150,500 numbers cross. */
const EVEN = pricesOf([5e5, 4e5, 150_500, 1e5, 10], ['wasm:1', column], ['wasm:1', column]);

describe('why a cut lies where it lies', () => {
  it('names what sets the pace, what moving a unit would do, and what crosses', () => {
    expect(reasonsOf(EVEN, [entryOf(EVEN, [0, 2], [1, 4])])).toEqual([
      'By the costs a frame takes 31 ms on WASM A and 29 ms on WASM B: WASM A sets the pace at 31 ms.',
      'Moving unit 3 to WASM B would make WASM B the slowest at 40 ms.',
      'Moving unit 4 to WASM A would make WASM A the slowest at 40 ms.',
      '602 kB cross the cut after unit 3: 1.6 ms to hand over.',
    ]);
  });
  it('tells what the processors took in the race', () => {
    const entry = raced(entryOf(EVEN, [0, 2], [1, 4]), 30);
    const measured = { ...entry.measured, memberMs: { full: [[33.4], [28.6]], alone: [[30], [28]] } };
    expect(reasonsOf(EVEN, [{ ...entry, measured }]).at(-1)).toBe(
      'In the race a frame took 33 ms on WASM A and 29 ms on WASM B.',
    );
  });
  it('owns that the price was for another cut, and what decided', () => {
    const chosen = raced(entryOf(EVEN, [0, 1], [1, 4]), 30);
    const better = 'Moving unit 3 to WASM A would make WASM A the slowest at 31 ms, which should be better; ';
    expect(reasonsOf(EVEN, [chosen])[2]).toBe(`${better}it was not run.`);
    const rival = raced(entryOf(EVEN, [0, 2], [1, 4]), 25);
    expect(reasonsOf(EVEN, [chosen, rival])[2]).toBe(
      `${better}in the race it made 25.0 frames/s against 30.0.`,
    );
  });
  it('for the least latency speaks of latency', () => {
    const prices = pricesOf([2.5e5, 2.5e5, 2.5e5, 1], ['wasm:1', [10, 10, 10, 10]], ['wasm:2', [5, 9, 8, 9]]);
    const reasons = reasonsOf(prices, [entryOf(prices, [0, 1], [1, 3])], 'snappiest');
    expect(reasons[2]).toBe('Moving unit 3 to WASM would make a frame take 41 ms instead of 39 ms.');
    expect(reasons[1]).toBe(
      'Moving unit 2 to WASM × 2 would make a frame take 38 ms instead of 39 ms, which should be better; it was not run.',
    );
  });
  it('says nothing of a unit that a stage cannot spare, and speaks of each of two cuts', () => {
    const prices = pricesOf([1, 1, 1, 1, 1], ['wasm:1', column], ['wasm:1', column], ['webgpu', column]);
    const reasons = reasonsOf(prices, [entryOf(prices, [0, 0], [1, 3], [2, 4])]);
    expect(reasons.filter((reason) => reason.startsWith('Moving'))).toEqual([
      'Moving unit 2 to WASM A would make WebGPU the slowest at 20 ms, which should be better; it was not run.',
      'Moving unit 4 to WebGPU would make WebGPU the slowest at 29 ms, which should be better; it was not run.',
    ]);
    expect(reasons.filter((reason) => reason.includes('cross the cut'))).toEqual([
      '4 B cross the cut after unit 1: 1.0 ms to hand over.',
      '4 B cross the cut after unit 4: 1.0 ms to hand over and under 0.1 ms to upload.',
    ]);
  });
  it('finds a hand-over that is the slowest of all', () => {
    const prices = pricesOf([2.5e6, 1], ['wasm:1', [1, 1]], ['wasm:1', [1, 1]]);
    expect(reasonsOf(prices, [entryOf(prices, [0, 0], [1, 1])])[0]).toBe(
      'By the costs a frame takes 1.0 ms on WASM A and 1.0 ms on WASM B: the hand-over after unit 1 sets the pace at 11 ms.',
    );
  });
});

describe('units that stay because what lies before them is larger', () => {
  const kept = (costs: readonly number[], floats: readonly number[], ends: readonly End[]) => {
    const prices = pricesOf(floats, ['wasm:1', costs], ['webgpu', [1, 1, 1, 1, 1]]);
    return reasonsOf(prices, [entryOf(prices, ...ends)]).filter((reason) => reason.includes('keeps'));
  };
  // A MB costs 3 ms to hand over and upload.
  const SHRINKING = [5e5, 4e5, 1e5, 5e4, 1];
  it.each([
    // 2.0 MB after unit 1 against 0.4 MB after unit 3: 4.8 ms; computing units 2 and 3 is 3 ms.
    [
      'computing is cheaper',
      [1, 1, 2, 5, 5],
      [
        [0, 2],
        [1, 4],
      ],
      [
        'WASM keeps units 2–3: the 2.0 MB before cost 4.8 ms more to move than what follows, and computing there costs 3.0 ms.',
      ],
    ],
    [
      'computing is dearer',
      [1, 3, 4, 5, 5],
      [
        [0, 2],
        [1, 4],
      ],
      [],
    ],
    // 1.6 MB against 0.4 MB: 3.6 ms, for unit 3 alone 2 ms.
    [
      'of some of them',
      [1, 9, 2, 5, 5],
      [
        [0, 2],
        [1, 4],
      ],
      [
        'WASM keeps unit 3: the 1.6 MB before cost 3.6 ms more to move than what follows, and computing there costs 2.0 ms.',
      ],
    ],
    [
      'nothing to keep',
      [1, 1, 1, 1, 1],
      [
        [0, 0],
        [1, 4],
      ],
      [],
    ],
  ] as const)('%s', (_, costs, ends, expected) => {
    expect(kept(costs, SHRINKING, ends)).toEqual(expected);
  });
  it('counts the way down from a GPU', () => {
    const prices = pricesOf([2.5e5, 1], ['webgpu', [1, 1]], ['wasm:1', [1, 1]]);
    expect(reasonsOf(prices, [entryOf(prices, [0, 0], [1, 1])])).toContain(
      '1.0 MB cross the cut after unit 1: 3.0 ms to download and 2.0 ms to hand over.',
    );
  });
});

describe('why one processor alone', () => {
  it('names a part that takes the other longer than all of it takes here', () => {
    const prices = pricesOf([10, 10, 10], ['webgpu', [1, 1, 1]], ['wasm:1', [30, 9, 40]]);
    expect(reasonsOf(prices, [entryOf(prices, [0, 2])])).toEqual([
      'WebGPU takes 3.0 ms a frame by the costs.',
      'On WASM unit 1 alone takes 30 ms, longer than the whole model here.',
    ]);
  });
  it('names the best split by price and what paces it', () => {
    const prices = pricesOf([10, 10], ['wasm:2', [10, 10]], ['wasm:1', [15, 15]]);
    const plans = [
      raced(entryOf(prices, [0, 1]), 50),
      raced(entryOf(prices, [1, 1]), 33),
      raced(entryOf(prices, [0, 0], [1, 1]), 45),
    ] as const;
    expect(reasonsOf(prices, plans)).toEqual([
      'WASM × 2 takes 20 ms a frame by the costs.',
      'The best other plan by the costs, WASM × 2 1–1 → WASM 2–2, is paced by WASM at 15 ms; in the race it made 45.0 frames/s against 50.0.',
    ]);
    const unraced = [plans[0], entryOf(prices, [1, 0], [0, 1])] as const;
    expect(reasonsOf(prices, unraced)[1]).toBe(
      'The best other plan by the costs, WASM 1–1 → WASM × 2 2–2, is paced by WASM at 15 ms.',
    );
  });
});

it('whole frames dealt out: who needs what for one, and the best cut', () => {
  const prices = pricesOf([10, 10, 10], ['wasm:1', [10, 10, 12]], ['wasm:1', [10, 10, 12]]);
  const [stage] = entryOf(prices, [0, 2]).stages;
  if (!stage) throw new Error('no stage');
  const dealt: PlanEntry = {
    ...entryOf(prices, [0, 2]),
    kind: 'replicated',
    stages: [{ ...stage, others: [{ processor: 'wasm:1', processorIndex: 1 }] }],
  };
  expect(
    reasonsOf(prices, [dealt, entryOf(prices, [0, 0], [1, 2]), entryOf(prices, [0, 1], [1, 2])]),
  ).toEqual([
    'Whole frames are dealt out and nothing is cut: one takes 32 ms on WASM A and 32 ms on WASM B, so one is done every 16 ms.',
    'The best other plan by the costs, WASM A 1–2 → WASM B 3–3, is paced by WASM A at 20 ms.',
  ]);
});
