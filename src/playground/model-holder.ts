/**
 * @file Holds the loaded model: the worker that has its weights, and what the store says of it. Both change together, and
 * only to a model that was read, composed, fused and proven; whatever fails on the way leaves the one before in place.
 */
import { configurationOf } from '../core/elastic/elastic.ts';
import type { Design } from '../core/codesign/design.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FormDescription, FormId } from '../core/prepare-model.ts';
import type { DrawnDiagram, DrawOptions } from '../workers/model.api.ts';
import { startModelWorker, type ModelClient } from '../workers/model.client.ts';
import { compareForms } from './compare-forms.ts';
import { composeConfigurations, type ComposedConfiguration } from './compose-configurations.ts';
import type { LiveController } from './live-controller.ts';
import type { FamilySource } from './codesign/family.ts';
import { backTo, inConfiguration, loadedOf, Siblings, type HeldModel } from './held-models.ts';
import { fetchModel, openFiles, openOwnModel, type OpenedModel } from './load-model.ts';
import { familyOf } from './shipped-models.ts';
import type { ProcessorPool } from './processors.ts';
import type { AppError } from '../core/errors.ts';
import type { Bindings } from '../core/onnx/parse-values.ts';
import type { PlanReport } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import type { OwnModelFile } from './own-model-file.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { DESIGN_VIEW, type Equivalence, type FormSpeed, type LoadedModel, type Store } from './state.ts';
import type { Work } from './task-runner.ts';

/** What the holder needs of the playground. */
export interface ModelHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly live: LiveController;
}

export class ModelHolder implements FamilySource {
  private readonly host: ModelHost;
  private worker = startModelWorker();
  private readonly siblings = new Siblings();

  constructor(host: ModelHost) {
    this.host = host;
  }

  /** Units of the loaded model's deploy form, as ONNX bytes. */
  segment(from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    return this.worker.call((remote) => remote.segment('deploy', from, to));
  }

  async load(id: string, configuration: string | undefined, work: Work): Promise<Result<LoadedModel>> {
    const files = await fetchModel(id, work, configuration);
    if (!files.ok) return files;
    await this.host.live.stop();
    return this.adopt(work, (worker) => openFiles(files.value, worker, work));
  }

  async loadFile(file: OwnModelFile, work: Work): Promise<Result<LoadedModel>> {
    await this.host.live.stop();
    work.onProgress('Reading and fusing the model', null);
    return this.adopt(work, (worker) => openOwnModel(file, worker));
  }

  /** Composes another configuration of the loaded model, in the worker that has its weights. */
  async choose(id: string, work: Work): Promise<Result<LoadedModel>> {
    const before = this.held();
    if (!before) return err({ code: 'model-missing' });
    const { elastic, name } = before.model.published;
    if (!elastic || !configurationOf(elastic, id))
      return err({ code: 'configuration-unknown', model: name, id: elastic ? id : null });
    await this.host.live.stop();
    work.onProgress('Composing the configuration', null);
    const model = await inConfiguration(before, id);
    let isChosen = false;
    try {
      if (!model.ok) return model;
      const put = await this.put(model.value, work);
      isChosen = put.ok;
      return put;
    } finally {
      if (!isChosen) await this.restore(before);
    }
  }

  /**
   * Puts the network of a design in force with a plan of it, whatever runs: another configuration, or another model of the
   * family. Its two forms are not compared.
   */
  async deploy({ id, model, configuration }: Design, plan: PlanReport): Promise<Result<LoadedModel>> {
    const before = this.held();
    if (!before) return err({ code: 'model-missing' });
    const held = this.heldOf(model);
    if (!held) return err({ code: 'design-unknown', id });
    const deployed =
      configuration === held.model.configuration
        ? ok(held.model)
        : await inConfiguration(held, configuration);
    if (!deployed.ok) {
      await this.restore(held);
      return deployed;
    }
    if (held.worker !== before.worker) this.siblings.exchange(model, before);
    this.worker = held.worker;
    this.host.store.setState({ model: deployed.value, plan });
    return deployed;
  }

  /** The model that is loaded. */
  private held(): HeldModel | null {
    const { model } = this.host.store.getState();
    return model && { worker: this.worker, model };
  }

  /** The loaded model or another of its family. */
  private heldOf(id: string): HeldModel | null {
    const loaded = this.held();
    return loaded?.model.manifest.id === id ? loaded : this.siblings.of(id);
  }

  /** A worker must hold what is said of it; the loaded model's cannot be done without. */
  private async restore(held: HeldModel): Promise<void> {
    const back = await backTo(held);
    if (!back.ok && held.worker === this.worker) this.forget();
  }

  async openFamily(
    { signal, onProgress }: Work,
    onFailure: (error: AppError) => void,
  ): ReturnType<FamilySource['openFamily']> {
    const { model } = this.host.store.getState();
    if (!model) return err({ code: 'model-missing' });
    const { published } = model;
    const family = familyOf(published.id);
    const work = { signal, onProgress: () => onProgress('Opening the models of the family', null) };
    const ids = family ? family.models.map(({ id }) => id) : [published.id];
    const opened = await Promise.all(
      ids.map(async (id) => {
        if (id === published.id) return [published];
        const sibling = await this.siblings.open(id, work);
        if (sibling.ok) return [sibling.value.model.published];
        if (!signal.aborted) onFailure(sibling.error);
        return [];
      }),
    );
    return signal.aborted
      ? err({ code: 'cancelled' })
      : ok({ name: family?.name ?? published.name, loaded: published, models: opened.flat() });
  }

