/**
 * @file Every kind of plan on every kind of model: the outputs are those of one WASM processor, in order. A model of one unit
 * has no pipelines.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementCount, type Model } from '../core/graph/model.ts';
import { stageOf } from '../core/graph/units.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { enumeratePlans, planLabel, processorsOf, type Plan, type PlanKind } from '../core/planning/plan.ts';
import { prepareModel, type Form } from '../core/prepare-model.ts';
import { randomTensor } from '../core/random.ts';
import { ok } from '../core/result.ts';
import { FAMILIES } from '../fixtures/families.ts';
import { repNet } from '../fixtures/models.ts';
import { blockModel, blockSpec } from '../fixtures/random-block.ts';
import { closeAll, must, openStages } from '../fixtures/workers.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { Segments } from './plan-request.ts';
import { checkPipeline, loadStages, runPipeline, unloadStages, type Equality } from './run-plan.ts';

const NEVER = new AbortController().signal;
const WASM = ['wasm:1', 'wasm:1', 'wasm:1'] as const;
const MIXED = ['wasm:1', 'webgpu', 'wasm:1'] as const;
/** More than any plan has members, so that each of them takes one. */
const FRAMES = 4;
const SHIPPED = ['rep-digits', 'rep-tiny'];

let clients: { readonly wasm: readonly StageClient[]; readonly mixed: readonly StageClient[] };
beforeAll(async () => {
  const [first, second, third, gpu] = await openStages([...WASM, 'webgpu']);
  if (!first || !second || !third || !gpu) throw new Error('four workers were asked for');
  clients = { wasm: [first, second, third], mixed: [first, gpu, second] };
});
afterAll(closeAll);

const formOf = (bytes: Uint8Array): Form => must(prepareModel(bytes)).forms.deploy;

const segmentsOf =
  ({ model, values, description }: Form): Segments =>
  (from, to) =>
    Promise.resolve(ok(serializeModel(stageOf(model, values, description.units, from, to))));

/** Of every kind there is: the one in the middle of all, and beside WASM alone the first. */
function plansOf(processors: typeof WASM | typeof MIXED, units: number): readonly Plan[] {
  const all = enumeratePlans(processors, units).filter((plan) =>
    processorsOf(plan).some(({ processor }) => processors === WASM || processor === 'webgpu'),
  );
  return (['single', 'pipeline', 'replicated', 'hybrid'] as const).flatMap((kind) => {
    const alike = all.filter((plan) => plan.kind === kind);
    const some = processors === WASM ? [alike[0]] : [];
    return [...new Set([...some, alike[alike.length >> 1]])].filter((plan) => plan !== undefined);
  });
}

interface Checked {
  readonly plan: string;
  readonly kind: PlanKind;
  readonly equality: Equality;
}

async function check(form: Form, processors: typeof WASM | typeof MIXED): Promise<readonly Checked[]> {
  const { units, input } = form.description;
  const segments = segmentsOf(form);
  const inputs = Array.from({ length: FRAMES }, (_, i) => randomTensor(elementCount(input.shape), i + 1));
  const whole: Pick<Plan, 'stages'> = {
    stages: [{ processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: units.length - 1 }],
  };
  const loaded = must(await loadStages(whole, clients.wasm, segments));
  const enough = (sent: number): boolean => sent >= FRAMES;
  const ran = must(await runPipeline(loaded, { inputs, wantsOutput: true, enough, signal: NEVER }));
  await unloadStages(whole, clients.wasm);
  const references = ran.map(({ result }) => result.output ?? new Float32Array());
  const workers = processors === WASM ? clients.wasm : clients.mixed;
  const checked: Checked[] = [];
  for (const plan of plansOf(processors, units.length)) {
    const stages = must(await loadStages(plan, workers, segments));
    const equality = must(await checkPipeline(stages, inputs, references, NEVER));
    await unloadStages(plan, workers);
    checked.push({ plan: planLabel(plan), kind: plan.kind, equality });
  }
  return checked;
}

const models: readonly { readonly name: string; readonly model: Model }[] = [
  ...FAMILIES,
  { name: 'the tiny classifier', model: repNet() },
  ...fc
    .sample(blockSpec, { numRuns: 5, seed: 2027 })
    .map((spec, i) => ({ name: `random block ${i}`, model: blockModel(spec) })),
];

async function expectEqual(form: Form, processors: typeof WASM | typeof MIXED, limit: number): Promise<void> {
  const checked = await check(form, processors);
  const kinds = [...new Set(checked.map(({ kind }) => kind))];
  expect(kinds).toEqual(
    form.description.units.length > 1
      ? ['single', 'pipeline', 'replicated', 'hybrid']
      : ['single', 'replicated'],
  );
  for (const { plan, equality } of checked) {
    expect([plan, equality]).toMatchObject([plan, { inOrder: true, frames: FRAMES }]);
    expect(equality.maxRelDifference, plan).toBeLessThanOrEqual(limit);
  }
}

describe.each([
  ['WASM beside WASM', WASM, 1e-5],
  ['WASM beside WebGPU', MIXED, 1e-3],
] as const)('%s', (_, processors, limit) => {
  it.each(models)('$name', ({ model }) => expectEqual(formOf(serializeModel(model)), processors, limit));

  it.each(SHIPPED)('%s', async (id) => {
    const file = await fetch(`/models/${id}/model.onnx`);
    await expectEqual(formOf(new Uint8Array(await file.arrayBuffer())), processors, limit);
  });
});
