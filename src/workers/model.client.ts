/** @file Starts the model worker and calls it: see model.api. */
import type { ModelApi } from './model.api.ts';
import { WorkerClient } from './worker-client.ts';

export type ModelClient = WorkerClient<ModelApi>;

export function startModelWorker(): ModelClient {
  return new WorkerClient<ModelApi>(
    new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module', name: 'model' }),
    'model',
  );
}
