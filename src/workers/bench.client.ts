/**
 * @file A group of benchmark workers that measure one kernel together: the protocol runs here, each batch runs on all
 * workers at once, and the batch took as long as its slowest worker. A crash or a silence becomes `worker-failed`.
 * `close` ends everything at once; what was under way then settles as `cancelled`.
 */
import { transfer } from 'comlink';
import { createBarrier } from '../bench/barrier.ts';
import { measure, PROBE, QUICK, type Measurement, type ProtocolPorts } from '../bench/protocol.ts';
import { verifyPseudoRandom, fillPseudoRandom } from '../bench/pseudo-random.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { BenchApi, BenchRequest, KernelFacts } from './bench.api.ts';
import { WorkerClient } from './worker-client.ts';

/** The samples and what one iteration of the whole group costs. */
export interface KernelMeasurement extends Measurement, KernelFacts {}

/** How much time a figure is worth: `probe` only chooses between shapes, `quick` is reported. */
export type Effort = 'probe' | 'quick';
const EFFORTS = { probe: PROBE, quick: QUICK } as const;

/** Longer than any batch, any shader compilation and any check should take. */
const WATCHDOG_SECONDS = 20;

const PORTS: ProtocolPorts = {
  now: () => performance.now() / 1000,
  wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
};

type BenchWorker = WorkerClient<BenchApi>;

export class BenchGroup {
  private readonly workers: readonly BenchWorker[];

  constructor(name: string, threads: number) {
    this.workers = Array.from({ length: threads }, (_, i) => {
      const label = `bench ${name}${threads > 1 ? ` ${i + 1}/${threads}` : ''}`;
      const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), {
        type: 'module',
        name: label,
      });
      return new WorkerClient<BenchApi>(worker, label);
    });
  }

  /** Prepares, measures by the protocol, verifies every element and releases. A wrong element voids the samples. */
  async measure(
    request: BenchRequest,
    effort: Effort,
    signal: AbortSignal,
  ): Promise<Result<KernelMeasurement>> {
    const threads = this.workers.length;
    const barrier = threads > 1 && crossOriginIsolated ? createBarrier(threads) : null;
    const prepared = await this.onAll((worker) =>
      worker.call((api) => api.prepare(request, barrier), WATCHDOG_SECONDS),
    );
    if (!prepared.ok) return prepared;
    const facts = prepared.value[0];
    if (facts === undefined) return err({ code: 'worker-failed', worker: 'bench', detail: 'no worker' });
    const measurement = await measure((n) => this.runBatch(n), EFFORTS[effort], signal, PORTS);
    const verified = measurement.ok
      ? await this.onAll((worker) => worker.call((api) => api.verify(), WATCHDOG_SECONDS))
      : measurement;
    await this.onAll((worker) => worker.call((api) => api.release(), WATCHDOG_SECONDS));
    if (!measurement.ok) return measurement;
    if (!verified.ok) return verified;
    return ok({
      ...measurement.value,
      flopPerIteration: sum(prepared.value.map((each) => each.flopPerIteration)),
      bytesPerIteration: sum(prepared.value.map((each) => each.bytesPerIteration)),
      shape: facts.shape,
    });
  }

  /** One-way time of a transferred buffer between this thread and the first worker: half of a round trip. */
  async measureHop(
    sizeBytes: number,
    effort: Effort,
    signal: AbortSignal,
  ): Promise<Result<KernelMeasurement>> {
    const [worker] = this.workers;
    if (worker === undefined) return err({ code: 'worker-failed', worker: 'bench', detail: 'no worker' });
    const { port1, port2 } = new MessageChannel();
    const opened = await worker.call((api) => api.echo(transfer(port2, [port2])), WATCHDOG_SECONDS);
    if (!opened.ok) return opened;
    let words = new Uint32Array(sizeBytes / 4);
    fillPseudoRandom(words);
    const runBatch = (iterations: number): Promise<Result<number>> =>
      worker.call(async () => {
        const startedAt = performance.now();
        for (let i = 0; i < iterations; i++) words = new Uint32Array(await roundTrip(port1, words.buffer));
        return ok((performance.now() - startedAt) / 2000);
      }, WATCHDOG_SECONDS);
    const measurement = await measure(runBatch, EFFORTS[effort], signal, PORTS);
    port1.close();
    if (!measurement.ok) return measurement;
    const verified = verifyPseudoRandom('worker.hop', words);
    if (!verified.ok) return verified;
    const shape = `${sizeBytes / 1024} KiB transferred, half a round trip`;
    return ok({ ...measurement.value, flopPerIteration: 0, bytesPerIteration: sizeBytes, shape });
  }

  close(): void {
    for (const worker of this.workers) worker.terminate();
  }

  private async runBatch(iterations: number): Promise<Result<number>> {
    const times = await this.onAll((worker) =>
      worker.call((api) => api.runBatch(iterations), WATCHDOG_SECONDS),
    );
    return times.ok ? ok(Math.max(...times.value)) : times;
  }

  /** All workers at once; the first failure, if any. */
  private async onAll<T>(work: (worker: BenchWorker) => Promise<Result<T>>): Promise<Result<T[]>> {
    const values: T[] = [];
    for (const result of await Promise.all(this.workers.map(work))) {
      if (!result.ok) return result;
      values.push(result.value);
    }
    return ok(values);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function roundTrip(port: MessagePort, buffer: ArrayBuffer): Promise<ArrayBuffer> {
  return new Promise((resolve) => {
    port.onmessage = (event: MessageEvent<ArrayBuffer>) => resolve(event.data);
    port.postMessage(buffer, [buffer]);
  });
}
