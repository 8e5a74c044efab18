import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../core/planning/plan.ts';
import { ganttGroup, stepsInOrder, ticksOf } from './gantt-view.ts';

const TWINS = ['webgpu', 'wasm:1', 'wasm:1'] as const;
const A: Stage = { processor: 'wasm:1', processorIndex: 1, fromUnit: 0, toUnit: 3 };
const B: Stage = { processor: 'wasm:1', processorIndex: 2, fromUnit: 4, toUnit: 7 };
const span = (stage: number, start: number, end: number, member = 0) => ({ stage, member, start, end });
const TITLE = { title: 'measured', isPredicted: false };

describe('ganttGroup', () => {
  it('has a lane a processor, named and coloured apart, and reads each bar', () => {
    const frames = [
      { id: 4, spans: [span(0, 1000, 1030), span(1, 1034, 1050.5)] },
      { id: 5, spans: [span(0, 1030, 1062), span(1, 1062, 1080)] },
    ];
    const group = ganttGroup(TITLE, { kind: 'pipeline', stages: [A, B] }, TWINS, frames);
    expect(group.lanes.map(({ label, tone, bars }) => [label, tone, bars.map(({ frame }) => frame)])).toEqual(
      [
        ['WASM A', 'cpu', [4, 5]],
        ['WASM B', 'cpu-2', [4, 5]],
      ],
    );
    expect(stepsInOrder(group).map(({ label, reading }) => `${label} ${reading}`)).toEqual([
      'Frame 4 on WASM A, measured: 30 ms, from 0.0 to 30.0 ms.',
      'Frame 4 on WASM B, measured: 17 ms, from 34.0 to 50.5 ms, after 4.0 ms of waiting.',
      'Frame 5 on WASM A, measured: 32 ms, from 30.0 to 62.0 ms.',
      'Frame 5 on WASM B, measured: 18 ms, from 62.0 to 80.0 ms.',
    ]);
  });
  it('gives each member of a stage its lane, one that took no frame too', () => {
    const stages = [{ ...A, others: [{ processor: 'wasm:1' as const, processorIndex: 2 }] }];
    const group = ganttGroup(TITLE, { kind: 'replicated', stages }, TWINS, [
      { id: 0, spans: [span(0, 0, 5, 1)] },
    ]);
    expect(group.lanes.map(({ label, bars }) => [label, bars.length])).toEqual([
      ['WASM A', 0],
      ['WASM B', 1],
    ]);
  });
  it('calls the only processor by no letter', () => {
    const { lanes } = ganttGroup(TITLE, { kind: 'single', stages: [B] }, TWINS, []);
    expect(lanes).toEqual([{ label: 'WASM', tone: 'cpu', bars: [] }]);
  });
});

describe('ticksOf', () => {
  it.each([
    [520, 5, [0, 200, 400]],
    [500, 5, [0, 100, 200, 300, 400, 500]],
    [0.9, 3, [0, 0.5]],
    [7, 1, [0]],
    [0, 5, [0]],
  ])('of %d ms, at most %i: %j', (span, most, ticks) => {
    expect(ticksOf(span, most)).toEqual(ticks);
  });
  it('never more than asked for beside the first, none past the end', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (span, most) => {
          const ticks = ticksOf(span, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.at(-1)).toBeLessThanOrEqual(span * (1 + 1e-5));
        },
      ),
    );
  });
});
