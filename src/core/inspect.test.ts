import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../fixtures/graph.ts';
import { repNetBytes } from '../fixtures/models.ts';
import { inspectReport } from './inspect.ts';
import { serializeModel } from './onnx/serialize.ts';
import { prepareModel } from './prepare-model.ts';

/** Conv 3×3 (3 → 4 channels, 8×8) + Relu, then a 1×1 Conv to 2 channels whose weight comes through an Identity. */
const BYTES = serializeModel(
  modelOf({
    inputs: [image('x', [1, 3, 8, 8])],
    outputs: [image('y', [1, 2, 8, 8])],
    nodes: [
      node('Identity', ['stored'], 'w1'),
      node('Conv', ['x', 'w3'], 'c', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      node('Relu', ['c'], 'r'),
      node('Conv', ['r', 'w1'], 'y', { kernel_shape: [1, 1] }),
    ],
    initializers: { w3: randomWeights([4, 3, 3, 3], 1), stored: randomWeights([2, 4, 1, 1], 2) },
  }),
);

describe('inspectReport', () => {
  const prepared = prepareModel(BYTES);
  if (!prepared.ok) throw new Error(prepared.error.code);
  const { forms, warnings } = prepared.value;
  const report = inspectReport(forms['multi-branch'].description, warnings);

  it('holds the fields that DESIGN fixes, and nothing of the weights', () => {
    expect(Object.keys(report)).toEqual([
      'operators',
      'nodes',
      'flop',
      'weightBytes',
      'activationBytes',
      'units',
      'cuts',
      'warnings',
    ]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
  it('counts by hand', () => {
    expect(report).toMatchObject({
      operators: { Conv: 2, Relu: 1 },
      nodes: 3,
      weightBytes: (4 * 3 * 9 + 2 * 4) * 4,
      activationBytes: (4 * 64 + 2 * 64) * 4,
      units: 2,
      cuts: [{ tensors: ['r'], bytes: 4 * 64 * 4 }],
    });
    // Two a multiply-add; the activation adds at most one an element.
    const convolutions = 2 * 64 * (4 * 3 * 9 + 2 * 4);
    expect(report.flop).toBeGreaterThanOrEqual(convolutions);
    expect(report.flop).toBeLessThanOrEqual(convolutions + 4 * 64);
  });
  it('lists cuts of one tensor and of several', () => {
    expect(report.cuts.map(({ id }) => id)).toEqual(['after:r']);
    const branches = prepareModel(repNetBytes());
    if (!branches.ok) throw new Error(branches.error.code);
    const { description } = branches.value.forms['multi-branch'];
    const { cuts, units } = inspectReport(description, []);
    expect(cuts.filter(({ tensors }) => tensors.length === 1)).toHaveLength(units - 1);
    expect(Math.max(...cuts.map(({ tensors }) => tensors.length))).toBe(3);
  });
  it('passes on what a reader should know: here, the node that only makes a constant', () => {
    expect(report.warnings).toBe(warnings);
    expect(report.warnings).toEqual(['1 node that only makes a constant (widened weights) is not counted']);
  });
});
