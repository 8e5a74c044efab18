/**
 * @file A running pipeline, seen from the main thread: frames go in while there are credits, results come out in order.
 * Stages talk to each other over their own MessagePorts; the main thread sees pictures and labels, never an activation.
 */
import * as Comlink from 'comlink';
import type { AppError } from '../core/errors.ts';
import type { ImageInput } from '../core/image/image-input.ts';
import { TICK_MS, Watchdog } from '../core/live/watchdog.ts';
import { ok, type Result } from '../core/result.ts';
import type { FailureMessage, FrameMessage, PipelineMessage, ResultMessage } from './stage.api.ts';
import type { StageClient } from './stage.client.ts';

/** A client that takes frames of a stage, and the name under which it holds the stage's segment. */
export interface StageMember {
  readonly client: StageClient;
  readonly segment: string;
}

export interface PipelineStage {
  /** At least one. */
  readonly members: readonly StageMember[];
  /** Frame `i` goes to the member `deal[i mod length]`. */
  readonly deal: readonly number[];
}

export interface PipelineOptions {
  readonly stages: readonly PipelineStage[];
  /** Frames in flight at most. */
  readonly depth: number;
  readonly imageInput: ImageInput | null;
  readonly wantsOutput: boolean;
  readonly onResult: (result: ResultMessage) => void;
  /** A frame failed or a stage's worker died; which one, where that is known. */
  readonly onFailure: (error: AppError, culprit?: StageClient) => void;
  /** How long frames in flight may stay away while the page runs before their workers count as dead; `STALL_SECONDS` unless told. */
  readonly stallSeconds?: number;
}

/** A worker that the browser kills sends no event. Software GPUs need seconds a frame, not a minute. */
const STALL_SECONDS = 60;
/** Long enough for the slowest frame in work to end; after a stall, for a living worker to say so. */
const DISCONNECT_SECONDS = 20;
const DISCONNECT_STALLED_SECONDS = 2;

export class Pipeline {
  readonly depth: number;
  private readonly options: PipelineOptions;
  /** To each member of the first stage, and from each of the last. */
  private readonly sources: readonly MessagePort[];
  private readonly sinks: readonly MessagePort[];
  /** Came back, and wait for the frames before them. */
  private readonly early = new Map<number, ResultMessage | FailureMessage>();
  private nextOut = 0;
  private flying = 0;
  private nextId = 0;
  private stopped = false;
  private onCredit: (() => void) | null = null;
  private readonly watchdog = new Watchdog();
  private ticks: ReturnType<typeof setInterval> | undefined;
  private stalled = false;

  private constructor(
    options: PipelineOptions,
    sources: readonly MessagePort[],
    sinks: readonly MessagePort[],
  ) {
    this.options = options;
    this.depth = options.depth;
    this.sources = sources;
    this.sinks = sinks;
    for (const sink of sinks)
      sink.onmessage = ({ data }: MessageEvent<PipelineMessage>) => this.receive(data);
    for (const { client } of this.members) {
      void client.worker.failed.then((error) => {
        if (!this.stopped) options.onFailure(error, client);
      });
    }
  }

  static async start(options: PipelineOptions): Promise<Result<Pipeline>> {
    const { stages, imageInput, wantsOutput } = options;
    // Between two stages there is a channel from each member to each; the main thread is before the first and after the last.
    const widths = [1, ...stages.map(({ members }) => members.length), 1];
    const channels = widths.slice(1).map((to, s) => meshOf(widths[s] ?? 1, to));
    for (const [stage, { members }] of stages.entries()) {
      const next = stages[stage + 1];
      for (const [member, { client, segment }] of members.entries()) {
        const inputs =
          channels[stage]?.map((row) => row[member]?.port2).filter((port) => port !== undefined) ?? [];
        const outputs = channels[stage + 1]?.[member]?.map(({ port1 }) => port1) ?? [];
        const connection = {
          stage,
          member,
          segment,
          imageInput: stage === 0 ? imageInput : null,
          isLast: next === undefined,
          wantsOutput,
          deal: next?.deal ?? [0],
        };
        const connected = await client.worker.call((remote) =>
          remote.connect(connection, Comlink.transfer(inputs, inputs), Comlink.transfer(outputs, outputs)),
        );
        if (!connected.ok) return connected;
      }
    }
    const sources = channels[0]?.[0]?.map(({ port1 }) => port1) ?? [];
    const sinks = channels.at(-1)?.flatMap((row) => row.map(({ port2 }) => port2)) ?? [];
    return ok(new Pipeline(options, sources, sinks));
  }

