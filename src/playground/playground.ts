/**
 * @file The playground: owns the store, the workers and the running pipeline, and offers the verbs that the page, the console
 * (`window.ridgepoint`) and the command line share. One long task at a time; each can be cancelled; a failure becomes a
 * notice and leaves what was there.
 *
 * Length: one method a verb, most of it what each promises; the work is done elsewhere.
 */
import type { Design } from '../core/codesign/design.ts';
import type { EnginePreference } from '../core/engine.ts';
import type { AppError } from '../core/errors.ts';
import { parseProfile } from '../core/profile/parse.ts';
import type { DeviceProfile, Effort, ProcessorId } from '../core/profile/profile.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import { err, type Result } from '../core/result.ts';
import { probeCapabilities, type Capabilities } from '../platform/capabilities.ts';
import type { Blamed } from '../platform/crash-marker.ts';
import { classifyImages, type ClassifiedImages, type NamedImage } from './classify-images.ts';
import { compareEngines } from './compare-engines.ts';
import type { ComposedConfiguration } from './compose-configurations.ts';
import type { DesignSpace } from './codesign/design-space.ts';
import { Designs } from './codesign/designs.ts';
import type { ExploreOptions } from './codesign/explorer.ts';
import { designsFor } from './experiment/designs-for.ts';
import type { ExperimentReport } from './experiment/report.ts';
import { runExperiment, type ExperimentOptions } from './experiment/run-experiment.ts';
import { LiveController } from './live-controller.ts';
import { ModelHolder } from './model-holder.ts';
import { Measurer } from './measure/measurer.ts';
import type { SustainSample } from './measure/sustain.ts';
import type { TriedShape } from './measure/sweep-shapes.ts';
import { planOnDevice } from './plan-on-device.ts';
import type { EngineUse, PlanReport } from './plan-report.ts';
import type { PlanOptions, Segments } from './plan-request.ts';
import { defaultProcessors, ProcessorPool } from './processors.ts';
import type { FormId } from '../core/prepare-model.ts';
import type { DrawnDiagram, DrawOptions } from '../workers/model.api.ts';
import type { Bindings } from '../core/onnx/parse-values.ts';
import type { OwnModelFile } from './own-model-file.ts';
import { OwnModels } from './own-models.ts';
import {
  createPlaygroundStore,
  type FormSpeed,
  type LoadedModel,
  type PlaygroundState,
  type Store,
} from './state.ts';
import { TaskRunner } from './task-runner.ts';

type Said = Partial<Pick<OwnModelFile, 'dimensions' | 'labels'>>;

const isGpuFailure = (error: AppError): boolean =>
  error.code === 'webgpu-unavailable' ||
  error.code === 'device-lost' ||
  (error.code === 'engine-failed' && error.processor === 'webgpu');

export class Playground {
  readonly store: Store = createPlaygroundStore();
  readonly pool = new ProcessorPool();
  readonly live = new LiveController(this);
  private readonly holder = new ModelHolder(this);
  private readonly tasks = new TaskRunner(this.store);
  /** The visitor's own models that are kept on this device. */
  readonly own = new OwnModels(this.store);
  private readonly measurer = new Measurer(this);
  private readonly designs: Designs;
  private probing: Promise<Capabilities> | null = null;

  /** Units of the loaded model's deploy form, as ONNX bytes. */
  readonly segments: Segments = (from, to) => this.holder.segment(from, to);

  constructor() {
    const { store, pool, live, holder } = this;
    const capabilities = () => this.capabilities();
    this.designs = new Designs({ store, pool, live, holder, capabilities, tasks: this.tasks });
    live.observer = this.designs.governor;
  }

  get state(): PlaygroundState {
    return this.store.getState();
  }

  capabilities(): Promise<Capabilities> {
    this.probing ??= probeCapabilities().then(
      (capabilities) => {
        this.store.setState({ capabilities });
        return capabilities;
      },
      (thrown: unknown) => {
        this.probing = null;
        throw thrown;
      },
    );
    return this.probing;
  }

  /** Shows a failure; a cancelled task is none. */
  report(error: AppError): void {
    this.tasks.report(error);
  }

  dismissNotice(): void {
    this.store.setState({ notice: null });
  }

  busy(): AppError | null {
    return this.tasks.busy();
  }

  /** Stops the long task in work; what it had not finished is as if it had never begun. */
  cancel(): void {
    this.tasks.cancel();
  }

