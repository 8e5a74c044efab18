/**
 * @file What every client of a worker shares: start it, call it through comlink, and turn a worker that dies (or a call that
 * outlives its watchdog) into a `worker-failed` Result instead of a promise that never settles.
 */
import * as Comlink from 'comlink';
import type { AppError } from '../core/errors.ts';
import { detailOf } from '../core/errors.ts';
import { err, type Result } from '../core/result.ts';

export class WorkerClient<Api> {
  readonly name: string;
  /** Resolves once, when the worker has failed or was terminated. */
  readonly failed: Promise<AppError>;
  private readonly worker: Worker;
  private readonly remote: Comlink.Remote<Api>;
  /** Ends the calls in flight; a reaction on `failed` a call would keep every answer as long as the worker lives. */
  private readonly pending = new Set<(error: AppError) => void>();
  private failure: AppError | null = null;
  private announce: (error: AppError) => void = () => undefined;

  constructor(worker: Worker, name: string) {
    this.worker = worker;
    this.name = name;
    this.remote = Comlink.wrap<Api>(worker);
    this.failed = new Promise((resolve) => {
      this.announce = resolve;
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.fail({ code: 'worker-failed', worker: name, detail: event.message || 'it could not be started' });
    });
  }

  /** True once the worker has failed, was terminated or left a call unanswered: start another one. */
  get hasFailed(): boolean {
    return this.failure !== null;
  }

  /** Calls the worker; never rejects, never hangs longer than `timeoutSeconds`. */
  async call<T>(
    request: (remote: Comlink.Remote<Api>) => Promise<Result<T>>,
    timeoutSeconds = 120,
  ): Promise<Result<T>> {
    const detail = `no answer in ${timeoutSeconds} s`;
    const timer = setTimeout(
      () => this.fail({ code: 'worker-failed', worker: this.name, detail }),
      timeoutSeconds * 1000,
    );
    let giveUp: (error: AppError) => void = () => undefined;
    const failed = new Promise<Result<T>>((resolve) => {
      giveUp = (error) => resolve(err(error));
    });
    if (this.failure) giveUp(this.failure);
    this.pending.add(giveUp);
    try {
      return await Promise.race([request(this.remote), failed]);
    } catch (thrown) {
      return err({ code: 'worker-failed', worker: this.name, detail: detailOf(thrown) });
    } finally {
      clearTimeout(timer);
      this.pending.delete(giveUp);
    }
  }

  private fail(error: AppError): void {
    this.failure ??= error;
    this.announce(error);
    this.pending.forEach((giveUp) => giveUp(error));
  }

  terminate(): void {
    this.worker.terminate();
    this.fail({ code: 'cancelled' });
  }
}
