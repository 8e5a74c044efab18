/**
 * @file Use case: prove that fusion changed nothing. Both forms run on the same inputs on one WASM processor; the largest
 * difference is reported, and how long each form takes.
 */
import type { EngineId } from '../core/engine.ts';
import { elementCount } from '../core/graph/model.ts';
import { median } from '../core/stats.ts';
import type { FormId } from '../core/prepare-model.ts';
import { randomTensor } from '../core/random.ts';
import { differenceOf, worseOf } from '../core/reparam/equivalence.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ModelClient } from '../workers/model.client.ts';
import type { ModelDescription } from '../workers/model.api.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { Equivalence } from './state.ts';

const INPUTS = 4;
/** Runs of each form, in turn with the other, so that drift hits both. */
const TURNS = 5;
const RUNS_A_TURN = 3;
const FORMS: readonly FormId[] = ['multi-branch', 'deploy'];

export async function compareForms(
  description: ModelDescription,
  model: ModelClient,
  client: StageClient,
  signal: AbortSignal,
): Promise<Result<Equivalence>> {
  const count = elementCount(description.forms.deploy.input.shape);
  // Made one by one, between runs: all at once they would keep the page busy.
  const inputs: Float32Array<ArrayBuffer>[] = [];
  const inputOf = (i: number): Float32Array<ArrayBuffer> => (inputs[i] ??= randomTensor(count, i + 101));
  const outputs = new Map<FormId, Float32Array[]>();
  const loaded = await loadForms(description, model, client, signal);
  if (!loaded.ok) return loaded;
  for (const form of FORMS) {
    if (signal.aborted) return err({ code: 'cancelled' });
    const results: Float32Array[] = [];
    for (let i = 0; i < INPUTS; i++) {
      const input = inputOf(i);
      const output = await client.worker.call((remote) => remote.run(form, input));
      if (!output.ok) return output;
      results.push(output.value);
    }
    outputs.set(form, results);
  }
  const seconds = await timeInTurns(client, inputOf(0));
  for (const form of FORMS) await client.worker.call((remote) => remote.unload(form));
  if (!seconds.ok) return seconds;
  const fused = outputs.get('deploy') ?? [];
  const difference = (outputs.get('multi-branch') ?? [])
    .map((reference, i) => differenceOf(reference, fused[i] ?? []))
    .reduce(worseOf, { maxAbsDifference: 0, maxRelDifference: 0 });
  if (!Number.isFinite(difference.maxAbsDifference)) {
    const detail = 'the model’s outputs are not numbers';
    return err({ code: 'engine-failed', processor: client.processor, detail });
  }
  return ok({ ...difference, n: INPUTS, processor: client.processor, seconds: seconds.value });
}

/** Both by the same engine, or the times would compare engines. */
async function loadForms(
  description: ModelDescription,
  model: ModelClient,
  { worker }: StageClient,
  signal: AbortSignal,
): Promise<Result<null>> {
  for (const engine of [undefined, 'ort'] as const) {
    const used = new Set<EngineId>();
    for (const form of FORMS) {
      if (signal.aborted) return err({ code: 'cancelled' });
      const last = description.forms[form].units.length - 1;
      const bytes = await model.call((remote) => remote.segment(form, 0, last));
      if (!bytes.ok) return bytes;
      const loaded = await worker.call((remote) => remote.load(form, bytes.value, engine));
      if (!loaded.ok) return loaded;
      used.add(loaded.value.engine);
    }
    if (used.size === 1) break;
  }
  return ok(null);
}

async function timeInTurns(
  client: StageClient,
  input: Float32Array,
): Promise<Result<Equivalence['seconds']>> {
  const samples = new Map<FormId, number[]>(FORMS.map((form) => [form, []]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const form of FORMS) {
      const timed = await client.worker.call((remote) => remote.time(form, input, RUNS_A_TURN, 0));
      if (!timed.ok) return timed;
      samples.get(form)?.push(...timed.value);
    }
  }
  const medianOf = (form: FormId): number => median(samples.get(form) ?? []) ?? 0;
  return ok({ multiBranch: medianOf('multi-branch'), deploy: medianOf('deploy'), n: TURNS * RUNS_A_TURN });
}
