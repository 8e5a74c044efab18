/** @file Cuts: where they are, what crosses, and that both sides together are the whole. The engine's own check is in cuts.browser.test. */
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../fixtures/families.ts';
import { image, modelOf, node, randomWeights } from '../../fixtures/graph.ts';
import { repNet } from '../../fixtures/models.ts';
import { foldConstants } from './fold-constants.ts';
import { cutsOf, segmentOf, type Cut } from './cuts.ts';
import { inferShapes, type Values } from './infer-shapes.ts';
import { layersOf, type Layer } from './layers.ts';
import type { Model } from './model.ts';

function cut(model: Model): { layers: readonly Layer[]; values: Values; cuts: readonly Cut[] } {
  const values = inferShapes(model.graph);
  if (!values.ok) throw new Error(values.error.detail);
  const layers = layersOf(model.graph, values.value);
  return { layers, values: values.value, cuts: cutsOf(model.graph, values.value, layers) };
}

const weights = { w: randomWeights([4, 4, 1, 1], 1) };
const [x, y] = [image('x', [1, 4, 2, 2]), image('y', [1, 4, 2, 2])];

describe('cuts', () => {
  it('name what crosses and count its bytes, an input of the graph with it', () => {
    const nodes = [node('Relu', ['x'], 'a'), node('Conv', ['a', 'w'], 'b'), node('Add', ['x', 'b'], 'y')];
    const { cuts } = cut(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights }));
    expect(cuts).toEqual([
      { id: 'after:a+x', afterLayer: 0, tensors: ['x', 'a'], bytes: 128 },
      { id: 'after:b+x', afterLayer: 1, tensors: ['x', 'b'], bytes: 128 },
    ]);
  });

  it('are the same by name when a layer is added elsewhere', () => {
    const nodes = [node('Conv', ['x', 'w'], 'a'), node('Conv', ['a', 'w'], 'y')];
    const more = [node('Conv', ['x', 'w'], 'before'), node('Conv', ['before', 'w'], 'a'), ...nodes.slice(1)];
    const ids = [nodes, more].map((each) =>
      cut(modelOf({ inputs: [x], outputs: [y], nodes: each, initializers: weights })).cuts.map(
        ({ id }) => id,
      ),
    );
    expect(ids).toEqual([['after:a'], ['after:before', 'after:a']]);
  });

  it('are none where a value of unknown shape crosses, or nothing does', () => {
    const nodes = [
      node('NonZero', ['x'], 'n'),
      node('Conv', ['x', 'w'], 'c'),
      node('Where', ['n', 'c', 'c'], 'y'),
    ];
    expect(cut(modelOf({ inputs: [x], outputs: [y], nodes, initializers: weights })).cuts).toEqual([]);
  });

  it('of a graph with several inputs and outputs include them', () => {
    const nodes = [node('Relu', ['x'], 'a'), node('Add', ['a', 'z'], 'y'), node('Neg', ['y'], 'n')];
    const inputs = [x, image('z', [1, 4, 2, 2])];
    const model = modelOf({ inputs, outputs: [y, image('a', []), image('n', [])], nodes });
    const { cuts, values, layers } = cut(model);
    expect(cuts.map(({ tensors }) => tensors)).toEqual([['z', 'a'], ['y']]);
    const [first] = layers;
    const head = segmentOf(model, values, first?.nodes ?? []).graph;
    expect(head.outputs.map(({ name }) => name)).toEqual(['a']);
    const tail = segmentOf(
      model,
      values,
      layers.slice(1).flatMap(({ nodes: each }) => each),
    ).graph;
    expect(tail.inputs.map(({ name }) => name)).toEqual(['a', 'z']);
    expect(tail.outputs.map(({ name }) => name)).toEqual(['y', 'n']);
  });

  it('stay quick where thousands of values cross', () => {
    const count = 20_000;
    const nodes = Array.from({ length: count }, (_, i) => node('Relu', ['x'], `r${i}`));
    const all = node(
      'Sum',
      nodes.map(({ outputs }) => outputs[0] ?? ''),
      'y',
    );
    const { cuts } = cut(modelOf({ inputs: [x], outputs: [y], nodes: [...nodes, all] }));
    expect(cuts.length).toBeLessThan(100);
  });
});

describe.each([...FAMILIES, { name: 'the tiny net', model: repNet() }])('$name', ({ model: file }) => {
  const model = foldConstants(file);
  const { layers, values, cuts } = cut(model);
  const flopOf = (part: readonly Layer[]): number => part.reduce((sum, { flop }) => sum + flop, 0);

  it('has as much arithmetic in both parts as in the whole, at every cut', () => {
    expect(cuts.length).toBeGreaterThan(0);
    for (const { afterLayer, tensors } of cuts) {
      const parts = [layers.slice(0, afterLayer + 1), layers.slice(afterLayer + 1)];
      const [head, tail] = parts.map((part) =>
        segmentOf(
          model,
          values,
          part.flatMap(({ nodes }) => nodes),
        ),
      );
      if (!head || !tail) throw new Error('two parts');
      expect(flopOf(cut(head).layers) + flopOf(cut(tail).layers)).toBe(flopOf(layers));
      expect(tail.graph.inputs.map(({ name }) => name).toSorted()).toEqual(tensors.toSorted());
      const given = [...head.graph.outputs, ...model.graph.inputs].map(({ name }) => name);
      expect(tensors.every((name) => given.includes(name))).toBe(true);
    }
  });
});
