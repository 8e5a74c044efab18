/**
 * @file Models whose weights lie in model workers of their own. One of them is loaded (model-holder.ts); beside it there may be
 * the others of its family, from when designs are explored until another model is loaded.
 */
import { configurationOf } from '../core/elastic/elastic.ts';
import { manifestOfConfiguration } from '../core/manifest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { startModelWorker, type ModelClient } from '../workers/model.client.ts';
import { checkAgainst, fetchModel, openFiles, type OpenedModel } from './load-model.ts';
import type { LoadedModel } from './state.ts';
import type { Work } from './task-runner.ts';

export interface HeldModel {
  readonly worker: ModelClient;
  /** In the configuration that the worker holds. */
  readonly model: LoadedModel;
}

export const loadedOf = ({ files, configuration, description, own }: OpenedModel): LoadedModel => ({
  published: files.published,
  manifest: files.manifest,
  labels: files.labels,
  configuration,
  description,
  equivalence: null,
  speeds: [],
  own: own ?? null,
});

/** The model in another configuration, which its worker then holds; on failure it may hold either. */
export async function inConfiguration(
  { worker, model }: HeldModel,
  id: string,
): Promise<Result<LoadedModel>> {
  const { published } = model;
  const { elastic, name } = published;
  const configuration = elastic && configurationOf(elastic, id);
  if (!elastic || !configuration)
    return err({ code: 'configuration-unknown', model: name, id: elastic ? id : null });
  const composed = await worker.call((remote) => remote.compose(id));
  const manifest = manifestOfConfiguration(published, elastic, configuration);
  const checked = composed.ok ? checkAgainst(manifest, composed.value) : composed;
  if (!checked.ok) return checked;
  return ok({
    ...model,
    manifest,
    configuration: id,
    description: checked.value,
    equivalence: null,
    speeds: [],
  });
}

/** The worker holds what was composed last: brings it back to what `model` says. */
export async function backTo({ worker, model }: HeldModel): Promise<Result<unknown>> {
  const { configuration } = model;
  return configuration === null ? ok(null) : worker.call((remote) => remote.compose(configuration));
}

/** The others of the loaded model's family, by id. */
export class Siblings {
  private readonly held = new Map<string, HeldModel>();

  of(id: string): HeldModel | null {
    return this.held.get(id) ?? null;
  }

  /** Loads a model, unless it is there and its worker lives. */
  async open(id: string, work: Work): Promise<Result<HeldModel>> {
    const before = this.of(id);
    if (before && !before.worker.hasFailed) return ok(before);
    const files = await fetchModel(id, work);
    if (!files.ok) return files;
    const worker = startModelWorker();
    const opened = await openFiles(files.value, worker, work);
    if (!opened.ok || work.signal.aborted) {
      worker.terminate();
      return opened.ok ? err({ code: 'cancelled' }) : opened;
    }
    const held = { worker, model: loadedOf(opened.value) };
    this.held.set(id, held);
    return ok(held);
  }

  /** One of them leaves, to be loaded, and the one that was loaded takes its place. */
  exchange(id: string, other: HeldModel): void {
    this.held.delete(id);
    this.held.set(other.model.manifest.id, other);
  }

  close(): void {
    for (const { worker } of this.held.values()) worker.terminate();
    this.held.clear();
  }
}
