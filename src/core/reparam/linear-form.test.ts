import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node } from '../../fixtures/graph.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { randomTensor } from '../random.ts';
import { floatTensor } from '../graph/tensor.ts';
import { differenceOf } from './equivalence.ts';
import {
  addForms,
  affine,
  convolutionForm,
  depthwiseForm,
  kernelOf,
  mergeObstacle,
  stackForms,
  type LinearForm,
} from './linear-form.ts';

const [HEIGHT, WIDTH] = [9, 8];

interface Parts {
  readonly channels?: readonly [input: number, output: number];
  readonly groups?: number;
  readonly kernel?: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly source?: string;
  readonly seed?: number;
}

function form(parts: Parts = {}): LinearForm {
  const {
    channels = [4, 4],
    groups = 1,
    kernel = [3, 3],
    strides = [1, 1],
    dilations = [1, 1],
    seed = 1,
  } = parts;
  const [inputChannels, outputChannels] = channels;
  const count = outputChannels * (inputChannels / groups) * kernel[0] * kernel[1];
  return convolutionForm({
    source: parts.source ?? 'x',
    groups,
    inputChannels,
    outputChannels,
    window: { kernel, strides, dilations, pads: parts.pads ?? [1, 1, 1, 1] },
    weight: () => Float64Array.from(randomTensor(count, seed)),
    bias: Float64Array.from(randomTensor(outputChannels, seed + 1)),
  });
}

/** What the form computes, by the reference convolution. */
function apply(form: LinearForm): Float64Array {
  const { window, bias, groups, inputChannels, outputChannels } = form;
  const { kernel, strides, dilations, pads } = window;
  const model = modelOf({
    inputs: [image('x', [1, inputChannels, HEIGHT, WIDTH])],
    outputs: [image('y', [])],
    nodes: [node('Conv', ['x', 'w', 'b'], 'y', { strides, dilations, pads, group: groups })],
    initializers: {
      w: floatTensor([outputChannels, inputChannels / groups, ...kernel], kernelOf(form, Float32Array)),
      b: floatTensor([outputChannels], bias),
    },
  });
  return evaluate(model, randomTensor(inputChannels * HEIGHT * WIDTH, 99)).data;
}

function expectSum(a: LinearForm, b: LinearForm): void {
  expect(mergeObstacle(a, b, [HEIGHT, WIDTH])).toBeNull();
  const [left, right] = [apply(a), apply(b)];
  const expected = left.map((value, i) => value + (right[i] ?? NaN));
  expect(differenceOf(expected, apply(addForms(a, b))).maxRelDifference).toBeLessThan(1e-6);
}

describe('depthwiseForm and affine', () => {
  it('identity gives its input back', () => {
    expect(Array.from(apply(depthwiseForm('x', 3)))).toEqual(
      Array.from(randomTensor(3 * HEIGHT * WIDTH, 99)),
    );
  });
  it('affine scales and shifts each output channel', () => {
    const plain = form();
    const [scale, shift] = [Float64Array.of(2, -1, 0.5, 0), Float64Array.of(0, 1, -3, 4)];
    const area = HEIGHT * WIDTH;
    const expected = apply(plain).map(
      (v, i) => v * (scale[Math.floor(i / area)] ?? NaN) + (shift[Math.floor(i / area)] ?? NaN),
    );
    expect(differenceOf(expected, apply(affine(plain, scale, shift))).maxRelDifference).toBeLessThan(1e-6);
  });
});

/** 3×3 taps, two apart. */
const DILATED: Parts = { dilations: [2, 2], pads: [2, 2, 2, 2] };

