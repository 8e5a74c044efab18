/**
 * @file Use case: the live view – open a source, load the plan in force into its workers, run, and keep running on what is
 * left when a processor is lost. Also holds the source while it is shown, so that the page can put it on the stage.
 */
import type { AppError } from '../core/errors.ts';
import { loadedLatencySeconds, type Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { listCameras } from '../platform/video-source.ts';
import { depthOf } from '../workers/pipeline.client.ts';
import { LiveRun, type LiveUpdate } from './live.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import { defaultProcessors, type ProcessorPool } from './processors.ts';
import { loadStages } from './run-plan.ts';
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
    latencyMs: loadedLatencySeconds(unloaded, sourceFps, depthOf(stages.length)) * 1000,
  };
}

export class LiveController {
  private readonly host: LiveHost;
  private run: LiveRun | null = null;
  private shown: FrameSource | null = null;
  /** Counts starts and stops, so that a source that opens late knows it is no longer wanted. */
  private turn = 0;

  constructor(host: LiveHost) {
    this.host = host;
  }

  /** The source on the stage, or null while live is off. */
  get source(): FrameSource | null {
    return this.shown;
  }

  /** Opens a source (asking for permission where it must) and runs the plan in force on it. */
  async start(open: () => Promise<Result<FrameSource>>): Promise<Result<null>> {
    const busy = this.host.busy();
    if (busy) {
      this.host.report(busy);
      return err(busy);
    }
    if (!this.host.store.getState().model) return this.refuse({ code: 'model-missing' });
    await this.stop();
    const turn = this.turn;
    this.set({ ...LIVE_OFF, status: 'starting' });
    const source = await open();
    if (turn !== this.turn) {
      if (source.ok) source.value.stop();
      return err({ code: 'cancelled' });
    }
    if (!source.ok) return this.refuse(source.error);
    this.shown = source.value;
    void source.value.ended?.then((error) => {
      if (this.shown === source.value) void this.refuse(error);
    });
    this.set({ source: source.value.kind, sourceLabel: source.value.label, cameras: await listCameras() });
    const { plan } = this.host.store.getState();
    return this.begin(source.value, plan?.processors ?? [], plan?.chosen ?? null);
  }

  async stop(): Promise<void> {
    this.turn += 1;
    const { run, shown } = this;
    this.run = null;
    this.shown = null;
    shown?.stop();
    await run?.stop();
    if (this.host.store.getState().live.status !== 'off') this.host.store.setState({ live: LIVE_OFF });
  }

  /** Runs `entry`, or without a plan the whole model on the first default WASM processor. */
  private async begin(
    source: FrameSource,
    processors: readonly ProcessorId[],
    entry: PlanEntry | null,
  ): Promise<Result<null>> {
    const { model } = this.host.store.getState();
    if (!model) return this.refuse({ code: 'model-missing' });
    const fallback =
      defaultProcessors(await this.host.capabilities()).find((id) => id !== 'webgpu') ?? 'wasm:1';
    const used = entry ? processors : [fallback];
    const lastUnit = model.description.forms.deploy.units.length - 1;
    const whole: Plan = {
      kind: 'single',
      stages: [{ processor: fallback, processorIndex: 0, fromUnit: 0, toUnit: lastUnit }],
    };
    const clients = await this.host.pool.acquire(used);
    if (!clients.ok) return this.refuse(clients.error);
    const stages = await loadStages(entry ?? whole, clients.value, this.host.segments);
    if (!stages.ok) return this.refuse(stages.error);
    const run = await LiveRun.start({
      source,
      stages: stages.value,
      imageInput: model.manifest.input,
      predicted: entry && predictLive(entry, source.fps),
      onUpdate: (update) => this.update(update),
      onFailure: (error) => void this.recover(source, error),
    });
    if (!run.ok) return this.refuse(run.error);
    if (this.shown !== source) {
      await run.value.stop();
      return err({ code: 'cancelled' });
    }
    this.run = run.value;
    this.set({ status: 'on', plan: entry });
    return ok(null);
  }

  /** A stage died: say so, and go on with the whole model on WASM while the source keeps running. */
  private async recover(source: FrameSource, error: AppError): Promise<void> {
    if (this.shown !== source) return;
    const { run } = this;
    this.run = null;
    this.host.report(error);
    await run?.stop();
    this.host.pool.close();
    if (this.shown === source) await this.begin(source, [], null);
  }

  private async refuse(error: AppError): Promise<Result<never>> {
    await this.stop();
    this.host.report(error);
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
