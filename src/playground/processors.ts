/**
 * @file The stage workers of the page: one an entry of a list of processors, kept open between uses because opening an
 * engine costs a second. Two entries `wasm:1` are two workers.
 */
import { err, ok, type Result } from '../core/result.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import { startStageWorker, type StageClient } from '../workers/stage.client.ts';

export class ProcessorPool {
  private clients: StageClient[] = [];

  /** One open client an entry, in order; clients of an earlier list are reused where they fit and live, else closed. */
  async acquire(processors: readonly ProcessorId[]): Promise<Result<readonly StageClient[]>> {
    const free = this.clients.filter(({ worker }) => !worker.hasFailed);
    this.clients.filter((client) => !free.includes(client)).forEach(({ worker }) => worker.terminate());
    this.clients = [];
    const wanted = processors.map((processor) => {
      const at = free.findIndex((client) => client.processor === processor);
      return at < 0 ? null : (free.splice(at, 1)[0] ?? null);
    });
    free.forEach((client) => client.worker.terminate());
    for (const [i, processor] of processors.entries()) {
      const reused = wanted[i];
      const opened = reused ? ok(reused) : await startStageWorker(processor, `${processor} #${i + 1}`);
      if (!opened.ok) {
        this.clients.push(...wanted.slice(i + 1).flatMap((client) => client ?? []));
        return opened;
      }
      this.clients.push(opened.value);
    }
    return ok(this.clients);
  }

  /** Closes every worker; what they were doing ends as `cancelled`. */
  close(): void {
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
 * the same cores and is never offered as a GPU), two WASM groups that share the cores.
 */
export function defaultProcessors(capabilities: Capabilities): readonly ProcessorId[] {
  const hasGpu = capabilities.webgpu === 'ok' && capabilities.adapter?.isFallbackAdapter === false;
  if (hasGpu) return ['webgpu', `wasm:${wasmThreads(capabilities)}`];
  if (capabilities.cores < 2) return ['wasm:1'];
  const threads = capabilities.crossOriginIsolated
    ? Math.max(1, Math.min(4, Math.floor(capabilities.cores / 2)))
    : 1;
  return [`wasm:${threads}`, `wasm:${threads}`];
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
