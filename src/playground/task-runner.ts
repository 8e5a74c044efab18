/**
 * @file Long tasks: one at a time, each with progress in the store and a way to cancel it. What ends early leaves its reason
 * as the task's state and as the notice; a cancelled task leaves nothing.
 */
import type { AppError } from '../core/errors.ts';
import { err, type Result } from '../core/result.ts';
import { IDLE, type PlaygroundState, type Store, type Task } from './state.ts';

export const TASK_KEYS = [
  'modelTask',
  'timingTask',
  'measureTask',
  'sustainTask',
  'planTask',
  'enginesTask',
  'codesignTask',
  'experimentTask',
  'classifyTask',
] as const;
export type TaskKey = (typeof TASK_KEYS)[number];

const DOING: Readonly<Record<TaskKey, string>> = {
  modelTask: 'loading a model',
  timingTask: 'timing both forms',
  measureTask: 'measuring the device',
  sustainTask: 'measuring for two minutes',
  planTask: 'planning',
  enginesTask: 'comparing the engines',
  codesignTask: 'exploring designs',
  experimentTask: 'running the experiment',
  classifyTask: 'classifying pictures',
};

/** What a task is given: the signal that ends it, and where to say how far it is (0…1, null = unknown). */
export interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
}

export class TaskRunner {
  private readonly store: Store;
  private current: { readonly key: TaskKey; readonly controller: AbortController } | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** What keeps the workers busy, if anything does. */
  busy(): AppError | null {
    return this.current && { code: 'busy', doing: DOING[this.current.key] };
  }

  /** Asks the task in work to stop; it ends as `cancelled`. */
  cancel(): void {
    this.current?.controller.abort();
  }

  /** Shows a failure; a cancelled task is none, and a question about a file is asked where the file was opened. */
  report(error: AppError): void {
    if (error.code !== 'cancelled' && error.code !== 'model-open') this.store.setState({ notice: error });
  }

  /** Runs `work`, or refuses with `busy` while another task runs. */
  async run<T>(key: TaskKey, work: (context: Work) => Promise<Result<T>>): Promise<Result<T>> {
    const busy = this.busy();
    if (busy) {
      this.report(busy);
      return err(busy);
    }
    const controller = new AbortController();
    this.current = { key, controller };
    // A new try answers the failure of the one before.
    this.store.setState({ notice: null });
    this.set(key, { status: 'running', step: 'Starting', progress: null });
    try {
      const result = await work({
        signal: controller.signal,
        onProgress: (step, progress) => this.set(key, { status: 'running', step, progress }),
      });
      const outcome: Result<T> =
        controller.signal.aborted && !result.ok ? err({ code: 'cancelled' }) : result;
      const isFailure = !outcome.ok && outcome.error.code !== 'cancelled';
      this.set(key, isFailure ? { status: 'failed', error: outcome.error } : IDLE);
      if (!outcome.ok) this.report(outcome.error);
      return outcome;
    } finally {
      this.current = null;
      // Only a bug that threw leaves it running.
      if (this.store.getState()[key].status === 'running') this.set(key, IDLE);
    }
  }

  private set(key: TaskKey, task: Task): void {
    const part: Partial<PlaygroundState> = { [key]: task };
    this.store.setState(part);
  }
}
