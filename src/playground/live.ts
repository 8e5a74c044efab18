/**
 * @file Use case: run a pipeline on a frame source. Back-pressure by credits: when the pipeline is full the newest frame
 * waits (one, never a queue) and older ones count as dropped. Figures are published four times a second.
 */
import type { AppError } from '../core/errors.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { WINDOW_MS, type LiveMeter } from '../core/live/meter.ts';
import { Patience } from '../core/live/patience.ts';
import type { Result } from '../core/result.ts';
import { ok } from '../core/result.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { isPageHidden } from '../platform/visibility.ts';
import { Pipeline, type PipelineOptions } from '../workers/pipeline.client.ts';
import type { ResultMessage, StageSpan } from '../workers/stage.api.ts';
import type { FrameTrace, LivePrediction, LiveSample } from './state.ts';

export interface LiveUpdate {
  readonly top: ResultMessage['top'];
  readonly sample: LiveSample;
  readonly traces: readonly FrameTrace[];
}

export interface LiveOptions {
  readonly source: FrameSource;
  readonly plan: Pick<PipelineOptions, 'stages' | 'depth'>;
  readonly imageInput: ImageInput;
  readonly predicted: LivePrediction | null;
  /** Counts on from plan to plan. */
  readonly meter: LiveMeter;
  /** A stage changed to another engine. */
  readonly onFault: (error: AppError) => void;
  readonly onSpans: (spans: readonly StageSpan[], at: number) => void;
  readonly onUpdate: (update: LiveUpdate) => void;
  /** Whether figures rest, because nobody can see the page. */
  readonly onRest: (isResting: boolean) => void;
  readonly onFailure: PipelineOptions['onFailure'];
}

const PUBLISH_MS = 250;
/** Later than this, the computer was asleep or the page frozen. */
const LATE_MS = 2000;
/** Frames kept for the Gantt. */
const TRACES = 8;

export class LiveRun {
  private readonly options: LiveOptions;
  private readonly meter: LiveMeter;
  private readonly patience: Patience;
  private readonly capturedAt = new Map<number, number>();
  private publishedAt = performance.now();
  private isResting = false;
  /** Until then the figures need two frames: before, they would say that nothing came. */
  private settlesAt = 0;
  private pipeline: Pipeline | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Capture time of the newest frame that was not sent yet. */
  private waiting: number | null = null;
  private capturing = false;
  private stopped = false;
  private top: ResultMessage['top'] = [];
  private traces: readonly FrameTrace[] = [];

  private constructor(options: LiveOptions) {
    this.options = options;
    this.meter = options.meter;
    const takers = options.plan.stages.map(({ deal }) => new Set(deal).size);
    const processors = takers.reduce((sum, count) => sum + count, 0);
    this.patience = new Patience(processors, options.predicted?.latencyMs ?? 0);
  }

  static async start(options: LiveOptions): Promise<Result<LiveRun>> {
    const run = new LiveRun(options);
    const started = await Pipeline.start({
      ...options.plan,
      imageInput: options.imageInput,
      wantsOutput: false,
      onResult: (result) => run.finish(result),
      onFailure: options.onFailure,
      // Read anew for each frame: it shortens once every processor has shown what a frame takes.
      get stallSeconds() {
        return run.patience.seconds;
      },
    });
    if (!started.ok) return started;
    run.pipeline = started.value;
    started.value.whenCredit(() => void run.pump());
    run.timer = setInterval(() => run.publish(), PUBLISH_MS);
    options.source.start((captureTime) => {
      if (run.stopped || run.waiting !== null) run.meter.drop();
      if (run.stopped) return;
      run.waiting = captureTime;
      void run.pump();
    });
    return ok(run);
  }

  /** Ends the run, its frames in flight are lost; the source is the caller's and goes on. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopped = true;
    const lost = this.capturedAt.size + (this.waiting === null ? 0 : 1);
    for (let frame = 0; frame < lost; frame++) this.meter.drop();
    this.capturedAt.clear();
    this.waiting = null;
    await this.pipeline?.stop();
  }

  private async pump(): Promise<void> {
    const { pipeline } = this;
    if (!pipeline?.hasCredit || this.capturing || this.waiting === null) return;
    this.capturing = true;
    const captured = this.waiting;
    this.waiting = null;
    try {
      const bitmap = await this.options.source.capture();
      const id = pipeline.submit(bitmap);
      if (id === null) {
        bitmap.close();
        this.meter.drop();
      } else this.capturedAt.set(id, captured);
    } catch {
      // The source went away between its announcement and now (camera unplugged, video ended): the frame is lost.
      this.meter.drop();
    } finally {
      this.capturing = false;
    }
    void this.pump();
  }

  private finish({ id, top, spans, faults = [] }: ResultMessage): void {
    const now = performance.now();
    this.meter.complete(this.capturedAt.get(id) ?? now, now);
    this.capturedAt.delete(id);
    this.patience.see(spans);
    this.options.onSpans(spans, now);
    for (const { stage, member, detail } of faults) {
      const processor = this.options.plan.stages[stage]?.members[member]?.client.processor ?? 'unknown';
      this.options.onFault({ code: 'engine-fell-back', processor, detail });
    }
    this.top = top;
    this.traces = [...this.traces.slice(1 - TRACES), { id, spans }];
  }

  private publish(): void {
    const now = performance.now();
    const { predicted, onUpdate, onRest } = this.options;
    if (isPageHidden()) {
      if (!this.isResting) onRest(true);
      this.isResting = true;
      return;
    }
    if (this.isResting || now - this.publishedAt > LATE_MS) {
      this.isResting = false;
      this.meter.skip(this.publishedAt, now);
      this.settlesAt = now + WINDOW_MS;
      onRest(false);
    }
    this.publishedAt = now;
    const figures = this.meter.figures(now);
    if (figures.throughputFps === 0 && now < this.settlesAt) return;
    const sample = { ...figures, at: this.meter.seconds(now), predicted };
    onUpdate({ top: this.top, sample, traces: this.traces });
  }
}