  /** The one button: load a model if none is, measure this device, plan the model on it. */
  async measureAndPlan(modelId: string): Promise<Result<PlanReport>> {
    if (!this.state.model) {
      const loaded = await this.loadModel(modelId);
      if (!loaded.ok) return loaded;
    }
    const profile = await this.measure();
    return profile.ok ? this.plan({}) : profile;
  }

  /** Loads a shipped model, composes the named or the default configuration, fuses it and proves both forms equal. */
  loadModel(id: string, configuration?: string): Promise<Result<LoadedModel>> {
    this.own.forgetQuestion();
    return this.tasks.run('modelTask', (work) => this.holder.load(id, configuration, work));
  }

  /** Composes another configuration of the loaded model; live goes off, the plan belongs to the configuration before. */
  chooseConfiguration(id: string): Promise<Result<LoadedModel>> {
    return this.tasks.run('modelTask', (work) => this.holder.choose(id, work));
  }

  /** Composes the named configuration of the loaded model, or each one, `runs` times, for its time and bytes. */
  composeConfigurations(
    id: string | undefined,
    runs: number,
  ): Promise<Result<readonly ComposedConfiguration[]>> {
    return this.tasks.run('modelTask', (work) => this.holder.compose(id, runs, work));
  }

  /**
   * Loads a visitor's own ONNX file and keeps it on this device; what was said of it before holds unless it is said anew. One
   * that leaves dimensions open waits in `openFile` for their sizes.
   */
  async loadModelFile(
    name: string,
    data: Blob | Uint8Array<ArrayBuffer>,
    said: Said = {},
  ): Promise<Result<LoadedModel>> {
    const file = data instanceof Blob ? data : new Blob([data]);
    const { openFile } = this.state;
    if (openFile?.file.file !== file) this.own.forgetQuestion();
    const known = await this.own.known({ name, file });
    const own = {
      name,
      file,
      dimensions: said.dimensions ?? known?.dimensions ?? {},
      labels: said.labels ?? known?.labels ?? null,
    };
    const loaded = await this.tasks.run('modelTask', (work) => this.holder.loadFile(own, work));
    if (loaded.ok) {
      this.own.forgetQuestion();
      await this.own.keep(own);
    } else if (loaded.error.code === 'model-open')
      this.store.setState({ openFile: { file: own, dimensions: loaded.error.dimensions } });
    return loaded;
  }

  /** A form of the loaded model as a block diagram. It takes no turn among the long tasks. */
  drawDiagram(form: FormId, options: DrawOptions): Promise<Result<DrawnDiagram>> {
    return this.holder.draw(form, options);
  }

  /** Reads, fuses and writes a file `runs` times in the model worker, for the seconds of each; nothing is put in force. */
  timeFusion(
    bytes: Uint8Array<ArrayBuffer>,
    runs: number,
    dimensions: Bindings = {},
  ): Promise<Result<readonly number[]>> {
    return this.tasks.run('modelTask', () => this.holder.timeFusion(bytes, runs, dimensions));
  }

  /** Times both forms of the loaded model on every processor of this device; one that fails is left out, and the reason shown. */
  async timeForms(): Promise<Result<readonly FormSpeed[]>> {
    const failures: AppError[] = [];
    const timed = await this.tasks.run('timingTask', async (work) => {
      const processors = [...new Set(['wasm:1' as const, ...defaultProcessors(await this.capabilities())])];
      return this.holder.timeForms(processors, work, (failure) => failures.push(failure));
    });
    const { model } = this.state;
    if (timed.ok && model) this.store.setState({ model: { ...model, speeds: timed.value } });
    failures.forEach((failure) => this.report(failure));
    return timed;
  }

  /** Classifies pictures one by one on one processor, pre-processing included; on the engine in force unless told. */
  classify(
    images: readonly NamedImage[],
    processor: ProcessorId,
    engine?: EnginePreference,
  ): Promise<Result<ClassifiedImages>> {
    return this.tasks.run('classifyTask', async (work) => {
      const { model } = this.state;
      if (!model) return err({ code: 'model-missing' });
      await this.live.stop();
      const clients = await this.pool.acquire([processor]);
      if (!clients.ok) return clients;
      const [client] = clients.value;
      if (!client) return err({ code: 'processor-invalid', id: processor });
      // With no wish of the visitor's, the one that planning found for the processor.
      const wished = this.state.engine === 'auto' ? undefined : this.state.engine;
      const { segments } = this;
      return classifyImages(images, { model, client, segments, engine: engine ?? wished, ...work });
    });
  }

