/**
 * @file A running pipeline, seen from the main thread: frames go in while there are credits, results come out in order.
 * Stages talk to each other over their own MessagePorts; the main thread sees pictures and labels, never an activation.
 */
import * as Comlink from 'comlink';
import type { AppError } from '../core/errors.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { ok, type Result } from '../core/result.ts';
import type { FrameMessage, PipelineMessage, ResultMessage } from './stage.api.ts';
import type { StageClient } from './stage.client.ts';

export interface PipelineOptions {
  /** One client a stage, each with its segment loaded under the given name. */
  readonly stages: readonly { readonly client: StageClient; readonly segment: string }[];
  readonly imageInput: ImageInput | null;
  readonly wantsOutput: boolean;
  readonly onResult: (result: ResultMessage) => void;
  /** A frame failed or a stage's worker died. */
  readonly onFailure: (error: AppError) => void;
  /** How long frames in flight may stay away before their workers count as dead; `STALL_SECONDS` unless told. */
  readonly stallSeconds?: number;
}

/** Frames in flight: one in each stage, and one waiting so that no stage starves at a hand-over. */
const SPARE_CREDITS = 1;
export const depthOf = (stages: number): number => stages + SPARE_CREDITS;

/** A worker that the browser kills sends no event. Software GPUs need seconds a frame, not a minute. */
const STALL_SECONDS = 60;
/** Long enough for the slowest frame in work to end; after a stall, for a living worker to say so. */
const DISCONNECT_SECONDS = 20;
const DISCONNECT_STALLED_SECONDS = 2;

export class Pipeline {
  readonly depth: number;
  private readonly options: PipelineOptions;
  private readonly source: MessagePort;
  private readonly sink: MessagePort;
  private flying = 0;
  private nextId = 0;
  private stopped = false;
  private onCredit: (() => void) | null = null;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private stalled = false;

  private constructor(options: PipelineOptions, source: MessagePort, sink: MessagePort) {
    this.options = options;
    this.depth = depthOf(options.stages.length);
    this.source = source;
    this.sink = sink;
    sink.onmessage = ({ data }: MessageEvent<PipelineMessage>) => this.receive(data);
    for (const { client } of options.stages) {
      void client.worker.failed.then((error) => {
        if (!this.stopped) options.onFailure(error);
      });
    }
  }

  static async start(options: PipelineOptions): Promise<Result<Pipeline>> {
    const channels = Array.from({ length: options.stages.length + 1 }, () => new MessageChannel());
    for (const [stage, { client, segment }] of options.stages.entries()) {
      const [input, output] = [channels[stage]?.port2, channels[stage + 1]?.port1];
      if (!input || !output) throw new Error('a stage has no port');
      const isLast = stage === options.stages.length - 1;
      const connection = {
        stage,
        segment,
        imageInput: stage === 0 ? options.imageInput : null,
        isLast,
        wantsOutput: options.wantsOutput,
      };
      const connected = await client.worker.call((remote) =>
        remote.connect(connection, Comlink.transfer(input, [input]), Comlink.transfer(output, [output])),
      );
      if (!connected.ok) return connected;
    }
    const [source, sink] = [channels.at(0)?.port1, channels.at(-1)?.port2];
    if (!source || !sink) throw new Error('a pipeline needs a stage');
    return ok(new Pipeline(options, source, sink));
  }

  get hasCredit(): boolean {
    return !this.stopped && this.flying < this.depth;
  }

  get inFlight(): number {
    return this.flying;
  }

  /** Sends a frame and gives its number, or null (and keeps nothing) without a credit. */
  submit(payload: FrameMessage['payload']): number | null {
    if (!this.hasCredit) return null;
    const id = this.nextId++;
    this.flying += 1;
    const message: FrameMessage = { kind: 'frame', id, payload, spans: [] };
    this.source.postMessage(message, [payload instanceof Float32Array ? payload.buffer : payload]);
    this.watch();
    return id;
  }

  /** Calls `listener` whenever a frame has left and its credit is free again. */
  whenCredit(listener: () => void): void {
    this.onCredit = listener;
  }

  /** Lets the frames in flight finish in their workers, drops their results and frees the stages. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.onCredit = null;
    clearTimeout(this.watchdog);
    const patience = this.stalled ? DISCONNECT_STALLED_SECONDS : DISCONNECT_SECONDS;
    await Promise.all(
      this.options.stages.map(({ client }) => client.worker.call((remote) => remote.disconnect(), patience)),
    );
    this.source.close();
    this.sink.close();
  }

  /** Waits anew for the next frame to come back, while any is away. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.flying === 0) return;
    const { stallSeconds = STALL_SECONDS, onFailure } = this.options;
    const detail = `no frame came back in ${stallSeconds} s`;
    this.watchdog = setTimeout(() => {
      this.stalled = true;
      onFailure({ code: 'worker-failed', worker: 'pipeline', detail });
    }, stallSeconds * 1000);
  }

  private receive(message: PipelineMessage): void {
    if (this.stopped || message.kind === 'frame') return;
    this.flying -= 1;
    this.watch();
    if (message.kind === 'result') this.options.onResult(message);
    else {
      const processor = this.options.stages[message.stage]?.client.processor ?? 'unknown';
      this.options.onFailure({ code: 'engine-failed', processor, detail: message.detail });
    }
    this.onCredit?.();
  }
}
