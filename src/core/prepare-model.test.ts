import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { image, modelOf, node, randomWeights } from '../fixtures/graph.ts';
import { repNet, repNetBytes } from '../fixtures/models.ts';
import { evaluate } from '../fixtures/reference.ts';
import { parseManifest } from './manifest.ts';
import { serializeModel } from './onnx/serialize.ts';
import { prepareModel } from './prepare-model.ts';
import { randomTensor } from './random.ts';
import { differenceOf } from './reparam/equivalence.ts';

const prepared = prepareModel(repNetBytes());
if (!prepared.ok) throw new Error(prepared.error.code);
const { forms, fusion } = prepared.value;

describe('prepareModel', () => {
  it('gives both forms, which compute the same', () => {
    const input = randomTensor(3 * 32 * 32, 5);
    const reference = evaluate(repNet(), input).data;
    for (const form of Object.values(forms)) {
      expect(differenceOf(reference, evaluate(form.model, input).data).maxRelDifference).toBeLessThan(1e-5);
    }
    expect(fusion.merged).toBe(forms['multi-branch'].description.nodes - forms.deploy.description.nodes);
  });

  it('describes the deploy form by its sums', () => {
    const { flop, weightBytes, activationBytes, nodes, layers, units, cuts, input, output } =
      forms.deploy.description;
    // Convolutions (2 · outputs · C/g · 9), their ReLUs, pooling, Gemm.
    const convs = 2 * 9 * (8 * 256 * 3 + 8 * 256 * 8 + 16 * 64 * 8 + 16 * 64);
    expect(flop).toBe(convs + 2 * 8 * 256 + 2 * 16 * 64 + 16 * 64 + 2 * 10 * 16);
    // Weights and biases of the four convolutions and the head.
    const weights = 8 * 27 + 8 + 8 * 72 + 8 + 16 * 72 + 16 + 16 * 9 + 16 + 160 + 10;
    expect(weightBytes).toBe(4 * weights);
    expect(activationBytes).toBe(4 * (2 * 8 * 256 + 2 * 16 * 64 + 16 + 16 + 10));
    expect([nodes, layers.length, units.length, cuts.length]).toEqual([11, 7, 7, 6]);
    expect([input.shape, output.shape]).toEqual([
      [1, 3, 32, 32],
      [1, 10],
    ]);
  });

  it('describes a model that is no chain from one input to one output, without units to plan with', () => {
    const two = modelOf({
      inputs: [image('x', [1, 4]), image('z', [1, 4])],
      outputs: [image('y', [1, 4])],
      nodes: [node('Add', ['x', 'z'], 'y')],
    });
    const result = prepareModel(serializeModel(two));
    if (!result.ok) throw new Error(result.error.code);
    const { description } = result.value.forms.deploy;
    expect(description.units).toEqual([]);
    expect(description.inputs.map(({ name }) => name)).toEqual(['x', 'z']);
    expect(result.value.warnings).toEqual([
      '2 inputs and 1 outputs: it can be fused and divided, but not run in the page',
    ]);
  });

  it('prices an operator that it does not know by its tensors, names it, and goes on', () => {
    const model = modelOf({
      inputs: [image('x', [1, 4])],
      outputs: [image('y', [1, 4])],
      nodes: [node('Relu', ['x'], 'r'), node('Unheard', ['r', 'w'], 'y')],
      initializers: { w: randomWeights([4], 1) },
    });
    const result = prepareModel(serializeModel(model));
    if (!result.ok) throw new Error(result.error.code);
    const { layers } = result.value.forms.deploy.description;
    expect(layers.map(({ bytes }) => bytes)).toEqual([32, 48]);
    expect(result.value.warnings).toEqual([
      'Unheard is not known here: it is priced by the tensors it reads and writes',
    ]);
  });
});

const folder = new URL('../../public/models/', import.meta.url);
const shipped = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('shipped models', () => {
  it.each(shipped.map(({ name }) => name))('%s fuses to a form without any batch norm', (id) => {
    const read = (file: string): Uint8Array => readFileSync(new URL(`${id}/${file}`, folder));
    const manifest = parseManifest(JSON.parse(new TextDecoder().decode(read('manifest.json'))));
    if (!manifest.ok) throw new Error(manifest.error.detail);
    const result = prepareModel(read(manifest.value.file));
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    const { 'multi-branch': before, deploy } = result.value.forms;
    expect(before.description.operators['BatchNormalization']).toBeGreaterThan(0);
    expect(deploy.description.operators['BatchNormalization']).toBeUndefined();
    // Additions that stay join different values (residual connections); none is a branch that could not be merged.
    const reasons = new Set(result.value.fusion.kept.map(({ reason }) => reason));
    expect([...reasons].filter((reason) => /border|stride|dilation|channels/.test(reason))).toEqual([]);
    expect(deploy.description.input.shape).toEqual(manifest.value.input.shape);
    expect(deploy.description.output.shape).toEqual([1, manifest.value.output.classes]);
    expect(deploy.description.cuts.length).toBeGreaterThan(3);
  });
});
