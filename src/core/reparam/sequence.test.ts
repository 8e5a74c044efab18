/** @file Two convolutions as one: exact wherever it is allowed, and wrong where it is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node } from '../../fixtures/graph.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { floatTensor } from '../graph/tensor.ts';
import { randomTensor } from '../random.ts';
import { differenceOf } from './equivalence.ts';
import { convolutionForm, kernelOf, type LinearForm } from './linear-form.ts';
import { followForm, sequenceObstacle } from './sequence.ts';

const [HEIGHT, WIDTH] = [24, 23];

/** What the forms compute one after the other, by the reference convolution. */
function apply(forms: readonly LinearForm[]): Float64Array {
  const nodes = forms.map(({ window, groups }, i) => {
    const { strides, dilations, pads } = window;
    return node('Conv', [`v${i}`, `w${i}`, `b${i}`], `v${i + 1}`, {
      strides,
      dilations,
      pads,
      group: groups,
    });
  });
  const initializers = forms.flatMap((form, i) => {
    const shape = [form.outputChannels, form.inputChannels / form.groups, ...form.window.kernel];
    return [
      [`w${i}`, floatTensor(shape, kernelOf(form, Float32Array))] as const,
      [`b${i}`, floatTensor([form.outputChannels], form.bias)] as const,
    ];
  });
  const channels = forms[0]?.inputChannels ?? 0;
  const model = modelOf({
    inputs: [image('v0', [1, channels, HEIGHT, WIDTH])],
    outputs: [image(`v${forms.length}`, [])],
    nodes,
    initializers: Object.fromEntries(initializers),
  });
  return evaluate(model, randomTensor(channels * HEIGHT * WIDTH, 99)).data;
}

/** Along one axis: the padding is drawn up to a little more than the window reaches. */
const axis = fc
  .record({
    taps: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    stride: fc.integer({ min: 1, max: 2 }),
  })
  .chain((drawn) => {
    const pad = fc.nat({ max: (drawn.taps - 1) * drawn.dilation + 1 });
    return fc.record({
      ...constants(drawn),
      begin: fc.oneof(fc.constant(0), pad),
      end: fc.oneof(fc.constant(0), pad),
    });
  });

const constants = <T extends object>(record: T): { [K in keyof T]: fc.Arbitrary<T[K]> } =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fc.constant(value as unknown)])) as {
    [K in keyof T]: fc.Arbitrary<T[K]>;
  };

interface Axis {
  readonly taps: number;
  readonly dilation: number;
  readonly stride: number;
  readonly begin: number;
  readonly end: number;
}

interface Layer {
  readonly h: Axis;
  readonly w: Axis;
  readonly groups: number;
  readonly bias: boolean;
  readonly channels: number;
  readonly seed: number;
}

const layer: fc.Arbitrary<Layer> = fc.record({
  h: axis,
  w: axis,
  groups: fc.constantFrom(1, 2, 4),
  bias: fc.boolean(),
  channels: fc.constantFrom(4, 8),
  seed: fc.nat({ max: 1000 }),
});

function formOf({ h, w, groups, bias, channels, seed }: Layer, inputs: number): LinearForm {
  const count = channels * (inputs / groups) * h.taps * w.taps;
  return convolutionForm({
    source: 'v0',
    groups,
    inputChannels: inputs,
    outputChannels: channels,
    window: {
      kernel: [h.taps, w.taps],
      strides: [h.stride, w.stride],
      dilations: [h.dilation, w.dilation],
      pads: [h.begin, w.begin, h.end, w.end],
    },
    weight: () => Float64Array.from(randomTensor(count, seed)),
    bias: bias ? Float64Array.from(randomTensor(channels, seed + 1)) : new Float64Array(channels),
  });
}

describe('one convolution after another', () => {
  it('is one exactly where it is allowed, and something else where it is refused', () => {
    const found = { allowed: 0, padded: 0, refused: 0, wrong: 0 };
    fc.assert(
      fc.property(layer, layer, (first, second) => {
        const inner = formOf(first, 4);
        const outer = formOf(second, inner.outputChannels);
        const obstacle = sequenceObstacle(inner, outer, [HEIGHT, WIDTH]);
        const [apart, one] = [apply([inner, outer]), apply([followForm(inner, outer)])];
        expect(one.length).toBe(apart.length);
        const { maxRelDifference } = differenceOf(apart, one);
        if (obstacle === null) {
          expect(maxRelDifference).toBeLessThan(1e-5);
          found.allowed++;
          if (outer.window.pads.some((size) => size > 0)) found.padded++;
        } else {
          found.refused++;
          if (maxRelDifference > 1e-3) found.wrong++;
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
    // Padding that no window reaches is refused too, without need; that is rare.
    expect(found.wrong).toBeGreaterThan(0.9 * found.refused);
    expect(found.allowed).toBeGreaterThan(100);
    expect(found.padded).toBeGreaterThan(20);
    expect(found.refused).toBeGreaterThan(300);
  });

  it('says which border stands in the way', () => {
    const shape = { taps: 3, dilation: 1, stride: 1, begin: 0, end: 0 };
    const plain: Layer = { h: shape, w: shape, groups: 1, bias: false, channels: 4, seed: 1 };
    const padded = { ...plain, h: { ...shape, begin: 1 } };
    const point = { ...plain, h: { ...shape, taps: 1 }, w: { ...shape, taps: 1 } };
    const between = (a: Layer, b: Layer): string | null =>
      sequenceObstacle(formOf(a, 4), formOf(b, 4), [HEIGHT, WIDTH]);
    expect(between(plain, plain)).toBeNull();
    expect(between({ ...plain, bias: true }, plain)).toBeNull();
    expect(between(point, padded)).toBeNull();
    expect(between({ ...point, bias: true }, padded)).toBe(
      'its padding is zero where the layer before it would give its bias',
    );
    expect(between(plain, padded)).toBe(
      'its padding is zero where the layer before it would see the edge of the image',
    );
  });
});
