/**
 * @file `window.ridgepoint`: the verbs of the page for the console and the command line. Every verb resolves to the JSON that
 * DESIGN fixes for `--json`, or to `{ error: { code, message } }`; none rejects for an expected failure.
 *
 *   await ridgepoint.roofline()                                   measure this device
 *   await ridgepoint.roofline({ effort: 'full' })                 also sizes, intensities, kernel shapes
 *   await ridgepoint.shapes()                                     64 kernel shapes, the fastest first
 *   await ridgepoint.plan({ model: 'rep-digits', objective: 'fastest', processors: ['wasm:1', 'wasm:1'] })
 *   await ridgepoint.plan({ engine: 'ort' })                      on onnxruntime-web; `fused` is our own engine
 *   await ridgepoint.classify({ model: 'efficientnet-lite0', images: [{ name: 'a.png', url: './a.png' }] })
 *   await ridgepoint.fuse({ model: 'rep-tiny', configuration: '48-3311033310' })
 *   await ridgepoint.fuse({ model: 'rep-digits' })                both forms, their difference, what was merged
 *   await ridgepoint.compose({ model: 'rep-digits' })             what composing each configuration takes and gives
 *   await ridgepoint.inspect({ model: 'rep-digits' })             operators, work, weights, cuts
 *   await ridgepoint.codesign({ model: 'rep-tiny' })              accuracy × throughput × latency of every design here
 *   await ridgepoint.costs({ model: 'rep-digits' })               what each cost model says, against what is measured
 *   await ridgepoint.experiment({ dataset: 'mnist' })             the paper’s ablation, re-run here
 *   await ridgepoint.compare(jsonOfAProfile)                      add a profile, get the ratios
 */
import type { EngineId } from '../core/engine.ts';
import type { AppError } from '../core/errors.ts';
import { inspectReport, type InspectReport } from '../core/inspect.ts';
import { messageOf } from '../core/messages.ts';
import { compareProfiles, type ComparedMetric } from '../core/profile/compare.ts';
import { parseProfile } from '../core/profile/parse.ts';
import { parseProcessorId, type DeviceProfile } from '../core/profile/profile.ts';
import type { FusionReport } from '../core/reparam/fuse.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fetchBytes } from '../platform/fetch.ts';
import type { ClassifiedImage } from './classify-images.ts';
import type { DesignSpace } from './codesign/design-space.ts';
import { compareCostsOn, type CostComparison } from './compare-costs.ts';
import { COMPOSE_RUNS, type ComposedConfiguration } from './compose-configurations.ts';
import {
  datasetIdOf,
  engineOf,
  objectiveOf,
  processorsOf,
  type ClassifyChoice,
  type CodesignChoice,
  type ComposeChoice,
  type CostsChoice,
  type ExperimentChoice,
  type ModelChoice,
  type PlanChoice,
  type RooflineChoice,
} from './console-choices.ts';
import type { ExperimentReport } from './experiment/report.ts';
import type { TriedShape } from './measure/sweep-shapes.ts';
import type { PlanEntry, PlanReport } from './plan-report.ts';
import type { Playground } from './playground.ts';
import type { Equivalence, LoadedModel } from './state.ts';

export interface Failure {
  /** What happened in one sentence, and what to do about it in the page. */
  readonly error: { readonly code: AppError['code']; readonly message: string; readonly remedy: string };
}

export interface ClassifyReport {
  readonly model: string;
  /** Of an elastic model, the one that answered. */
  readonly configuration?: string;
  readonly plan: Pick<PlanEntry, 'kind' | 'stages'>;
  /** Which one ran the model. */
  readonly engine: EngineId;
  readonly results: readonly ClassifiedImage[];
}

/** Differences are null where both forms were not run. */
export interface FuseReport extends FusionReport {
  readonly maxAbsDifference: number | null;
  readonly maxRelDifference: number | null;
  readonly equivalence: Equivalence | null;
  /** Of reading, fusing and writing the file in the worker, each time; null where it was not done there. */
  readonly workerSeconds: readonly number[] | null;
}

