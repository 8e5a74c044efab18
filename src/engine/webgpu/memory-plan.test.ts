import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programOf, programSpec } from '../../fixtures/random-program.ts';
import { lastReads, NO_CLAMP, type Program, type Step } from '../program.ts';
import { hasBorder, layoutOf, layoutsOf, mapAt } from './layout.ts';
import { planMemory } from './memory-plan.ts';

/** `depth` activations, one after another. */
function chain(depth: number): Program {
  const map = { channels: 6, height: 5, width: 7 };
  const steps = Array.from({ length: depth }, (_, i): Step => ({
    kind: 'add',
    nodes: [],
    input: i,
    output: i + 1,
    clamp: NO_CLAMP,
    other: null,
  }));
  return { maps: Array.from({ length: depth + 1 }, () => map), input: 0, output: depth, steps };
}

describe('layouts', () => {
  it('pad channels to quads and lay rows out with their borders', () => {
    const layout = layoutOf({ channels: 6, height: 5, width: 7 }, { top: 1, left: 2, bottom: 3, right: 4 });
    expect(layout).toMatchObject({ quads: 2, row: 26, start: 30, length: 234 });
  });
  it('hold every place that a window reads, whatever the steps', () => {
    fc.assert(
      fc.property(programSpec, (spec) => {
        const program = programOf(spec);
        const layouts = layoutsOf(program);
        for (const step of program.steps) {
          if (step.kind !== 'convolution' && step.kind !== 'depthwise') continue;
          const input = mapAt(layouts, step.input);
          const output = mapAt(layouts, step.output);
          const { kernel, strides, dilations, pads } = step;
          const last = (axis: 0 | 1, outputs: number): number =>
            (outputs - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] - pads[axis];
          expect(input.border.top).toBeGreaterThanOrEqual(pads[0]);
          expect(input.border.left).toBeGreaterThanOrEqual(pads[1]);
          expect(last(0, output.height)).toBeLessThan(input.height + input.border.bottom);
          expect(last(1, output.width)).toBeLessThan(input.width + input.border.right);
        }
      }),
    );
  });
});

describe('planMemory', () => {
  it('needs two buffers for a chain, however long', () => {
    expect(planMemory(chain(9), layoutsOf(chain(9))).lengths).toEqual([70, 70]);
  });
  it('gives every map room, to itself while it is needed, and borders only to their like', () => {
    fc.assert(
      fc.property(programSpec, (spec) => {
        const program = programOf(spec);
        const layouts = layoutsOf(program);
        const { lengths, bufferOf } = planMemory(program, layouts);
        const last = lastReads(program);
        const made = program.maps.map((_, map) => program.steps.findIndex(({ output }) => output === map));
        for (const [a, buffer] of bufferOf.entries()) {
          const layout = mapAt(layouts, a);
          expect(lengths[buffer]).toBeGreaterThanOrEqual(layout.length);
          for (const [b, other] of bufferOf.entries()) {
            if (b <= a || other !== buffer) continue;
            // Maps are numbered in the order of the steps that make them.
            expect(last[a]).toBeGreaterThanOrEqual(0);
            expect(last[a]).toBeLessThan(made[b] ?? -1);
            if (hasBorder(layout)) expect(mapAt(layouts, b)).toEqual(layout);
            else expect(hasBorder(mapAt(layouts, b))).toBe(false);
          }
        }
      }),
    );
  });
});
