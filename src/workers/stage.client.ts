/** @file Starts a stage worker on a processor and calls it: see stage.api. */
import type { AdapterFacts, ProcessorId } from '../core/profile/profile.ts';
import { ok, type Result } from '../core/result.ts';
import type { StageApi } from './stage.api.ts';
import { WorkerClient } from './worker-client.ts';

export interface StageClient {
  readonly processor: ProcessorId;
  readonly adapter: AdapterFacts | null;
  readonly worker: WorkerClient<StageApi>;
}

/** A worker whose engine is open; on failure the worker is gone again. */
export async function startStageWorker(processor: ProcessorId, label: string): Promise<Result<StageClient>> {
  const worker = new WorkerClient<StageApi>(
    new Worker(new URL('./stage.worker.ts', import.meta.url), { type: 'module', name: label }),
    label,
  );
  const opened = await worker.call((remote) => remote.open(processor));
  if (!opened.ok) {
    worker.terminate();
    return opened;
  }
  return ok({ processor, adapter: opened.value.adapter, worker });
}