export interface ComposeReport {
  readonly model: string;
  readonly configurations: readonly ComposedConfiguration[];
}

export interface CostsReport extends CostComparison {
  readonly model: string;
  /** What calibrating the processor took. */
  readonly calibrationSeconds: number | null;
}

export interface RidgepointApi {
  readonly playground: Playground;
  roofline(options?: RooflineChoice): Promise<DeviceProfile | Failure>;
  plan(choice: PlanChoice): Promise<PlanReport | Failure>;
  classify(choice: ClassifyChoice): Promise<ClassifyReport | Failure>;
  fuse(choice: ModelChoice): Promise<FuseReport | Failure>;
  compose(choice: ComposeChoice): Promise<ComposeReport | Failure>;
  inspect(choice: ModelChoice): Promise<InspectReport | Failure>;
  /** The cost models against what one processor measures of a model; the device is measured first where it was not. */
  costs(choice: CostsChoice): Promise<CostsReport | Failure>;
  /** The designs of a model's family on this device; the device is measured first where it was not. */
  codesign(choice: CodesignChoice): Promise<DesignSpace | Failure>;
  /** The paper's ablation on a data set's model; the device is measured first where it was not, and designs are explored. */
  experiment(choice: ExperimentChoice): Promise<ExperimentReport | Failure>;
  /** Every kernel shape of the GPU's arithmetic (or those named), the fastest first: what a profile's choice is held against. */
  shapes(among?: readonly string[]): Promise<readonly TriedShape[] | Failure>;
  compare(profileJson: string): readonly ComparedMetric[] | Failure;
}

/** Runs of reading, fusing and writing a model, for the median of their seconds. */
const FUSION_RUNS = 5;

function failure(error: AppError): Failure {
  const { what, remedy } = messageOf(error);
  return { error: { code: error.code, message: what, remedy } };
}

