/**
 * @file The stage workers of the page: one an entry of a list of processors, kept open between uses because opening an
 * engine costs a second. Two entries `wasm:1` are two workers.
 */
import type { EnginePreference, Precision } from '../core/engine.ts';
import { err, ok, type Result } from '../core/result.ts';
import { threadsOf, type Effort, type ProcessorId } from '../core/profile/profile.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { Tuning } from '../workers/stage.api.ts';
import { startStageWorker, type StageClient } from '../workers/stage.client.ts';

export class ProcessorPool {
  private clients: readonly StageClient[] = [];
  /** `auto` in fp32 where nothing was said. */
  private readonly preferences = new Map<
    ProcessorId,
    { readonly engine: EnginePreference; readonly precision: Precision }
  >();
  /** Of WASM, on whatever threads. */
  private tuning: Tuning = [];
  /** The acquisition in work; the next one waits for it. */
  private last: Promise<unknown> = Promise.resolve();
  /** Counts `close` calls, so that an acquisition knows when its workers are no longer wanted. */
  private closed = 0;

  /** One open client an entry, in order; clients of an earlier list are reused where they fit and live, else closed. */
  acquire(processors: readonly ProcessorId[]): Promise<Result<readonly StageClient[]>> {
    const next = this.last.then(() => this.open(processors));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async open(processors: readonly ProcessorId[]): Promise<Result<readonly StageClient[]>> {
    const { closed } = this;
    const free = this.clients.filter(({ worker }) => !worker.hasFailed);
    const opened: StageClient[] = [];
    const wanted = processors.map((processor) => {
      const at = free.findIndex((client) => client.processor === processor);
      return at < 0 ? null : (free.splice(at, 1)[0] ?? null);
    });
    const kept = wanted.flatMap((client) => client ?? []);
    this.clients.filter((client) => !kept.includes(client)).forEach(({ worker }) => worker.terminate());
    this.clients = kept;
    for (const [i, processor] of processors.entries()) {
      const client = wanted[i] ?? (await this.startOne(processor, i));
      if ('ok' in client) return client;
      if (closed !== this.closed) {
        client.worker.terminate();
        return err({ code: 'cancelled' });
      }
      opened.push(client);
      if (!kept.includes(client)) this.clients = [...this.clients, client];
    }
    return ok(opened);
  }

  private async startOne(processor: ProcessorId, index: number): Promise<StageClient | Result<never>> {
    const started = await startStageWorker(processor, `${processor} #${index + 1}`);
    if (!started.ok) return started;
    const { engine = 'auto', precision = 'fp32' } = this.preferences.get(processor) ?? {};
    const told = await started.value.worker.call((remote) => remote.prefer(engine, precision));
    const tuned = told.ok ? await this.tell(started.value) : told;
    return tuned.ok ? started.value : tuned;
  }

  /** Has every worker of WASM, open or not yet, use the kernels that were measured to be the fastest. */
  async adopt(tuning: Tuning): Promise<Result<null>> {
    this.tuning = tuning;
    for (const client of this.clients) {
      const told = await this.tell(client);
      if (!told.ok) return told;
    }
    return ok(null);
  }

  private async tell({ processor, worker }: StageClient): Promise<Result<null>> {
    return processor === 'webgpu' ? ok(null) : worker.call((remote) => remote.adopt(this.tuning));
  }

  /** Which engine the workers of a processor, open or not yet, load segments into from now on, and in which precision. */
  async prefer(
    processor: ProcessorId,
    engine: EnginePreference,
    precision: Precision = 'fp32',
  ): Promise<Result<null>> {
    this.preferences.set(processor, { engine, precision });
    for (const client of this.clients) {
      if (client.processor !== processor) continue;
      const told = await client.worker.call((remote) => remote.prefer(engine, precision));
      if (!told.ok) return told;
    }
    return ok(null);
  }

  /** Has all compute in fp32 from now on, by the engines that they prefer. */
  async inFullPrecision(): Promise<Result<null>> {
    for (const [processor, { engine }] of this.preferences) {
      const told = await this.prefer(processor, engine);
      if (!told.ok) return told;
    }
    return ok(null);
  }

  /** Closes every worker; what they were doing ends as `cancelled`. */
  close(): void {
    this.closed += 1;
    this.clients.forEach((client) => client.worker.terminate());
    this.clients = [];
  }
}

/** WASM threads that a group may have here: one without isolation, else about half the cores, as the engine would. */
export function wasmThreads(capabilities: Capabilities): number {
  return capabilities.crossOriginIsolated ? Math.max(1, Math.min(4, Math.ceil(capabilities.cores / 2))) : 1;
}

/**
 * The processors a plan may use: the GPU beside one WASM group; without a GPU, or with only a software one (which runs on
 * the same cores and is never offered as a GPU), all cores as one WASM group or as two – the planner uses no more threads
 * at once than there are cores.
 */
export function defaultProcessors(capabilities: Capabilities): readonly ProcessorId[] {
  const hasGpu = capabilities.webgpu === 'ok' && capabilities.adapter?.isFallbackAdapter === false;
  if (hasGpu) return ['webgpu', `wasm:${wasmThreads(capabilities)}`];
  if (capabilities.cores < 2) return ['wasm:1'];
  if (!capabilities.crossOriginIsolated) return ['wasm:1', 'wasm:1'];
  const half = Math.max(1, Math.min(4, Math.floor(capabilities.cores / 2)));
  return [`wasm:${2 * half}`, `wasm:${half}`, `wasm:${half}`];
}

/**
 * Processors whose ceilings are measured while another one works: those of a default plan that fit beside another; a full
 * profile has the time for a software GPU beside a WASM thread too, whose plans can be asked for.
 */
export function processorsTogether(capabilities: Capabilities, effort: Effort): readonly ProcessorId[] {
  const planned = defaultProcessors(capabilities);
  const threads = (id: ProcessorId): number => (id === 'webgpu' ? 0 : threadsOf(id));
  const beside = planned.filter((id, i) =>
    planned.some((other, j) => i !== j && threads(id) + threads(other) <= capabilities.cores),
  );
  const hasSoftwareGpu = capabilities.webgpu === 'ok' && !planned.includes('webgpu');
  return effort === 'full' && hasSoftwareGpu ? ['webgpu', ...beside] : beside;
}

/** Refuses processors this device cannot open. */
export function checkProcessors(
  processors: readonly ProcessorId[],
  capabilities: Capabilities,
): Result<readonly ProcessorId[]> {
  if (processors.includes('webgpu') && capabilities.webgpu !== 'ok') {
    return err({ code: 'webgpu-unavailable', reason: capabilities.webgpu });
  }
  const tooWide = processors.find(
    (id) => id !== 'webgpu' && id !== 'wasm:1' && !capabilities.crossOriginIsolated,
  );
  return tooWide ? err({ code: 'processor-invalid', id: tooWide }) : ok(processors);
}
