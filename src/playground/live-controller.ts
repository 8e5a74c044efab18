/**
 * @file Use case: the live view – open a source, load the plan in force into its workers, run, and keep running on what is
 * left when a processor is lost. Also holds the source while it is shown, so that the page can put it on the stage.
 */
import type { AppError } from '../core/errors.ts';
import { depthOf, loadedLatencySeconds, membersOf, processorsOf, type Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { listCameras } from '../platform/video-source.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { LiveRun, type LiveUpdate } from './live.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import { defaultProcessors, type ProcessorPool } from './processors.ts';
import { loadStages, unloadStages } from './run-plan.ts';
import { LIVE_OFF, type LivePrediction, type LiveState, type Store } from './state.ts';

/** Live history kept for the charts: 60 s at four points a second. */
const HISTORY = 240;

/** What the live view needs of the playground. */
export interface LiveHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly segments: Segments;
  capabilities(): Promise<Capabilities>;
  report(error: AppError): void;
  /** The long task that has the workers, if any. */
  busy(): AppError | null;
}

function predictLive({ predicted, stages }: PlanEntry, sourceFps: number): LivePrediction {
  const { throughputFps, latencyMs } = predicted;
  const unloaded = { throughputFps, latencySeconds: latencyMs / 1000 };
  return {
    throughputFps: Math.min(throughputFps, sourceFps),
    latencyMs: loadedLatencySeconds(unloaded, sourceFps, depthOf({ stages })) * 1000,
  };
}

/** What runs: the pipeline, and what it loaded into which workers; no pipeline yet while it is being loaded. */
interface Running {
  readonly run: LiveRun | null;
  readonly plan: Pick<Plan, 'stages'>;
  readonly clients: readonly StageClient[];
}

const CANCELLED: Result<never> = err({ code: 'cancelled' });

/** A source goes on through this many failures, each on another processor; then something else is wrong. */
const MOST_RECOVERIES = 3;

/** Failures that another processor, or another worker, may not have. */
const OF_PROCESSORS: readonly AppError['code'][] = [
  'engine-failed',
  'worker-failed',
  'device-lost',
  'webgpu-unavailable',
  'cancelled',
];

/**
 * The processor that a failure leaves useless although its worker lives: a GPU that is lost stays lost, and an engine that
 * ran out of memory does not come back.
 */
function lostProcessor(error: AppError): string | null {
  if (error.code === 'engine-failed') return error.processor;
  return error.code === 'device-lost' || error.code === 'webgpu-unavailable' ? 'webgpu' : null;
}

const whole = (processor: ProcessorId, units: number): Pick<Plan, 'stages'> => ({
  stages: [{ processor, processorIndex: 0, fromUnit: 0, toUnit: units - 1 }],
});

/** The plan with only the processors it uses, numbered anew. */
function alone({ stages }: PlanEntry): Pick<Plan, 'stages'> {
  let count = 0;
  return {
    stages: stages.map((stage) => {
      const [first, ...others] = membersOf(stage).map((member) => ({ ...member, processorIndex: count++ }));
      return { ...stage, ...first, ...(others.length > 0 && { others }) };
    }),
  };
}

export class LiveController {
  private readonly host: LiveHost;
  private running: Running | null = null;
  private shown: FrameSource | null = null;
  /** Of the turn in force. */
  private recoveries = 0;
  /** Counts starts and stops: work of an earlier turn is no longer wanted. */
  private turn = 0;
  /** Beginning and ending use the same workers, so they happen one after another. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(host: LiveHost) {
    this.host = host;
  }

  /** The source on the stage, or null while live is off. */
  get source(): FrameSource | null {
    return this.shown;
  }

  /** Opens a source (asking for permission where it must) and runs the plan in force on it; ends what ran before. */
  async start(open: () => Promise<Result<FrameSource>>): Promise<Result<null>> {
    const busy = this.host.busy();
    if (busy) {
      this.host.report(busy);
      return err(busy);
    }
    const turn = ++this.turn;
    this.recoveries = 0;
    if (!this.host.store.getState().model) return this.refuse(turn, { code: 'model-missing' });
    await this.inTurn(() => this.end());
    if (turn !== this.turn) return CANCELLED;
    this.set({ ...LIVE_OFF, status: 'starting' });
    // Not in the queue: a question for permission may stay open for ever.
    const source = await open();
    if (turn !== this.turn) {
      if (source.ok) source.value.stop();
      return CANCELLED;
    }
    if (!source.ok) return this.refuse(turn, source.error);
    this.shown = source.value;
    void source.value.ended?.then((error) => this.refuse(turn, error));
    const { kind, label } = source.value;
    const cameras = kind === 'camera' ? await listCameras().catch(() => []) : [];
    if (turn !== this.turn) return CANCELLED;
    this.set({ source: kind, sourceLabel: label, cameras });
    const entry = this.host.store.getState().plan?.chosen ?? null;
    const begun = await this.inTurn(() => this.begin(turn, source.value, entry));
    return begun.ok ? begun : this.recover(turn, source.value, begun.error);
  }