export function createApi(playground: Playground): RidgepointApi {
  const load = async ({
    model,
    modelUrl,
    dimensions,
    configuration,
  }: ModelChoice): Promise<Result<LoadedModel>> => {
    if (modelUrl !== undefined) {
      const name = modelUrl.split('/').at(-1) ?? 'model.onnx';
      if (configuration !== undefined) return err({ code: 'configuration-unknown', model: name, id: null });
      const bytes = await fetchBytes(modelUrl, name, new AbortController().signal, () => undefined);
      return bytes.ok
        ? playground.loadModelFile(name, bytes.value, { dimensions: dimensions ?? {}, labels: null })
        : bytes;
    }
    const loaded = playground.state.model;
    const id = model ?? loaded?.manifest.id ?? 'efficientnet-lite0';
    if (loaded?.manifest.id !== id || !loaded.equivalence) return playground.loadModel(id, configuration);
    return configuration === undefined || configuration === loaded.configuration
      ? ok(loaded)
      : playground.chooseConfiguration(configuration);
  };

  const timeInWorker = async (
    { modelUrl, dimensions }: ModelChoice,
    { manifest }: LoadedModel,
  ): Promise<readonly number[] | null> => {
    const url = modelUrl ?? `./models/${manifest.id}/${manifest.file}`;
    const bytes = await fetchBytes(url, manifest.name, new AbortController().signal, () => undefined);
    const seconds = bytes.ok ? await playground.timeFusion(bytes.value, FUSION_RUNS, dimensions) : bytes;
    return seconds.ok ? seconds.value : null;
  };

  return {
    playground,
    async roofline(options = {}) {
      const extra = processorsOf(options.processors);
      const profile = extra.ok ? await playground.measure(extra.value, options.effort, options.only) : extra;
      return profile.ok ? profile.value : failure(profile.error);
    },
    async shapes(among) {
      const tried = await playground.sweepShapes(among);
      return tried.ok ? tried.value : failure(tried.error);
    },
    async plan(choice) {
      const processors = processorsOf(choice.processors);
      if (!processors.ok) return failure(processors.error);
      const objective = objectiveOf(choice.objective);
      if (!objective.ok) return failure(objective.error);
      const engine = engineOf(choice.engine);
      if (!engine.ok) return failure(engine.error);
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const given = choice.profile === undefined ? null : parseProfile(choice.profile);
      const profile = given ?? (await playground.measure(processors.value));
      if (!profile.ok) return failure(profile.error);
      if (given) playground.store.setState({ profile: profile.value });
      const plan = await playground.plan({
        processors: processors.value,
        objective: objective.value,
        engine: engine.value,
        measure: choice.predictOnly === true ? 'none' : choice.all === true ? 'all' : 'best',
        among: choice.among,
        rounds: choice.rounds,
      });
      return plan.ok ? plan.value : failure(plan.error);
    },
    async classify(choice) {
      const processors = processorsOf(choice.processors);
      if (!processors.ok) return failure(processors.error);
      const engine = engineOf(choice.engine);
      if (!engine.ok) return failure(engine.error);
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const processor = processors.value?.[0] ?? 'wasm:1';
      const images: { name: string; blob: Blob }[] = [];
      for (const { name, url } of choice.images) {
        const bytes = await fetchBytes(url, name, new AbortController().signal, () => undefined);
        if (!bytes.ok) return failure(bytes.error);
        images.push({ name, blob: new Blob([bytes.value]) });
      }
      const classified = await playground.classify(images, processor, engine.value);
      if (!classified.ok) return failure(classified.error);
      const toUnit = model.value.description.forms.deploy.units.length - 1;
      const stages = [{ processor, processorIndex: 0, fromUnit: 0, toUnit }];
      const { manifest, configuration } = model.value;
      return {
        model: manifest.id,
        ...(configuration === null ? {} : { configuration }),
        plan: { kind: 'single', stages },
        ...classified.value,
      };
    },
    async fuse(choice) {
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const { description, equivalence } = model.value;
      const { before, after, merged, kept } = description.fusion;
      return {
        before,
        after,
        merged,
        kept,
        maxAbsDifference: equivalence?.maxAbsDifference ?? null,
        maxRelDifference: equivalence?.maxRelDifference ?? null,
        equivalence,
        workerSeconds: await timeInWorker(choice, model.value),
      };
    },
    async compose({ configuration, runs = COMPOSE_RUNS, ...choice }) {
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const composed = await playground.composeConfigurations(configuration, runs);
      if (!composed.ok) return failure(composed.error);
      return { model: model.value.manifest.id, configurations: composed.value };
    },
    async inspect(choice) {
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const { forms, warnings } = model.value.description;
      return inspectReport(forms['multi-branch'], warnings);
    },
    async costs({ processor = 'wasm:1', recalibrate = false, ...choice }) {
      const id = parseProcessorId(processor);
      if (id === null) return failure({ code: 'processor-invalid', id: processor });
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const measured = playground.state.profile ? null : await playground.measure([id]);
      const obstacle = measured && !measured.ok ? measured.error : playground.busy();
      if (obstacle) return failure(obstacle);
      const compared = await compareCostsOn(playground, id, recalibrate);
      return compared.ok ? { model: model.value.manifest.id, ...compared.value } : failure(compared.error);
    },
    async codesign({ predictOnly = false, ...choice }) {
      const model = await load(choice);
      if (!model.ok) return failure(model.error);
      const measured = playground.state.profile ? null : await playground.measure();
      if (measured && !measured.ok) return failure(measured.error);
      const space = await playground.explore({ verify: !predictOnly });
      return space.ok ? space.value : failure(space.error);
    },
    async experiment({ dataset, rounds, images }) {
      const id = datasetIdOf(dataset);
      if (!id.ok) return failure(id.error);
      const report = await playground.experiment({ dataset: id.value, rounds, images });
      return report.ok ? report.value : failure(report.error);
    },
    compare(profileJson) {
      const base = playground.state.profile;
      if (!base) return failure({ code: 'profile-missing' });
      const other = playground.importProfile(profileJson);
      return other.ok ? compareProfiles(base, other.value) : failure(other.error);
    },
  };
}

declare global {
  interface Window {
    ridgepoint?: RidgepointApi;
  }
}
