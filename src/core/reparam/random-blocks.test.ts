/** @file Fusion changes no output of any block of linear operators, and no region of any kind is merged where it may not be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockModel, blockSpec } from '../../fixtures/random-block.ts';
import { evaluate } from '../../fixtures/reference.ts';
import { inferShapes } from '../graph/infer-shapes.ts';
import { countNode } from '../graph/count.ts';
import { elementCount, type Model } from '../graph/model.ts';
import { randomTensor } from '../random.ts';
import { differenceOf } from './equivalence.ts';
import { fuseModel } from './fuse.ts';

function shapes(model: Model) {
  const values = inferShapes(model.graph);
  if (!values.ok) throw new Error(values.error.detail);
  return values.value;
}

const flop = (model: Model): number =>
  model.graph.nodes.reduce((sum, node) => sum + countNode(node, model.graph, shapes(model)).flop, 0);

describe('random blocks of linear operators', () => {
  it('give the same output after fusion, for no more arithmetic', () => {
    let merged = 0;
    fc.assert(
      fc.property(blockSpec, (spec) => {
        const model = blockModel(spec);
        const fused = fuseModel(model, shapes(model));
        const input = randomTensor(elementCount(model.graph.inputs[0]?.shape ?? []), spec.seed);
        const [before, after] = [evaluate(model, input), evaluate(fused.model, input)];
        expect(after.shape).toEqual(before.shape);
        // fp32 weights of sequences of up to four: the reference itself computes in double precision.
        expect(differenceOf(before.data, after.data).maxRelDifference).toBeLessThanOrEqual(1e-4);
        expect(flop(fused.model)).toBeLessThanOrEqual(flop(model));
        merged += fused.report.merged;
      }),
      { numRuns: 1000 },
    );
    expect(merged).toBeGreaterThan(1000);
  }, 60_000);
});
