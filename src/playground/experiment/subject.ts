/** @file A network of the experiment, in a model worker of its own: the model that the visitor chose stays as it is. */
import { configurationOf } from '../../core/elastic/elastic.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { FormDescription, FormId } from '../../core/prepare-model.ts';
import type { DeletionMode } from '../../core/reparam/delete-branches.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { startModelWorker, type ModelClient } from '../../workers/model.client.ts';
import type { DeletedModel, ModelDescription } from '../../workers/model.api.ts';
import { checkAgainst, fetchModel, type ModelFiles } from '../load-model.ts';
import type { Segments } from '../plan-request.ts';
import type { Work } from '../task-runner.ts';

export interface Network {
  readonly model: string;
  /** The default one if left out. */
  readonly configuration?: string | undefined;
  /** Branches to delete after training, as the paper's code does; null for the network that was trained. */
  readonly deletion: DeletionMode | null;
}

export interface Subject {
  readonly network: Network;
  /** Null where the model has no choice of them. */
  readonly configuration: string | null;
  /** Of the configuration. */
  readonly manifest: Manifest;
  readonly description: ModelDescription;
  /** Blocks that could lose branches, and branches that are gone; null where none was to go. */
  readonly deletion: Pick<DeletedModel, 'blocks' | 'deleted'> | null;
  readonly worker: ModelClient;
}

/** Fetches, composes and fuses a network. The caller ends its worker; on failure it has ended. */
export async function openSubject(network: Network, work: Work): Promise<Result<Subject>> {
  const files = await fetchModel(network.model, work, network.configuration);
  if (!files.ok) return files;
  const worker = startModelWorker();
  const end = (): void => worker.terminate();
  work.signal.addEventListener('abort', end, { once: true });
  work.onProgress('Reading and fusing the models', null);
  const opened = await openIn(worker, network, files.value);
  if (!opened.ok) {
    end();
    return work.signal.aborted ? err({ code: 'cancelled' }) : opened;
  }
  const { elastic, manifest } = files.value;
  return ok({ network, configuration: elastic?.configuration ?? null, manifest, worker, ...opened.value });
}

async function openIn(
  worker: ModelClient,
  { deletion: mode }: Network,
  { bytes, elastic, manifest }: ModelFiles,
): Promise<Result<Pick<Subject, 'description' | 'deletion'>>> {
  const opened = await worker.call((remote) => remote.open(bytes, { elastic: elastic ?? undefined }));
  const description = opened.ok ? checkAgainst(manifest, opened.value) : opened;
  if (!description.ok) return description;
  if (mode === null) return ok({ description: description.value, deletion: null });
  const left = await worker.call((remote) => remote.deleteBranches(mode));
  return left.ok ? ok({ description: left.value.description, deletion: left.value }) : left;
}

export const formOf = ({ description }: Subject, form: FormId): FormDescription => description.forms[form];

export const segmentsOf =
  ({ worker }: Subject, form: FormId): Segments =>
  (from, to) =>
    worker.call((remote) => remote.segment(form, from, to));

/** Top-1 and top-5 by the manifest, of the data that the model's configurations were measured on; null where it says nothing of them. */
export function manifestAccuracy({ manifest, configuration }: Subject): {
  readonly top1: number;
  readonly top5: number;
  readonly n: number;
} | null {
  const { elastic } = manifest;
  const known = elastic && configuration !== null ? configurationOf(elastic, configuration) : null;
  return elastic && known ? { top1: known.top1, top5: known.top5, n: elastic.accuracy.n } : null;
}