  describe(model: string, configuration: string): Promise<Result<FormDescription>> {
    return this.ask(model, (worker) => worker.call((remote) => remote.describe(configuration)));
  }

  segmentsOf(model: string, configuration: string): Segments {
    return (from, to) =>
      this.ask(model, (worker) => worker.call((remote) => remote.segmentOf(configuration, from, to)));
  }

  /** Whichever worker has that model's weights by then. */
  private ask<T>(model: string, question: (worker: ModelClient) => Promise<Result<T>>): Promise<Result<T>> {
    const held = this.heldOf(model);
    return held ? question(held.worker) : Promise.resolve(err({ code: 'model-missing' }));
  }

  /** A form of the loaded model as a block diagram, laid out in its worker. */
  draw(form: FormId, options: DrawOptions): Promise<Result<DrawnDiagram>> {
    return this.worker.call((remote) => remote.draw(form, options));
  }

  timeFusion(
    bytes: Uint8Array<ArrayBuffer>,
    runs: number,
    dimensions: Bindings,
  ): Promise<Result<readonly number[]>> {
    return this.worker.call((remote) => remote.timeFusion(bytes, runs, dimensions));
  }

  /** Runs both forms of the loaded model on each processor, in turn, for their times; one that fails is only told of. */
  async timeForms(
    processors: readonly ProcessorId[],
    { onProgress, signal }: Work,
    onFailure: (error: AppError) => void,
  ): Promise<Result<readonly FormSpeed[]>> {
    const { model } = this.host.store.getState();
    if (!model) return err({ code: 'model-missing' });
    await this.host.live.stop();
    const speeds: FormSpeed[] = [];
    for (const [i, processor] of processors.entries()) {
      onProgress(`Timing both forms on ${processor}`, i / processors.length);
      const clients = await this.host.pool.acquire([processor]);
      const [client] = clients.ok ? clients.value : [];
      const compared = client
        ? await compareForms(model.description, this.worker, client, signal)
        : clients.ok
          ? err({ code: 'processor-invalid' as const, id: processor })
          : clients;
      if (signal.aborted) return err({ code: 'cancelled' });
      if (compared.ok) speeds.push({ processor, ...compared.value.seconds });
      else onFailure(compared.error);
    }
    return ok(speeds);
  }

  /** Composes the named configuration, or each one, `runs` times; nothing is put in force. */
  async compose(
    id: string | undefined,
    runs: number,
    work: Work,
  ): Promise<Result<readonly ComposedConfiguration[]>> {
    const { model } = this.host.store.getState();
    if (!model) return err({ code: 'model-missing' });
    const { elastic, name } = model.published;
    const all = elastic?.configurations ?? [];
    const wanted = id === undefined ? all : all.filter((each) => each.id === id);
    if (wanted.length === 0)
      return err({ code: 'configuration-unknown', model: name, id: elastic ? (id ?? null) : null });
    const compose = (each: string, times: number) =>
      this.worker.call((remote) => remote.tryComposition(each, times));
    const composed = await composeConfigurations(wanted, runs, compose, work);
    if (this.worker.hasFailed) this.forget();
    return composed;
  }

  /** The worker with the weights is gone: no model is loaded any more, and the next one gets a worker of its own. */
  private forget(): void {
    this.worker.terminate();
    this.worker = startModelWorker();
    this.siblings.close();
    this.host.store.setState({ model: null, plan: null });
  }

  /** Opens a model in a worker of its own and proves it there; the worker before ends once that went well. */
  private async adopt(
    work: Work,
    open: (worker: ModelClient) => Promise<Result<OpenedModel>>,
  ): Promise<Result<LoadedModel>> {
    const worker = startModelWorker();
    // Reading cannot be interrupted but by ending the worker, which ends the call as cancelled.
    work.signal.addEventListener('abort', () => worker.terminate(), { once: true });
    const opened = await open(worker);
    if (!opened.ok) {
      worker.terminate();
      return opened;
    }
    const before = this.worker;
    this.worker = worker;
    let isIn = false;
    try {
      const put = await this.put(loadedOf(opened.value), work);
      isIn = put.ok;
      // Designs are of a model and its family.
      if (isIn) {
        this.siblings.close();
        this.host.store.setState({ codesign: null, designView: DESIGN_VIEW });
      }
      return put;
    } finally {
      if (!isIn) this.worker = before;
      (isIn ? before : worker).terminate();
    }
  }

  /** Puts a model in the store as soon as it is read, proves it, and puts the one before back if that fails or throws. */
  private async put(model: LoadedModel, work: Work): Promise<Result<LoadedModel>> {
    const { store } = this.host;
    const before = { model: store.getState().model, plan: store.getState().plan };
    store.setState({ model, plan: null });
    let proven: LoadedModel | null = null;
    try {
      const equivalence = await this.prove(model, work);
      if (work.signal.aborted) return err({ code: 'cancelled' });
      if (!equivalence.ok) return equivalence;
      proven = { ...model, equivalence: equivalence.value };
      return ok(proven);
    } finally {
      store.setState(proven ? { model: proven } : before);
    }
  }

  private async prove(
    { description }: LoadedModel,
    { onProgress, signal }: Work,
  ): Promise<Result<Equivalence>> {
    onProgress('Comparing both forms', null);
    const clients = await this.host.pool.acquire(['wasm:1']);
    if (!clients.ok) return clients;
    const [client] = clients.value;
    if (!client) return err({ code: 'processor-invalid', id: 'wasm:1' });
    return compareForms(description, this.worker, client, signal);
  }
}