  /** Ends what runs, or what is about to. */
  async stop(): Promise<void> {
    this.turn += 1;
    // At once, whatever the workers do: the camera's light goes off.
    this.shown?.stop();
    await this.inTurn(() => this.end());
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }

  private async end(): Promise<void> {
    const { running, shown } = this;
    this.running = null;
    this.shown = null;
    shown?.stop();
    await this.endRun(running);
    if (this.host.store.getState().live.status !== 'off') this.host.store.setState({ live: LIVE_OFF });
  }

  private async endRun(running: Running | null): Promise<void> {
    if (!running) return;
    await running.run?.stop();
    // What a dead worker is asked ends at once.
    await unloadStages(running.plan, running.clients);
  }

  /** Runs `entry`, or without a plan the whole model on `processor`, else on the first default WASM processor. */
  private async begin(
    turn: number,
    source: FrameSource,
    entry: PlanEntry | null,
    processor?: ProcessorId,
  ): Promise<Result<null>> {
    const { model } = this.host.store.getState();
    if (turn !== this.turn) return CANCELLED;
    if (!model) return err({ code: 'model-missing' });
    const units = model.description.forms.deploy.units.length;
    const plan = entry ? alone(entry) : whole(processor ?? (await this.firstWasm()), units);
    const clients = await this.host.pool.acquire(processorsOf(plan).map(({ processor }) => processor));
    if (!clients.ok) return clients;
    if (turn !== this.turn) return CANCELLED;
    // From here on there is something to unload.
    this.running = { run: null, plan, clients: clients.value };
    const loaded = await loadStages(plan, clients.value, this.host.segments);
    if (!loaded.ok) return loaded;
    let hasFailed = false;
    const run = await LiveRun.start({
      source,
      plan: loaded.value,
      imageInput: model.manifest.input,
      predicted: entry && predictLive(entry, source.fps),
      onUpdate: (update) => this.update(update),
      onFailure: (error) => {
        // Every frame in flight reports the same failure.
        if (!hasFailed) void this.recover(turn, source, error);
        hasFailed = true;
      },
    });
    if (!run.ok) return run;
    this.running = { run: run.value, plan, clients: clients.value };
    if (turn === this.turn) this.set({ status: 'on', plan: entry, figures: null, history: [], traces: [] });
    return ok(null);
  }

  private async firstWasm(): Promise<ProcessorId> {
    const processors = defaultProcessors(await this.host.capabilities());
    return processors.find((id) => id !== 'webgpu') ?? 'wasm:1';
  }

  /**
   * A stage failed, or could not begin: say so, and go on with the whole model on a processor that is left, or on a new WASM
   * one, while the source keeps running.
   */
  private async recover(turn: number, source: FrameSource, error: AppError): Promise<Result<null>> {
    if (turn !== this.turn) return CANCELLED;
    const isHopeless = !OF_PROCESSORS.includes(error.code) || ++this.recoveries > MOST_RECOVERIES;
    if (isHopeless) return this.refuse(turn, error);
    this.host.report(error);
    const again = await this.inTurn(async () => {
      if (turn !== this.turn) return CANCELLED;
      const { running } = this;
      this.running = null;
      const lost = lostProcessor(error);
      const clients = running?.clients ?? [];
      // First of all: an engine whose GPU is lost may never answer again.
      for (const { processor, worker } of clients) if (processor === lost) worker.terminate();
      await this.endRun(running);
      const left = clients.filter(({ worker }) => !worker.hasFailed);
      if (left.length === 0) this.host.pool.close();
      return this.begin(turn, source, null, this.fastestOf(left));
    });
    return again.ok ? again : this.recover(turn, source, again.error);
  }

  /** By what the plan measured of each alone. */
  private fastestOf(clients: readonly StageClient[]): ProcessorId | undefined {
    const singles = this.host.store.getState().plan?.singles ?? [];
    const rate = (id: ProcessorId): number => {
      const single = singles.find(({ processor }) => processor === id);
      return (single?.measured ?? single?.predicted)?.throughputFps ?? 0;
    };
    return clients.map(({ processor }) => processor).toSorted((a, b) => rate(b) - rate(a))[0];
  }

  /** Ends this turn with a failure; without effect once another one has begun. */
  private async refuse(turn: number, error: AppError): Promise<Result<never>> {
    if (turn === this.turn) {
      await this.stop();
      this.host.report(error);
    }
    return err(error);
  }

  private update({ top, sample, traces }: LiveUpdate): void {
    const { history } = this.host.store.getState().live;
    this.set({ top, figures: sample, traces, history: [...history, sample].slice(-HISTORY) });
  }

  private set(part: Partial<LiveState>): void {
    this.host.store.setState({ live: { ...this.host.store.getState().live, ...part } });
  }
}
