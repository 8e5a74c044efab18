import { describe, expect, it } from 'vitest';
import { planOf, reportOf } from '../fixtures/live-report.ts';
import type { Precision } from '../core/engine.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { engineGain, engineReason, engineSentence, usersOf } from './engine-sentence.ts';
import type { EngineUse } from './plan-report.ts';

const OURS: EngineUse = {
  processor: 'wasm:1',
  engine: 'fused',
  obstacle: null,
  seconds: { fused: 0.002, ort: 0.005 },
  n: 30,
};
const THEIRS: EngineUse = { ...OURS, engine: 'ort' };
const ALONE: EngineUse = { ...OURS, seconds: { fused: 0.002, ort: null } };
const AUTO = { wanted: 'auto', isChain: false } as const;

describe('engineSentence', () => {
  const pipelineOn = (...processors: readonly ProcessorId[]) =>
    reportOf(processors, [1, 1], planOf([[0], [1]], [1])).chosen;
  const chosen = pipelineOn('webgpu', 'wasm:1');
  const onGpu: EngineUse = { ...THEIRS, processor: 'webgpu' };

  it('names the engine of all, or of each processor', () => {
    const twice = pipelineOn('wasm:1', 'wasm:1');
    expect(engineSentence({ chosen: twice, engines: [OURS] })).toBe('On Ridgepoint’s own engine.');
    expect(engineSentence({ chosen, engines: [onGpu, OURS] })).toBe(
      'WebGPU on onnxruntime-web, WASM on Ridgepoint’s own engine.',
    );
  });
  it('leaves out processors that the plan does not use', () => {
    const single = reportOf(['wasm:1', 'webgpu'], [1, 1], planOf([[0]], [])).chosen;
    expect(engineSentence({ chosen: single, engines: [onGpu, OURS] })).toBe('On Ridgepoint’s own engine.');
  });
  it('says in which precision our own computes on a GPU', () => {
    const ours = (precision: Precision): EngineUse => ({ ...OURS, processor: 'webgpu', precision });
    const single = reportOf(['webgpu'], [1, 1], planOf([[0]], [])).chosen;
    expect(engineSentence({ chosen: single, engines: [ours('fp16')] })).toBe(
      'On Ridgepoint’s own engine in fp16.',
    );
    expect(engineSentence({ chosen, engines: [ours('fp32'), OURS] })).toBe(
      'WebGPU on Ridgepoint’s own engine in fp32, WASM on Ridgepoint’s own engine.',
    );
  });
  it('is nothing where nothing was run', () => {
    expect(engineSentence({ chosen, engines: [] })).toBeNull();
  });
});

describe('engineGain', () => {
  it('is how many times as fast the one that runs is', () => {
    expect(engineGain(OURS)).toBeCloseTo(2.5, 12);
    expect(engineGain(THEIRS)).toBeCloseTo(0.4, 12);
    expect(engineGain(ALONE)).toBeNull();
  });
});

describe('engineReason', () => {
  it.each([
    ['what was measured', OURS, AUTO, '2.50 × as fast as onnxruntime-web, measured (n\u00a0=\u00a030).'],
    [
      'a choice that costs time',
      THEIRS,
      { ...AUTO, wanted: 'ort' },
      'Your choice. 0.40 × as fast as Ridgepoint, measured (n\u00a0=\u00a030).',
    ],
    [
      'that the other was not needed',
      ALONE,
      { ...AUTO, isChain: true },
      'A plain chain of convolutions needs no other engine: onnxruntime-web was not loaded.',
    ],
    ['that the other failed', ALONE, AUTO, 'onnxruntime-web failed at it.'],
    [
      'a choice that was not compared',
      ALONE,
      { wanted: 'fused', isChain: true },
      'Your choice; onnxruntime-web was not timed.',
    ],
    [
      'what ours cannot run',
      { ...THEIRS, obstacle: 'operator Erf (“gelu”)', seconds: { fused: null, ort: 0.005 } },
      AUTO,
      'Not on Ridgepoint’s own engine: operator Erf (“gelu”).',
    ],
  ] as const)('says %s', (_, use, reasons, sentence) => {
    expect(engineReason(use, reasons)).toBe(sentence);
  });
});

it('a use is of every processor of its kind', () => {
  expect(usersOf(['wasm:2', 'wasm:1', 'wasm:1'], OURS)).toBe('WASM A, WASM B');
  expect(usersOf(['webgpu', 'wasm:1'], OURS)).toBe('WASM');
});
