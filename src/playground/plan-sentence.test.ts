import { describe, expect, it } from 'vitest';
import type { Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { planReport, planTo } from '../fixtures/plan-report.ts';
import type { Performance, PlanEntry, PlanReport } from './plan-report.ts';
import { gainOverBestSingle, planSentence, processorName } from './plan-sentence.ts';

const UNITS = 8;
type Figures = readonly [throughputFps: number, latencyMs: number];
const performanceOf = ([throughputFps, latencyMs]: Figures, n: number): Performance => ({
  throughputFps,
  latencyMs,
  n,
});

function entry(plan: Plan, predicted: Figures, measured: Figures | null = null): PlanEntry {
  return {
    ...plan,
    predicted: performanceOf(predicted, 0),
    measured: measured && performanceOf(measured, 20),
    equality: null,
  };
}

const reportOf = (
  processors: readonly ProcessorId[],
  plans: readonly [PlanEntry, ...PlanEntry[]],
  more: Partial<PlanReport> = {},
): PlanReport =>
  planReport(processors, plans, {
    bound: { speedup: 1.9, lpThroughputFps: 19, dealtSpeedup: 2 },
    units: Array.from({ length: UNITS }, (_, i) => ({
      name: `unit${i}`,
      flop: 1,
      bytes: 1,
      roofline: [],
      calibrated: null,
      measured: null,
    })),
    ...more,
  });

const BOTH: readonly ProcessorId[] = ['webgpu', 'wasm:2'];
const TWINS: readonly ProcessorId[] = ['wasm:1', 'wasm:1'];
/** Without the word joiners that keep a range on one line. */
const plain = (text: string): string => text.replaceAll('\u2060', '');

describe('processorName', () => {
  it.each([
    [['webgpu'], 0, 'WebGPU'],
    [['wasm:1'], 0, 'WASM'],
    [['wasm:4'], 0, 'WASM × 4'],
    [['wasm:1', 'wasm:1'], 0, 'WASM A'],
    [['wasm:1', 'wasm:1'], 1, 'WASM B'],
    [['wasm:2', 'webgpu', 'wasm:2'], 2, 'WASM × 2 B'],
    // Different groups need no letters.
    [['wasm:1', 'wasm:2'], 1, 'WASM × 2'],
  ] as const)('%j at %i: %s', (processors, index, name) => {
    expect(processorName(processors, index)).toBe(name);
  });
});

describe('a pipeline as a sentence', () => {
  it('says who runs which units, counted from 1', () => {
    const chosen = entry(planTo(BOTH, [1, 2], [0, 7]), [15, 100]);
    expect(plain(planSentence(reportOf(BOTH, [chosen])).what)).toBe(
      'WASM × 2 runs units 1–3, WebGPU runs the rest.',
    );
  });
  it('names equal processors A and B, by their place in the list and not in the plan', () => {
    const chosen = entry(planTo(TWINS, [1, 0], [0, 7]), [15, 100]);
    expect(planSentence(reportOf(TWINS, [chosen])).what).toBe('WASM B runs unit 1, WASM A runs the rest.');
  });
  it('names every stage of three', () => {
    const list = ['wasm:1', 'webgpu', 'wasm:1'] as const;
    const chosen = entry(planTo(list, [0, 1], [1, 4], [2, 7]), [15, 100]);
    expect(plain(planSentence(reportOf(list, [chosen])).what)).toBe(
      'WASM A runs units 1–2, WebGPU runs units 3–5, WASM B runs the rest.',
    );
  });

  const split = (measured: Figures | null): PlanEntry =>
    entry(planTo(BOTH, [0, 3], [1, 7]), [16, 110], measured);
  const alone = (measured: Figures | null): PlanEntry => entry(planTo(BOTH, [0, 7]), [10, 100], measured);

  it('gives the gain over the single processor of the same race, and the bound', () => {
    const report = reportOf(BOTH, [split([15, 120]), alone([10, 100])]);
    expect(gainOverBestSingle(report)).toBe(1.5);
    expect(planSentence(report).why).toBe(
      'They work on successive frames at the same time: 1.50 × the frames of the best processor alone, measured; ' +
        'at most 1.90 × is possible.',
    );
  });
  it('takes the processors measured alone only where none was raced', () => {
    const singles = [
      { processor: 'webgpu', predicted: performanceOf([10, 100], 0), measured: performanceOf([12, 83], 8) },
      { processor: 'wasm:2', predicted: performanceOf([6, 160], 0), measured: performanceOf([5, 200], 8) },
    ] as const;
    expect(gainOverBestSingle(reportOf(BOTH, [split([15, 120])], { singles }))).toBe(1.25);
    const raced = reportOf(BOTH, [split([15, 120]), alone([10, 100])], { singles });
    expect(gainOverBestSingle(raced)).toBe(1.5);
  });
  it('claims no gain that was not measured', () => {
    for (const plans of [
      [split(null), alone(null)],
      [split([15, 120]), alone(null)],
      [split(null), alone([10, 100])],
    ] as const) {
      const report = reportOf(BOTH, plans);
      expect(gainOverBestSingle(report)).toBeNull();
      expect(planSentence(report).why).toBe(
        'They work on successive frames at the same time; at most 1.90 × the best processor alone is possible.',
      );
    }
  });
  it('chosen for the least latency speaks of latency', () => {
    const plans = [split([15, 92]), alone([16, 104])] as const;
    expect(planSentence(reportOf(BOTH, plans, { objective: 'snappiest' })).why).toBe(
      'Together they answer soonest: 92 ms a frame against 104 ms for the best processor alone, measured.',
    );
  });
  it('claims no bound that the measurement broke: times drift between profile and race', () => {
    const { why } = planSentence(reportOf(BOTH, [split([20, 100]), alone([10, 100])]));
    expect(why).toContain('2.00 × the frames');
    expect(why).not.toContain('is possible');
  });
});

describe('a single processor as a sentence', () => {
  const alone = (predicted: Figures, measured: Figures | null): PlanEntry =>
    entry(planTo(BOTH, [0, 7]), predicted, measured);
  const split = (predicted: Figures, measured: Figures | null): PlanEntry =>
    entry(planTo(BOTH, [0, 3], [1, 7]), predicted, measured);
  const why = (
    [chosen, rival]: readonly [PlanEntry, PlanEntry],
    objective: PlanReport['objective'] = 'fastest',
  ): string => planSentence(reportOf(BOTH, [chosen, rival], { objective })).why;

  it('that more processors hardly beat says so', () => {
    const plans = [alone([11, 90], [12, 83]), split([16, 95], [12.2, 95])] as const;
    const passedOver = { gain: 0.0167, error: 0.031, plan: plans[1] };
    expect(planSentence({ ...reportOf(BOTH, plans), passedOver }).why).toBe(
      'More processors would gain 1.7 %, no more than the figures may err (3.1 %).',
    );
  });
  it('needs no letter: it is the only one that runs', () => {
    const report = reportOf(TWINS, [entry(planTo(TWINS, [0, 7]), [10, 100])]);
    expect(planSentence(report).what).toBe('WASM runs the whole model.');
  });
  it('is the only one where only one was offered', () => {
    const report = reportOf(['wasm:1'], [entry(planTo(['wasm:1'], [0, 7]), [10, 100])]);
    expect(planSentence(report)).toEqual({
      what: 'WASM runs the whole model.',
      why: 'It is the only processor there is to plan for.',
    });
  });
  it('of two runs a model that has no cut, and is not called the only one', () => {
    const report = reportOf(BOTH, [
      entry(planTo(BOTH, [0, 7]), [10, 100]),
      entry(planTo(BOTH, [1, 7]), [5, 200]),
    ]);
    expect(planSentence(report).why).toBe('This model cannot be split.');
  });
  it('compares what was measured where both were', () => {
    expect(why([alone([11, 90], [12, 83]), split([13, 150], [10, 160])])).toBe(
      'Splitting would not pay: alone it runs 1.20 × the frames of the best split, measured.',
    );
  });
  it('compares like with like where only one was measured', () => {
    // 11 against 10 predicted; the 12 that was measured has nothing to stand beside.
    expect(why([alone([11, 90], [12, 83]), split([10, 150], null)])).toBe(
      'Splitting would not pay: alone it runs 1.10 × the frames of the best split, predicted.',
    );
  });
  it('is compared with no split that computes wrong', () => {
    const wrong = {
      ...split([16, 70], [20, 60]),
      equality: { maxAbsDifference: 9, maxRelDifference: 1, inOrder: true, frames: 6 },
    };
    const right = split([14, 80], [10, 90]);
    const plans = [alone([11, 90], [12, 83]), wrong, right] as const;
    expect(planSentence(reportOf(BOTH, plans)).why).toContain(
      '1.20 × the frames of the best split, measured',
    );
    expect(planSentence(reportOf(BOTH, [plans[0], wrong])).why).toBe(
      'Every split that was run computes something else than one processor.',
    );
  });
  it('claims nothing over a prediction that no run bore out', () => {
    const plans = [alone([11, 90], [12, 83]), split([16, 95], null)] as const;
    expect(why(plans)).toBe('It is the best of the plans that were run.');
    expect(why([alone([11, 90], [12, 83]), split([10, 80], null)], 'snappiest')).toBe(
      'It is the best of the plans that were run.',
    );
  });
  it('for the least latency speaks of latency', () => {
    expect(why([alone([10, 95.4], [10, 98.6]), split([16, 110.2], [15, 120.4])], 'snappiest')).toBe(
      'One processor answers soonest: 99 ms a frame against 120 ms for the best split, measured.',
    );
    expect(why([alone([300, 3.21], null), split([320, 4.56], null)], 'snappiest')).toBe(
      'One processor answers soonest: 3.2 ms a frame against 4.6 ms for the best split, predicted.',
    );
  });
  it('that is slower but soon enough is not said to be faster', () => {
    // Both keep 30 frames/s, so `smooth` takes the one of less latency.
    expect(why([alone([40, 25], [40, 25]), split([60, 30], [60, 31])], 'smooth')).toBe(
      'One processor answers soonest: 25 ms a frame against 31 ms for the best split, measured.',
    );
    // Neither does: then frames decide.
    expect(why([alone([20, 50], [20, 50]), split([16, 60], [16, 61])], 'smooth')).toBe(
      'Splitting would not pay: alone it runs 1.25 × the frames of the best split, measured.',
    );
  });
});