  /**
   * Measures the Roofline of this device, for the processors that plans use by default and those named. `only` some
   * metrics, by id, are measured without being put in force.
   */
  measure(
    extra: readonly ProcessorId[] = [],
    effort: Effort = 'quick',
    only?: readonly string[],
  ): Promise<Result<DeviceProfile>> {
    return this.tasks.run('measureTask', (work) => this.measurer.measure({ extra, effort, only }, work));
  }

  /** The GPU's arithmetic in every kernel shape, or in those named, the fastest first. */
  sweepShapes(among: readonly string[] | null = null): Promise<Result<readonly TriedShape[]>> {
    return this.tasks.run('measureTask', (work) => this.measurer.sweepShapes(work, among));
  }

  /** One processor's arithmetic for two minutes (or `seconds`), sample by sample into the store. */
  sustain(processor: ProcessorId, seconds?: number): Promise<Result<readonly SustainSample[]>> {
    return this.tasks.run('sustainTask', (work) => this.measurer.sustain(processor, work, seconds));
  }

  /** Steps that are left out because they killed a tab or hung; `retrySkipped` lets them try again. */
  readonly skippedSteps = (): Promise<readonly Blamed[]> => this.measurer.marker.blamed();
  readonly retrySkipped = (): void => this.measurer.marker.forgive();

  /**
   * Plans the loaded model's deploy form; measures the best plans unless told to predict only. Where no processors were
   * named and the GPU fails on the way, the reason is shown and the plan made without it.
   */
  async plan(options: PlanOptions): Promise<Result<PlanReport>> {
    const planned = await this.planOn(options);
    if (planned.ok || options.processors || !isGpuFailure(planned.error)) return planned;
    const { profile } = this.state;
    const processors = defaultProcessors(await this.capabilities()).filter(
      (id) => id !== 'webgpu' && profile && rooflineOf(profile, id) !== null,
    );
    if (processors.length === 0) return planned;
    const again = await this.planOn({ ...options, processors });
    this.report(planned.error);
    return again;
  }

  private planOn(options: PlanOptions): Promise<Result<PlanReport>> {
    return this.tasks.run('planTask', (work) => planOnDevice(this, options, work));
  }

  /** Times both engines on the processors of the plan, in turns; the plan stays as it is, its report tells the times. */
  compareEngines(): Promise<Result<readonly EngineUse[]>> {
    return this.tasks.run('enginesTask', (work) => compareEngines(this, work));
  }

  /**
   * Explores the designs of the loaded model on this device: its configurations and their plans. The first front is in the
   * store as soon as it is predicted; then its designs run, unless told not to.
   */
  explore(options: ExploreOptions = {}): Promise<Result<DesignSpace>> {
    return this.tasks.run('codesignTask', (work) => this.designs.explore(options, work));
  }

  /** Runs every plan of an explored network (`networkOf` a design): what the front is held against. */
  runEveryPlan(network: string): Promise<Result<readonly Design[]>> {
    return this.tasks.run('codesignTask', (work) => this.designs.runEveryPlan(network, work));
  }

  /** Puts a design of the explored space in force: model and plan. Live goes on with it, its source keeps running. */
  applyDesign(id: string): Promise<Result<null>> {
    return this.designs.apply(id);
  }

  /** Live holds this frame rate by moving along the front of the explored designs; null: no longer. */
  govern(targetFps: number | null): void {
    this.designs.governor.hold(targetFps);
  }

  /** Runs the paper's experiment on this device: loads its model, measures and explores first where that was not done. */
  async experiment(options: ExperimentOptions): Promise<Result<ExperimentReport>> {
    const space = await designsFor(this, options.dataset);
    if (!space.ok) return space;
    const report = await this.tasks.run('experimentTask', (work) =>
      runExperiment(this, options, space.value, work),
    );
    if (report.ok) this.store.setState({ experiment: report.value });
    return report;
  }

  /** Adds a profile from a file's text to the comparison; one of the same name and date is replaced. */
  importProfile(json: string): Result<DeviceProfile> {
    const profile = parseProfile(json);
    if (!profile.ok) {
      this.report(profile.error);
      return profile;
    }
    const { name, date } = profile.value;
    const others = this.state.imported.filter((other) => other.name !== name || other.date !== date);
    this.store.setState({ imported: [...others, profile.value] });
    return profile;
  }

  removeProfile(at: number): void {
    this.store.setState({ imported: this.state.imported.filter((_, i) => i !== at) });
  }
}
