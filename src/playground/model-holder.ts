/**
 * @file Holds the loaded model: the worker that has its weights, and what the store says of it. Both change together, and
 * only to a model that was read, composed, fused and proven; whatever fails on the way leaves the one before in place.
 */
import { configurationOf } from '../core/elastic/elastic.ts';
import { manifestOfConfiguration } from '../core/manifest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { startModelWorker, type ModelClient } from '../workers/model.client.ts';
import { compareForms } from './compare-forms.ts';
import { composeConfigurations, type ComposedConfiguration } from './compose-configurations.ts';
import type { LiveController } from './live-controller.ts';
import { checkAgainst, fetchModel, openModel, openOwnModel, type OpenedModel } from './load-model.ts';
import type { ProcessorPool } from './processors.ts';
import type { Equivalence, LoadedModel, Store } from './state.ts';
import type { Work } from './task-runner.ts';

/** What the holder needs of the playground. */
export interface ModelHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly live: LiveController;
}

export class ModelHolder {
  private readonly host: ModelHost;
  private worker = startModelWorker();

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
    return this.adopt(work, async (worker) => {
      const description = await openModel(files.value, worker, work);
      if (!description.ok) return description;
      const { elastic } = files.value;
      return ok({
        files: files.value,
        configuration: elastic?.configuration ?? null,
        description: description.value,
      });
    });
  }

  async loadFile(name: string, bytes: Uint8Array<ArrayBuffer>, work: Work): Promise<Result<LoadedModel>> {
    await this.host.live.stop();
    return this.adopt(work, (worker) => openOwnModel(name, bytes, worker));
  }

  /** Composes another configuration of the loaded model, in the worker that has its weights. */
  async choose(id: string, work: Work): Promise<Result<LoadedModel>> {
    const before = this.host.store.getState().model;
    if (!before) return err({ code: 'model-missing' });
    const { elastic } = before.manifest;
    const configuration = elastic && configurationOf(elastic, id);
    if (!configuration) return err({ code: 'configuration-unknown', id });
    await this.host.live.stop();
    work.onProgress('Composing the configuration', null);
    const compose = async (wanted: string): Promise<Result<LoadedModel>> => {
      const composed = await this.worker.call((remote) => remote.compose(wanted));
      if (!composed.ok) return composed;
      const manifest = manifestOfConfiguration(before.manifest, elastic, configuration);
      const description = checkAgainst(manifest, composed.value);
      return description.ok
        ? ok({ ...before, manifest, configuration: id, description: description.value, equivalence: null })
        : description;
    };
    const composed = await compose(id);
    const chosen = composed.ok ? await this.put(composed.value, work) : composed;
    // The worker holds what was composed last; it must be what the store says.
    if (!chosen.ok && before.configuration !== null)
      await this.worker.call((remote) => remote.compose(before.configuration ?? ''));
    return chosen;
  }

  /** Composes the named configuration, or each one, `runs` times; nothing is put in force. */
  async compose(
    id: string | undefined,
    runs: number,
    work: Work,
  ): Promise<Result<readonly ComposedConfiguration[]>> {
    const { model } = this.host.store.getState();
    if (!model) return err({ code: 'model-missing' });
    const all = model.manifest.elastic?.configurations ?? [];
    const wanted = id === undefined ? all : all.filter((each) => each.id === id);
    if (wanted.length === 0) return err({ code: 'configuration-unknown', id: id ?? 'any' });
    const compose = (each: string, times: number) =>
      this.worker.call((remote) => remote.tryComposition(each, times));
    return composeConfigurations(wanted, runs, compose, work);
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
    const { files, configuration, description } = opened.value;
    const { manifest, labels } = files;
    const before = this.worker;
    this.worker = worker;
    const put = await this.put({ manifest, labels, configuration, description, equivalence: null }, work);
    if (!put.ok) this.worker = before;
    (put.ok ? before : worker).terminate();
    return put;
  }

  /** Puts a model in the store as soon as it is read, proves it, and puts the one before back if that fails. */
  private async put(model: LoadedModel, work: Work): Promise<Result<LoadedModel>> {
    const { store } = this.host;
    const before = { model: store.getState().model, plan: store.getState().plan };
    store.setState({ model, plan: null });
    const proof = await this.prove(model, work);
    const equivalence = work.signal.aborted ? err({ code: 'cancelled' } as const) : proof;
    if (!equivalence.ok) {
      store.setState(before);
      return equivalence;
    }
    const proven = { ...model, equivalence: equivalence.value };
    store.setState({ model: proven });
    return ok(proven);
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
