import { describe, expect, it } from 'vitest';
import { planOf, reportOf } from '../fixtures/live-report.ts';
import type { Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { detourSentence } from './live-sentence.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Detour } from './state.ts';

const entry = (plan: Plan): PlanEntry => ({
  ...plan,
  predicted: { throughputFps: 1, latencyMs: 1, n: 0 },
  measured: null,
  equality: null,
});
const TWINS: readonly ProcessorId[] = ['wasm:1', 'wasm:1'];
const BOTH: readonly ProcessorId[] = ['webgpu', 'wasm:2'];
const onWasm = entry({
  kind: 'single',
  stages: [{ processor: 'wasm:2', processorIndex: 1, fromUnit: 0, toUnit: 3 }],
});
const lost = (...processors: readonly number[]): Detour => ({ reason: 'lost', processors });

describe('why another plan runs', () => {
  it.each<[readonly ProcessorId[], Detour, PlanEntry | null, string, string, string]>([
    [BOTH, lost(0), onWasm, 'WebGPU was lost.', 'WASM × 2 runs the whole model.', 'Try WebGPU again'],
    [
      BOTH,
      lost(0, 1),
      null,
      'WebGPU and WASM × 2 were lost.',
      'WASM runs the whole model.',
      'Try them again',
    ],
    [BOTH, lost(), null, 'The plan could not run.', 'WASM runs the whole model.', 'Try it again'],
    [
      TWINS,
      { reason: 'slowed', processor: 1, factor: 1.64 },
      entry(planOf([[0], [1]], [2])),
      'Your device slowed down: WASM B takes 1.6 × what it did.',
      'The plan is now: WASM A runs units 1–3, WASM B runs the rest.',
      'Back to the chosen plan',
    ],
  ])('%j, %j', (processors, detour, plan, why, what, back) => {
    const report = reportOf(processors, [1, 1], planOf([[0], [1]], [1]));
    const sentence = detourSentence(report, { detour, plan });
    expect({ ...sentence, what: sentence.what.replaceAll('\u2060', '') }).toEqual({ why, what, back });
  });
});
