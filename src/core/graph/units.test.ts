import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { repNet } from '../../fixtures/models.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { randomTensor } from '../random.ts';
import { differenceOf } from '../reparam/equivalence.ts';
import { inferShapes } from './infer-shapes.ts';
import { layersOf, operationalIntensity, type Layer } from './layers.ts';
import type { Model } from './model.ts';
import { stageOf, unitsOf, type Unit } from './units.ts';
import { floatTensor } from './tensor.ts';
import type { Values } from './infer-shapes.ts';

function chainOf({ graph }: Model): {
  readonly layers: readonly Layer[];
  readonly units: readonly Unit[];
  readonly values: Values;
} {
  const values = inferShapes(graph);
  if (!values.ok) throw new Error(values.error.detail);
  const layers = layersOf(graph, values.value);
  return { layers, units: unitsOf(graph, values.value, layers), values: values.value };
}

const names = (units: readonly Unit[]): string[] => units.map(({ output }) => output.name);
const weights = { w: randomWeights([4, 4, 1, 1], 1) };
const [x, y] = [image('x', [1, 4, 2, 2]), image('y', [1, 4, 2, 2])];

describe('layers', () => {
  it('take the activation that alone reads a result', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c'), node('Relu', ['c'], 'r'), node('Relu', ['r'], 'y')];
    const { layers } = chainOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights }));
    expect(layers).toHaveLength(1);
    // 2·16·4 for the convolution, 16 for each activation; bytes of one kernel: in + weights + out.
    expect(layers[0]).toMatchObject({
      name: 'node:c',
      opType: 'Conv',
      flop: 160,
      bytes: 192,
      weightBytes: 64,
    });
    expect(operationalIntensity({ flop: 160, bytes: 192 })).toBeCloseTo(160 / 192, 12);
  });

  it('do not take an activation whose input someone else reads', () => {
    const nodes = [node('Conv', ['x', 'w'], 'c'), node('Sigmoid', ['c'], 's'), node('Mul', ['c', 's'], 'y')];
    const { layers } = chainOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights }));
    expect(layers.map((layer) => layer.nodes.length)).toEqual([1, 1, 1]);
  });

  it('hold every node once, in order', () => {
    const model = repNet();
    expect(chainOf(model).layers.flatMap((layer) => layer.nodes)).toEqual(model.graph.nodes);
    expect(chainOf(model).layers.map(({ index }, i) => index - i)).toEqual(
      chainOf(model).layers.map(() => 0),
    );
  });
});

describe('units', () => {
  it('end where one tensor crosses, never inside a block of branches', () => {
    const { units } = chainOf(repNet());
    expect(names(units)).toEqual(['block0', 'block1', 'block2', 'block3', 'pooled', 'features', 'logits']);
    expect(units.map(({ input }) => input.name)).toEqual(['image', ...names(units).slice(0, -1)]);
  });

  it('do not cut under a long skip connection', () => {
    const nodes = [node('Relu', ['x'], 'a'), node('Conv', ['a', 'w'], 'b'), node('Add', ['x', 'b'], 'y')];
    const { units } = chainOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights }));
    expect(names(units)).toEqual(['y']);
  });

  it('do not cut where a quantized tensor crosses: stages hand over fp32', () => {
    const initializers = {
      scale: { ...floatTensor([1], [0.1]), shape: [] },
      zero: { dtype: 'uint8', shape: [], bytes: Uint8Array.of(128) },
    } as const;
    const nodes = [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      node('DequantizeLinear', ['q', 'scale', 'zero'], 'd'),
      node('Relu', ['d'], 'y'),
    ];
    const { units } = chainOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers }));
    expect(names(units)).toEqual(['y']);
  });

  it('swallow a layer that nobody reads', () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'a'),
      node('Conv', ['a', 'w'], 'dead'),
      node('Conv', ['a', 'w'], 'y'),
    ];
    const { units } = chainOf(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights }));
    expect(names(units)).toEqual(['a', 'y']);
    expect(units.map((unit) => unit.layers.length)).toEqual([1, 2]);
  });

  it('are none for two inputs or two outputs', () => {
    const two = modelOf({
      inputs: [x, image('z', [1])],
      outputs: [y],
      nodes: [node('Add', ['x', 'z'], 'y')],
    });
    expect(chainOf(two).units).toEqual([]);
    const both = modelOf({ inputs: [x], outputs: [y, x], nodes: [node('Relu', ['x'], 'y')] });
    expect(chainOf(both).units).toEqual([]);
  });
});

describe('segments', () => {
  const model = repNet();
  const { units, values } = chainOf(model);
  const input = randomTensor(3 * 32 * 32, 7);
  const whole = evaluate(model, input).data;

  it.each(units.slice(1).map(({ index }) => [index]))(
    'cut before unit %i: both parts make the whole',
    (cut) => {
      const [head, tail] = [
        stageOf(model, values, units, 0, cut - 1),
        stageOf(model, values, units, cut, units.length - 1),
      ];
      const rest = evaluate(tail, evaluate(head, input).data).data;
      expect(differenceOf(whole, rest).maxAbsDifference).toBe(0);
      expect(head.graph.initializers.size + tail.graph.initializers.size).toBe(model.graph.initializers.size);
    },
  );

  it('refuse units that are not there', () => {
    expect(() => stageOf(model, values, units, 3, 2)).toThrow(RangeError);
    expect(() => stageOf(model, values, units, 0, units.length)).toThrow(RangeError);
  });
});
