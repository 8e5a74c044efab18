/**
 * @file One stage of a running pipeline: takes frames from a port in order, runs the segment, hands the activation (its
 * buffer transferred, not copied) to the next port. It never queues more than the source has credits for, so the wait
 * list is bounded by the pipeline's depth.
 */
import { detailOf } from '../core/errors.ts';
import { topClasses } from '../core/image/classify.ts';
import { FrameInput } from '../runtime/frame-input.ts';
import type { Segment } from '../runtime/processor.ts';
import type {
  FailureMessage,
  FrameMessage,
  PipelineMessage,
  ResultMessage,
  StageConnection,
} from './stage.api.ts';

const now = (): number => performance.timeOrigin + performance.now();

export class StageLoop {
  private readonly connection: StageConnection;
  private readonly segment: Segment;
  private readonly input: MessagePort;
  private readonly output: MessagePort;
  private readonly frameInput: FrameInput | null;
  private tail: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(connection: StageConnection, segment: Segment, input: MessagePort, output: MessagePort) {
    this.connection = connection;
    this.segment = segment;
    this.input = input;
    this.output = output;
    this.frameInput = connection.imageInput ? new FrameInput(connection.imageInput) : null;
    input.onmessage = ({ data }: MessageEvent<PipelineMessage>) => {
      this.tail = this.tail.then(() => this.handle(data));
    };
  }

  /** Stops taking frames; resolves when the one in work has left. */
  async close(): Promise<void> {
    this.closed = true;
    this.input.onmessage = null;
    await this.tail;
    this.input.close();
    this.output.close();
  }

  private async handle(message: PipelineMessage): Promise<void> {
    if (message.kind !== 'frame') {
      // A failure further up travels on, so that the source gets its credit back in order.
      this.output.postMessage(message);
      return;
    }
    if (this.closed) {
      if (message.payload instanceof ImageBitmap) message.payload.close();
      return;
    }
    try {
      await this.work(message);
    } catch (thrown) {
      const failure: FailureMessage = {
        kind: 'failure',
        id: message.id,
        stage: this.connection.stage,
        detail: detailOf(thrown),
      };
      this.output.postMessage(failure);
    }
  }

  private async work({ id, payload, spans }: FrameMessage): Promise<void> {
    const start = now();
    const activation = await this.segment.run(this.tensorOf(payload));
    const done = [...spans, { stage: this.connection.stage, start, end: now() }];
    if (!this.connection.isLast) {
      const next: FrameMessage = { kind: 'frame', id, payload: activation, spans: done };
      this.output.postMessage(next, [activation.buffer]);
      return;
    }
    const output = this.connection.wantsOutput ? activation : null;
    const result: ResultMessage = { kind: 'result', id, top: topClasses(activation), output, spans: done };
    this.output.postMessage(result, output ? [output.buffer] : []);
  }

  private tensorOf(payload: FrameMessage['payload']): Float32Array<ArrayBuffer> {
    if (payload instanceof Float32Array) return payload;
    try {
      if (!this.frameInput) throw new Error('this stage was not told how to read pictures');
      return this.frameInput.tensorOf(payload);
    } finally {
      payload.close();
    }
  }
}
