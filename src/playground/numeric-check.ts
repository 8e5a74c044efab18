/**
 * @file GPUs have computed wrong, and live shows what they say: before a plan with a GPU runs live, its first frame also goes
 * through one WASM worker, whole. Once a plan and model; not where racing has compared the plan's outputs already.
 */
import type { Picture } from '../platform/frame-source.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { planLabel } from '../core/planning/plan.ts';
import { differenceOf, worseOf, type Difference } from '../core/reparam/equivalence.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { Pipeline } from '../workers/pipeline.client.ts';
import { startStageWorker, type StageClient } from '../workers/stage.client.ts';
import { computesWrong } from './build-plan-report.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import type { LoadedPlan } from './run-plan.ts';
import type { LoadedModel } from './state.ts';

export interface Checked {
  /** Null where the whole model runs on one processor without having been planned. */
  readonly entry: PlanEntry | null;
  readonly loaded: LoadedPlan;
  readonly model: LoadedModel;
  readonly segments: Segments;
  readonly source: Pick<FrameSource, 'capture'>;
}

const REFERENCE = 'reference';
const SAME: Difference = { maxAbsDifference: 0, maxRelDifference: 0 };

export class NumericCheck {
  private readonly passed = new WeakMap<LoadedModel, Set<string>>();

  /** Fails with `gpu-wrong` where the outputs are too far apart. */
  async check(checked: Checked): Promise<Result<null>> {
    const { entry, loaded, model } = checked;
    const clients = loaded.stages.flatMap(({ members }) => members.map(({ client }) => client));
    if (clients.every(({ processor }) => processor !== 'webgpu')) return ok(null);
    const label = entry ? planLabel(entry) : 'webgpu';
    const passed = this.passed.get(model) ?? new Set();
    if (passed.has(label)) return ok(null);
    const difference = entry?.equality ? ok(entry.equality) : await firstFrame(checked, clients);
    if (!difference.ok) return difference;
    // No picture yet: the next start tries again.
    if (difference.value === null) return ok(null);
    const { maxRelDifference } = difference.value;
    const equality = { inOrder: true, frames: 1, ...difference.value };
    if (computesWrong({ ...entry, equality }))
      return err({ code: 'gpu-wrong', difference: maxRelDifference });
    this.passed.set(model, passed.add(label));
    return ok(null);
  }
}

/** Null where the source has no picture to give. */
async function firstFrame(
  { loaded, model, segments, source }: Checked,
  clients: readonly StageClient[],
): Promise<Result<Difference | null>> {
  const picture = await source.capture().catch(() => null);
  if (!picture) return ok(null);
  try {
    const { input } = model.manifest;
    const reference = await onWasm(picture, input, { model, segments }, clients);
    if (!reference.ok) return reference;
    const outputs = await outputsOf(loaded, picture, input);
    if (!outputs.ok) return outputs;
    const [expected] = reference.value;
    return ok(outputs.value.map((output) => differenceOf(expected ?? [], output)).reduce(worseOf, SAME));
  } finally {
    picture.close();
  }
}

/** On a WASM worker of the plan, else on one for this alone. */
async function onWasm(
  picture: Picture,
  input: ImageInput,
  { model, segments }: Pick<Checked, 'model' | 'segments'>,
  clients: readonly StageClient[],
): Promise<Result<readonly Float32Array[]>> {
  const whole = await segments(0, model.description.forms.deploy.units.length - 1);
  if (!whole.ok) return whole;
  const own = clients.find(({ processor }) => processor !== 'webgpu');
  const opened = own ? ok(own) : await startStageWorker('wasm:1', 'numeric check');
  if (!opened.ok) return opened;
  const client = opened.value;
  try {
    const loaded = await client.worker.call((remote) => remote.load(REFERENCE, whole.value));
    if (!loaded.ok) return loaded;
    const stages = [{ members: [{ client, segment: REFERENCE }], deal: [0] }];
    return await outputsOf({ stages, depth: 1 }, picture, input);
  } finally {
    if (own) await client.worker.call((remote) => remote.unload(REFERENCE));
    else client.worker.terminate();
  }
}

/** Of the picture, as often as it takes to come by every member of every stage. */
async function outputsOf(
  plan: LoadedPlan,
  picture: Picture,
  imageInput: ImageInput,
): Promise<Result<readonly Float32Array[]>> {
  const frames = Math.max(
    ...plan.stages.flatMap(({ members, deal }) => members.map((_, member) => deal.indexOf(member) + 1)),
  );
  const pictures = await Promise.all(Array.from({ length: frames }, () => createImageBitmap(picture)));
  const outputs: Float32Array[] = [];
  let settle: (outcome: Result<readonly Float32Array[]>) => void = () => undefined;
  const outcome = new Promise<Result<readonly Float32Array[]>>((resolve) => (settle = resolve));
  const started = await Pipeline.start({
    ...plan,
    imageInput,
    wantsOutput: true,
    onResult: ({ output }) => {
      outputs.push(output ?? new Float32Array());
      if (outputs.length === frames) settle(ok(outputs));
    },
    onFailure: (error) => settle(err(error)),
  });
  if (!started.ok) return started;
  const pipeline = started.value;
  const pump = (): void => {
    while (pipeline.hasCredit) {
      const next = pictures.pop();
      if (!next) return;
      pipeline.submit(next);
    }
  };
  pipeline.whenCredit(pump);
  pump();
  const result = await outcome;
  await pipeline.stop();
  pictures.forEach((left) => left.close());
  return result;
}
