/**
 * @file One processor of a stage of a running pipeline: takes frames from its ports as they come, runs the segment, hands
 * the activation (its buffer transferred, not copied) to the processor of the next stage whose turn it is. It never queues more than the source has credits for, so the wait
 * list is bounded by the pipeline's depth.
 */
import { detailOf } from '../core/errors.ts';
import { topClasses } from '../core/image/classify.ts';
import { PictureRun } from '../runtime/picture-run.ts';
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
  private readonly inputs: readonly MessagePort[];
  private readonly outputs: readonly MessagePort[];
  private readonly pictures: PictureRun | null;
  private tail: Promise<void> = Promise.resolve();
  private closed = false;
  private hasToldFault = false;
  /** ms; of the last frame that was handed on. */
  private handOver: number | null = null;

  constructor(
    connection: StageConnection,
    segment: Segment,
    inputs: readonly MessagePort[],
    outputs: readonly MessagePort[],
  ) {
    this.connection = connection;
    this.segment = segment;
    this.inputs = inputs;
    this.outputs = outputs;
    this.pictures = connection.imageInput ? new PictureRun(segment, connection.imageInput) : null;
    for (const input of inputs) {
      input.onmessage = ({ data }: MessageEvent<PipelineMessage>) => {
        this.tail = this.tail.then(() => this.handle(data));
      };
    }
  }

  /** Stops taking frames; resolves when the one in work has left. */
  async close(): Promise<void> {
    this.closed = true;
    for (const input of this.inputs) input.onmessage = null;
    await this.tail;
    for (const port of [...this.inputs, ...this.outputs]) port.close();
  }

  private async handle(message: PipelineMessage): Promise<void> {
    if (message.kind !== 'frame') {
      // A failure further up travels on, so that the source gets its credit back in order.
      this.send(message);
      return;
    }
    if (this.closed) {
      if (!(message.payload instanceof Float32Array)) message.payload.close();
      return;
    }
    try {
      await this.work(message);
    } catch (thrown) {
      const failure: FailureMessage = {
        kind: 'failure',
        id: message.id,
        stage: this.connection.stage,
        member: this.connection.member,
        detail: detailOf(thrown),
      };
      this.send(failure);
    }
  }

  private async work({ id, payload, spans, faults: before = [] }: FrameMessage): Promise<void> {
    const start = now();
    const { output: activation, ...ready } = await this.outputOf(payload);
    const { stage, member, isLast } = this.connection;
    const fault = this.newFault();
    const faults = fault === null ? before : [...before, { stage, member, detail: fault }];
    const told = faults.length > 0 ? { faults } : {};
    const handOver = this.handOver === null ? {} : { handOver: this.handOver };
    const end = now();
    const done = [...spans, { stage, member, start, ...ready, end, ...handOver }];
    if (!isLast) {
      const next: FrameMessage = { kind: 'frame', id, payload: activation, spans: done, ...told };
      this.send(next, [activation.buffer]);
      this.handOver = now() - end;
      return;
    }
    const output = this.connection.wantsOutput ? activation : null;
    const result: ResultMessage = {
      kind: 'result',
      id,
      top: topClasses(activation),
      output,
      spans: done,
      ...told,
    };
    this.send(result, output ? [output.buffer] : []);
    this.handOver = now() - end;
  }

  /** Once. */
  private newFault(): string | null {
    const { fault = null } = this.segment;
    const isNew = fault !== null && !this.hasToldFault;
    this.hasToldFault ||= isNew;
    return isNew ? fault : null;
  }

  private send(message: PipelineMessage, transfer: Transferable[] = []): void {
    const { deal } = this.connection;
    this.outputs[deal[message.id % deal.length] ?? 0]?.postMessage(message, transfer);
  }

  /** `ready` on the shared clock, for pictures, which are closed. */
  private async outputOf(
    payload: FrameMessage['payload'],
  ): Promise<{ readonly output: Float32Array<ArrayBuffer>; readonly ready?: number }> {
    if (payload instanceof Float32Array) return { output: await this.segment.run(payload) };
    if (!this.pictures) {
      payload.close();
      throw new Error('this stage was not told how to read pictures');
    }
    const { output, ready } = await this.pictures.run(payload);
    return { output, ready: performance.timeOrigin + ready };
  }
}
