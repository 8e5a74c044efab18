/**
 * @file The benchmark workers of a measurement. `BenchWorkers` owns one worker for the GPU and one a thread, started when
 * first needed and kept, because their memory takes long to fill; a `BenchGroup` is the workers of one processor, which
 * measure a kernel together: the protocol runs here, each batch runs on all of them at once and took as long as the
 * slowest. A crash or a silence becomes `worker-failed`. `close` ends everything at once; what was under way then
 * settles as `cancelled`.
 */
import { transfer } from 'comlink';
import { createBarrier } from '../bench/barrier.ts';
import { sharedBufferOf } from '../bench/hop.ts';
import type { BenchRequest } from '../bench/kernels.ts';
import {
  measure,
  type BatchTime,
  type Measurement,
  type ProtocolPorts,
  type ProtocolSettings,
} from '../bench/protocol.ts';
import { threadsOf, type ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { BenchApi, KernelFacts } from './bench.api.ts';
import { WorkerClient } from './worker-client.ts';

export { isSettled, warningsOf } from '../bench/judge.ts';
export { FULL, POINT, PROBE, QUICK } from '../bench/protocol.ts';
export type { ProtocolPorts, ProtocolSettings } from '../bench/protocol.ts';
export { STREAM_ARRAYS, type StreamOperation } from '../bench/streams.ts';

/** The samples and what one iteration of the whole group costs. */
export interface KernelMeasurement extends Measurement, KernelFacts {}

/** How a visit measures: how long, under which signal, and with whose time. */
export interface Visiting {
  readonly settings: ProtocolSettings;
  readonly signal: AbortSignal;
  readonly ports: ProtocolPorts;
  /** Checks every element afterwards; a wrong one voids the samples. */
  readonly verify: boolean;
}

/** Seconds before a worker that does not answer is given up. */
export interface Patience {
  /** Longer than compiling and filling should take. */
  readonly prepare: number;
  /** Longer than any batch should take: about 0.3 s at most by calibration. */
  readonly batch: number;
}
const PATIENCE: Patience = { prepare: 20, batch: 10 };

type BenchWorker = WorkerClient<BenchApi>;
type Spawn = (name: string) => Worker;

export class BenchWorkers {
  private gpu: BenchWorker | null = null;
  private threads: BenchWorker[] = [];
  private readonly patience: Patience;
  private readonly spawn: Spawn;

  /** Both are for tests of workers that do not answer. */
  constructor(patience = PATIENCE, spawn: Spawn = spawnBenchWorker) {
    this.patience = patience;
    this.spawn = spawn;
  }

  /**
   * The workers of a processor, the first of its kind. `skip` leaves that many threads to another group, so that two
   * groups can work at once.
   */
  group(processor: ProcessorId, skip = 0): BenchGroup {
    if (processor === 'webgpu') {
      this.gpu = alive(this.gpu) ?? this.start('webgpu');
      return new BenchGroup([this.gpu], this.patience);
    }
    const count = skip + threadsOf(processor);
    this.threads = Array.from(
      { length: Math.max(count, this.threads.length) },
      (_, i) => alive(this.threads[i] ?? null) ?? this.start(`wasm ${i + 1}`),
    );
    return new BenchGroup(this.threads.slice(skip, count), this.patience);
  }

  /** Ends the GPU's worker: another one is started for the next group. */
  restartGpu(): void {
    this.gpu?.terminate();
    this.gpu = null;
  }

  private start(name: string): BenchWorker {
    const label = `bench ${name}`;
    return new WorkerClient<BenchApi>(this.spawn(label), label);
  }

  /** Ends every worker, for good. */
  close(): void {
    [...(this.gpu ? [this.gpu] : []), ...this.threads].forEach((worker) => worker.terminate());
  }
}

/** The worker, or null where there is none that answers; one that hangs is ended. */
function alive(worker: BenchWorker | null): BenchWorker | null {
  if (worker?.hasFailed !== true) return worker;
  worker.terminate();
  return null;
}

const spawnBenchWorker: Spawn = (name) =>
  new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module', name });

export class BenchGroup {
  private readonly workers: readonly BenchWorker[];
  private readonly patience: Patience;

  constructor(workers: readonly BenchWorker[], patience = PATIENCE) {
    this.workers = workers;
    this.patience = patience;
  }

  /** A worker crashed, or left a call unanswered. */
  get hasFailed(): boolean {
    return this.workers.some((worker) => worker.hasFailed);
  }

  /** Prepares, measures by the protocol (going on from `earlier`), verifies and releases. */
  async measure(
    request: BenchRequest,
    visiting: Visiting,
    earlier: KernelMeasurement | null = null,
  ): Promise<Result<KernelMeasurement>> {
    const prepared = await this.prepare(request);
    if (!prepared.ok) return prepared;
    const { settings, signal, ports, verify } = visiting;
    const measurement = await measure((n) => this.runBatch(n), settings, signal, ports, earlier);
    const verified =
      measurement.ok && verify
        ? await this.onAll((worker) => worker.call((api) => api.verify(), this.patience.prepare))
        : measurement;
    await this.release();
    if (!measurement.ok) return measurement;
    return verified.ok ? ok({ ...measurement.value, ...prepared.value }) : verified;
  }

  /** Runs a kernel on every worker until `rest` is called; the first failure, if any, is the answer of `rest`. */
  async keepBusy(request: BenchRequest): Promise<Result<{ readonly rest: () => Promise<Result<null>> }>> {
    const prepared = await this.prepare(request, false);
    if (!prepared.ok) return prepared;
    // A minute is longer than any measurement beside it.
    const working = this.onAll((worker) => worker.call((api) => api.keepBusy(), 60));
    const rest = async (): Promise<Result<null>> => {
      await this.onAll((worker) => worker.call((api) => api.rest(), this.patience.batch));
      const worked = await working;
      await this.release();
      return worked.ok ? ok(null) : worked;
    };
    return ok({ rest });
  }

  /**
   * One-way time of `sizeBytes` from the first worker to the second, which sends them back: half of a round trip. A
   * `shared` one needs isolation.
   */
  async measureHop(
    kind: 'transfer' | 'shared',
    sizeBytes: number,
    visiting: Visiting,
    earlier: KernelMeasurement | null = null,
  ): Promise<Result<KernelMeasurement>> {
    const [sender, receiver] = this.workers;
    if (!sender || !receiver) return noWorker;
    const { port1, port2 } = new MessageChannel();
    const buffer = kind === 'shared' ? sharedBufferOf(sizeBytes) : null;
    const opened = buffer
      ? await sender.call((api) => api.prepareHop({ kind: 'shared', buffer }), this.patience.batch)
      : await openTransfer(sender, receiver, port1, port2, sizeBytes, this.patience.batch);
    if (!opened.ok) return opened;
    const runBatch = async (n: number): Promise<Result<BatchTime>> => {
      const answered = buffer
        ? receiver.call((api) => api.answer(buffer, n), this.patience.batch)
        : Promise.resolve(ok(null));
      const sent = await sender.call((api) => api.runBatch(n), this.patience.batch);
      const answer = await answered;
      return answer.ok ? sent : answer;
    };
    const { signal, ports } = visiting;
    // An iteration is half of what it takes.
    const settings = { ...visiting.settings, targetSeconds: visiting.settings.targetSeconds / 2 };
    const measurement = await measure(runBatch, settings, signal, ports, earlier);
    const verified = await sender.call((api) => api.verify(), this.patience.batch);
    await this.release();
    if (!measurement.ok) return measurement;
    if (!verified.ok) return verified;
    const way = kind === 'shared' ? 'written and read in shared memory' : 'transferred';
    return ok({
      ...measurement.value,
      flopPerIteration: 0,
      bytesPerIteration: sizeBytes,
      workingSetBytes: sizeBytes,
      shape: `${sizeBytes / 1024} KiB ${way}, half a round trip`,
      isSmaller: false,
    });
  }

  /** Ends the GPU of the first worker as a driver would: for tests of what follows. */
  loseGpu(): Promise<Result<null>> {
    return this.workers[0]?.call((api) => api.loseGpu(), this.patience.batch) ?? Promise.resolve(noWorker);
  }

  private async prepare(request: BenchRequest, together = true): Promise<Result<KernelFacts>> {
    const threads = this.workers.length;
    const barrier = together && threads > 1 && crossOriginIsolated ? createBarrier(threads) : null;
    const prepared = await this.onAll((worker) =>
      worker.call((api) => api.prepare(request, barrier), this.patience.prepare),
    );
    if (!prepared.ok) return prepared;
    const [facts] = prepared.value;
    if (facts === undefined) return noWorker;
    return ok({
      flopPerIteration: sum(prepared.value.map((each) => each.flopPerIteration)),
      bytesPerIteration: sum(prepared.value.map((each) => each.bytesPerIteration)),
      workingSetBytes: sum(prepared.value.map((each) => each.workingSetBytes)),
      shape: facts.shape,
      isSmaller: prepared.value.some((each) => each.isSmaller),
    });
  }

  private async runBatch(iterations: number): Promise<Result<BatchTime>> {
    const times = await this.onAll((worker) =>
      worker.call((api) => api.runBatch(iterations), this.patience.batch),
    );
    if (!times.ok) return times;
    const slowest = times.value.toSorted((a, b) => b.seconds - a.seconds)[0];
    return slowest ? ok(slowest) : noWorker;
  }

  private release(): Promise<Result<unknown>> {
    return this.onAll((worker) => worker.call((api) => api.release(), this.patience.prepare));
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

const noWorker: Result<never> = err({ code: 'worker-failed', worker: 'bench', detail: 'no worker' });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

async function openTransfer(
  sender: BenchWorker,
  receiver: BenchWorker,
  port1: MessagePort,
  port2: MessagePort,
  sizeBytes: number,
  seconds: number,
): Promise<Result<null>> {
  const listening = await receiver.call((api) => api.echo(transfer(port2, [port2])), seconds);
  if (!listening.ok) return listening;
  const request = transfer({ kind: 'transfer', port: port1, sizeBytes } as const, [port1]);
  return sender.call((api) => api.prepareHop(request), seconds);
}
