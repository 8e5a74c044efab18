/**
 * @file Our reading of every family against the engine's: what is written back computes the same bits, every inferred shape is the
 * engine's, the fused form and both sides of every cut give the outputs of the whole.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../fixtures/families.ts';
import { blockModel, blockSpec } from '../fixtures/random-block.ts';
import { numbersOf, randomFeeds, run, typeOf, withEveryValue, type Values } from '../fixtures/engine.ts';
import { cutsOf, segmentOf } from '../core/graph/cuts.ts';
import { foldConstants } from '../core/graph/fold-constants.ts';
import { inferShapes } from '../core/graph/infer-shapes.ts';
import { layersOf } from '../core/graph/layers.ts';
import type { Model } from '../core/graph/model.ts';
import { parseModel } from '../core/onnx/parse.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { differenceOf } from '../core/reparam/equivalence.ts';
import { fuseModel } from '../core/reparam/fuse.ts';
import { prepareModel } from '../core/prepare-model.ts';
import { must } from '../fixtures/workers.ts';

const shapesOf = (model: Model) => must(inferShapes(model.graph));

function expectSame(found: Values, expected: Values, limit: number): void {
  for (const [name, value] of expected) {
    expect(found.get(name)?.dims, name).toEqual(value.dims);
    const { maxRelDifference } = differenceOf(numbersOf(value), numbersOf(found.get(name)));
    expect(maxRelDifference, name).toBeLessThanOrEqual(limit);
  }
}

describe.each(FAMILIES)('$name', ({ model: file }) => {
  const bytes = serializeModel(file);
  const model = foldConstants(file);

  it('written back, computes the same bits', async () => {
    const feeds = await randomFeeds(file.graph.inputs, 1);
    expectSame(await run(serializeModel(must(parseModel(bytes))), feeds), await run(bytes, feeds), 0);
  });

  it('has the type and shape that the engine finds, for every value inside', async () => {
    const feeds = await randomFeeds(file.graph.inputs, 2);
    const shapes = shapesOf(model);
    const found = await run(withEveryValue(model, shapes), feeds, false);
    expect([...found.keys()].toSorted()).toEqual(
      model.graph.nodes.flatMap(({ outputs }) => outputs).toSorted(),
    );
    for (const [name, value] of found) {
      const own = shapes.get(name);
      expect([name, own?.dtype, own?.shape]).toEqual([name, typeOf(value), [...value.dims]]);
    }
  });

  it('fused, gives the same outputs', async () => {
    const feeds = await randomFeeds(file.graph.inputs, 3);
    const fused = fuseModel(model, shapesOf(model)).model;
    expectSame(await run(fused, feeds), await run(bytes, feeds), 1e-4);
  });

  it('divided at any cut, gives the outputs of the whole', async () => {
    const feeds = await randomFeeds(file.graph.inputs, 4);
    for (const form of [model, fuseModel(model, shapesOf(model)).model]) {
      const values = shapesOf(form);
      const layers = layersOf(form.graph, values);
      const whole = await run(form, feeds);
      for (const { afterLayer } of cutsOf(form.graph, values, layers)) {
        const parts = [layers.slice(0, afterLayer + 1), layers.slice(afterLayer + 1)];
        let made = feeds;
        for (const part of parts) {
          const segment = segmentOf(
            form,
            values,
            part.flatMap(({ nodes }) => nodes),
          );
          made = new Map([...made, ...(await run(segment, made))]);
        }
        expectSame(made, whole, 1e-5);
      }
    }
  });
});

/** From the page's own server. */
describe.each(['efficientnet-lite0', 'efficientnet-lite1', 'efficientnet-lite2', 'rep-tiny', 'rep-digits'])(
  '%s',
  (id) => {
    it.each(['multi-branch', 'deploy'] as const)(
      '%s, in all the pieces between its cuts, gives the outputs of the whole',
      async (form) => {
        const bytes = new Uint8Array(await (await fetch(`/models/${id}/model.onnx`)).arrayBuffer());
        const { model, values, description } = must(prepareModel(bytes)).forms[form];
        const feeds = await randomFeeds(description.inputs, 5);
        const whole = await run(model, feeds);
        const ends = [...description.cuts.map(({ afterLayer }) => afterLayer + 1), description.layers.length];
        let [made, start] = [feeds, 0];
        for (const end of ends) {
          const nodes = description.layers.slice(start, end).flatMap((layer) => layer.nodes);
          made = new Map([...made, ...(await run(segmentOf(model, values, nodes), made))]);
          start = end;
        }
        expect(ends.length).toBeGreaterThan(5);
        expectSame(made, whole, 1e-5);
      },
    );
  },
);

describe('random blocks of linear operators', () => {
  it('give the same output on the engine after fusion', async () => {
    let merged = 0;
    for (const [i, spec] of fc.sample(blockSpec, { numRuns: 500, seed: 2026 }).entries()) {
      const model = blockModel(spec);
      const { model: fused, report } = fuseModel(model, shapesOf(model));
      const feeds = await randomFeeds(model.graph.inputs, i);
      expectSame(await run(fused, feeds, false), await run(model, feeds, false), 1e-4);
      merged += report.merged;
    }
    expect(merged).toBeGreaterThan(500);
  });
});