  private get members(): readonly StageMember[] {
    return this.options.stages.flatMap(({ members }) => members);
  }

  get hasCredit(): boolean {
    return !this.stopped && this.flying < this.depth && this.early.size < this.depth;
  }

  get inFlight(): number {
    return this.flying;
  }

  /** Sends a frame and gives its number, or null (and keeps nothing) without a credit. */
  submit(payload: FrameMessage['payload']): number | null {
    if (!this.hasCredit) return null;
    const id = this.nextId;
    const message: FrameMessage = { kind: 'frame', id, payload, spans: [] };
    const { deal = [0] } = this.options.stages[0] ?? {};
    this.sources[deal[id % deal.length] ?? 0]?.postMessage(message, transferOf(payload));
    // What cannot be sent throws: it has neither a number nor a credit then.
    this.nextId += 1;
    this.flying += 1;
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
    this.unwatch();
    const patience = this.stalled ? DISCONNECT_STALLED_SECONDS : DISCONNECT_SECONDS;
    await Promise.all(
      this.members.map(({ client }) => client.worker.call((remote) => remote.disconnect(), patience)),
    );
    for (const port of [...this.sources, ...this.sinks]) port.close();
  }

  /** Waits anew for the next frame to come back, while any is away. */
  private watch(): void {
    this.watchdog.rest(performance.now());
    if (this.flying > 0) this.ticks ??= setInterval(() => this.tick(), TICK_MS);
    else this.unwatch();
  }

  private unwatch(): void {
    clearInterval(this.ticks);
    this.ticks = undefined;
  }

  private tick(): void {
    const { stallSeconds = STALL_SECONDS, onFailure } = this.options;
    if (!this.watchdog.tick(performance.now(), stallSeconds * 1000)) return;
    this.unwatch();
    this.stalled = true;
    const detail = `no frame came back in ${stallSeconds} s`;
    onFailure({ code: 'worker-failed', worker: 'pipeline', detail });
  }

  private receive(message: PipelineMessage): void {
    if (this.stopped || message.kind === 'frame') return;
    this.flying -= 1;
    this.watch();
    this.early.set(message.id, message);
    for (let next = this.early.get(this.nextOut); next; next = this.early.get(this.nextOut)) {
      this.early.delete(this.nextOut++);
      this.deliver(next);
    }
    this.onCredit?.();
  }

  private deliver(message: ResultMessage | FailureMessage): void {
    if (message.kind === 'result') {
      this.options.onResult(message);
      return;
    }
    const { stage, member, detail } = message;
    const culprit = this.options.stages[stage]?.members[member]?.client;
    const processor = culprit?.processor ?? 'unknown';
    this.options.onFailure({ code: 'engine-failed', processor, detail }, culprit);
  }
}

/** What is shared stays where it is, for all to read. */
function transferOf(payload: FrameMessage['payload']): Transferable[] {
  if (!(payload instanceof Float32Array)) return [payload];
  return payload.buffer instanceof ArrayBuffer ? [payload.buffer] : [];
}

/** `mesh[i][j]` leads from member i to member j. */
const meshOf = (from: number, to: number): readonly (readonly MessageChannel[])[] =>
  Array.from({ length: from }, () => Array.from({ length: to }, () => new MessageChannel()));
