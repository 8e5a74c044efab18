import { describe, expect, it } from 'vitest';
import type { AppError } from '../core/errors.ts';
import { planOf } from '../fixtures/live-report.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { lostProcessor, seat, uselessOf, wholeModel } from './live-seats.ts';

const member = (processorIndex: number) => ({ processor: 'wasm:1', processorIndex }) as const;

describe('seats', () => {
  it('are the plan’s processors in the order of the report, whatever the order of the stages', () => {
    const { seats, plan } = seat(planOf([[2], [0]], [1]), []);
    expect(seats).toEqual([member(0), member(2)]);
    expect(plan.stages.map(({ processorIndex }) => processorIndex)).toEqual([1, 0]);
  });
  it('keep every worker that is open, in its place', () => {
    const open = [member(0), member(3)];
    const { seats, plan } = seat(planOf([[1, 3]], []), open);
    expect(seats).toEqual([member(0), member(1), member(3)]);
    expect(seats[0]).toBe(open[0]);
    expect(plan.stages).toMatchObject([{ processorIndex: 1, others: [{ processorIndex: 2 }] }]);
  });
  it('are none for the whole model on one processor', () => {
    expect(wholeModel('wasm:1', 7)).toEqual({
      seats: [],
      plan: { stages: [{ ...member(0), fromUnit: 0, toUnit: 6 }] },
    });
  });
});

describe('what a failure leaves useless', () => {
  const client = (processor: StageClient['processor']): StageClient => ({ processor }) as StageClient;
  const [a, b, gpu] = [client('wasm:1'), client('wasm:1'), client('webgpu')];
  const engine: AppError = { code: 'engine-failed', processor: 'wasm:1', detail: '' };
  it.each<[string, AppError, StageClient | undefined, readonly StageClient[]]>([
    ['the GPU that is lost', { code: 'device-lost', detail: '' }, undefined, [gpu]],
    ['the engine that failed, where it is known', engine, b, [b]],
    ['else every one like it', engine, undefined, [a, b]],
    ['nobody, where a worker died: it is dead', { code: 'worker-failed', worker: '', detail: '' }, a, []],
  ])('%s', (_, error, culprit, useless) => {
    expect(uselessOf(error, culprit, [a, b, gpu])).toEqual(useless);
  });
  it('is the GPU where none can be had', () => {
    expect(lostProcessor({ code: 'webgpu-unavailable', reason: 'null-adapter' })).toBe('webgpu');
    expect(lostProcessor({ code: 'cancelled' })).toBeNull();
  });
});