describe('addForms', () => {
  it.each<[string, Parts, Parts]>([
    ['1×1 into 3×3', {}, { kernel: [1, 1], pads: [0, 0, 0, 0] }],
    ['1×3 and 3×1', { kernel: [1, 3], pads: [0, 1, 0, 1] }, { kernel: [3, 1], pads: [1, 0, 1, 0] }],
    ['5×5 and 3×3', { kernel: [5, 5], pads: [2, 2, 2, 2] }, {}],
    ['stride 2', { strides: [2, 2] }, { strides: [2, 2], kernel: [1, 1], pads: [0, 0, 0, 0] }],
    ['the same dilation', { dilations: [2, 2], pads: [2, 2, 2, 2] }, { kernel: [1, 1], pads: [0, 0, 0, 0] }],
    ['one-sided pads', { pads: [2, 0, 0, 2] }, { kernel: [1, 1], pads: [0, 0, 0, 0] }],
    [
      'groups of 2 and 3, which share no grouping',
      { channels: [6, 6], groups: 2 },
      { channels: [6, 6], groups: 3 },
    ],
    ['groups of 2 and 4', { groups: 2 }, { groups: 4, kernel: [1, 1], pads: [0, 0, 0, 0] }],
    [
      'more outputs than inputs',
      { channels: [2, 6], groups: 2 },
      { channels: [2, 6], kernel: [1, 1], pads: [0, 0, 0, 0] },
    ],
  ])('%s', (_, a, b) => {
    expectSum(form(a), form({ seed: 5, ...b }));
    expectSum(form({ seed: 5, ...b }), form(a));
  });

  it('a depthwise convolution and an identity stay depthwise', () => {
    const depthwise = form({ groups: 4 });
    expectSum(depthwise, depthwiseForm('x', 4));
    expect(addForms(depthwise, depthwiseForm('x', 4)).groups).toBe(4);
  });

  it('an identity joins any grouping', () => {
    expectSum(form({ groups: 2 }), depthwiseForm('x', 4));
    expectSum(depthwiseForm('x', 4), form());
  });

  it('is exact for random odd kernels with same pads, strides and groups', () => {
    const side = fc.constantFrom(1, 3, 5);
    const parts = fc.record({
      h: side,
      w: side,
      groups: fc.constantFrom(1, 2, 4),
      seed: fc.nat({ max: 1000 }),
    });
    const stride = fc.constantFrom<[number, number]>([1, 1], [2, 1], [2, 2], [3, 3]);
    fc.assert(
      fc.property(parts, parts, stride, (a, b, strides) => {
        const [first, second] = [a, b].map(({ h, w, groups, seed }) => {
          const [y, x] = [(h - 1) / 2, (w - 1) / 2];
          return form({ kernel: [h, w], pads: [y, x, y, x], groups, seed, strides });
        });
        if (first && second) expectSum(first, second);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, Parts, Parts, readonly number[]]>([
    [
      'a dilated kernel falls on the taps of a larger one',
      { kernel: [5, 5], pads: [2, 2, 2, 2] },
      DILATED,
      [5, 5],
    ],
    ['dilations of 2 and 3 meet on a grid of 1', { dilations: [3, 3], pads: [3, 3, 3, 3] }, DILATED, [7, 7]],
    [
      'single taps apart',
      { kernel: [1, 1], pads: [2, 0, 0, 2] },
      { kernel: [1, 1], pads: [0, 2, 2, 0] },
      [2, 2],
    ],
  ])('%s', (_, a, b, kernel) => {
    expectSum(form(a), form({ seed: 5, ...b }));
    expect(addForms(form(a), form(b)).window.kernel).toEqual(kernel);
  });
});

describe('stackForms', () => {
  it.each<[string, Parts, Parts]>([
    ['3×3 and 1×1', {}, { channels: [4, 3], kernel: [1, 1], pads: [0, 0, 0, 0] }],
    ['groups and none', { groups: 2 }, { channels: [4, 6] }],
  ])('%s, one after the other', (_, a, b) => {
    const [first, second] = [form(a), form({ seed: 5, ...b })];
    expect(mergeObstacle(first, second, [HEIGHT, WIDTH])).toBeNull();
    const stacked = apply(affine(stackForms(first, second), ...ramp(first, second)));
    const scaled = [apply(first), apply(second)].flatMap((data) => Array.from(data));
    const [scale, shift] = ramp(first, second);
    const area = HEIGHT * WIDTH;
    const channel = (i: number): number => Math.floor(i / area);
    const expected = scaled.map((v, i) => v * (scale[channel(i)] ?? NaN) + (shift[channel(i)] ?? NaN));
    expect(differenceOf(expected, stacked).maxRelDifference).toBeLessThan(1e-6);
  });
});

/** A scale and a shift that differ from channel to channel. */
function ramp(a: LinearForm, b: LinearForm): readonly [Float64Array, Float64Array] {
  const channels = a.outputChannels + b.outputChannels;
  return [
    Float64Array.from({ length: channels }, (_, c) => 1 + c / 4),
    Float64Array.from({ length: channels }, (_, c) => c - 2),
  ];
}

describe('mergeObstacle', () => {
  it.each<[Parts, string]>([
    [{ source: 'z' }, 'its branches read different values'],
    [{ strides: [2, 2] }, 'its branches differ in stride'],
    [{ kernel: [1, 1], pads: [1, 1, 1, 1] }, 'no single padding gives both branches their borders'],
    [{ pads: [0, 0, 0, 0] }, 'no single padding gives both branches their borders'],
  ])('%j', (parts, reason) => {
    expect(mergeObstacle(form(), form(parts), [HEIGHT, WIDTH])).toBe(reason);
  });

  it('says nothing against weights that fit', () => {
    expect(mergeObstacle(form(), form({ seed: 9 }), [HEIGHT, WIDTH])).toBeNull();
  });
});
