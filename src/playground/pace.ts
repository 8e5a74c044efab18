/**
 * @file The pace of a processor right now: what a small fixed network takes. Other tenants of the machine, its heat and its other
 * work slow a processor for seconds on end, by half and more; what is timed beside the same network, a moment apart, compares
 * nevertheless.
 */
import { paceModel } from '../core/cost/calibration-models.ts';
import { elementCount } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { randomTensor } from '../core/random.ts';
import { ok, type Result } from '../core/result.ts';
import { lowerQuartile } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';

const SEGMENT = 'pace';
/** Of one look, and of the warm-up: engines compile a second time what runs often. */
const LOOK_SECONDS = 0.012;
const WARM_UP_SECONDS = 0.1;

export class Pace {
  private readonly client: StageClient;
  private readonly values: Float32Array<ArrayBuffer>;

  private constructor(client: StageClient, values: Float32Array<ArrayBuffer>) {
    this.client = client;
    this.values = values;
  }

  static async open(client: StageClient): Promise<Result<Pace>> {
    const { model, input } = paceModel();
    const bytes = serializeModel(model);
    const loaded = await client.worker.call((remote) => remote.load(SEGMENT, bytes, 'ort'));
    if (!loaded.ok) return loaded;
    const pace = new Pace(client, randomTensor(elementCount(input.shape), 1));
    const warmedUp = await pace.time(WARM_UP_SECONDS);
    return warmedUp.ok ? ok(pace) : warmedUp;
  }

  /** Seconds of a run. */
  look(): Promise<Result<number>> {
    return this.time(LOOK_SECONDS);
  }

  async close(): Promise<void> {
    await this.client.worker.call((remote) => remote.unload(SEGMENT));
  }

  private async time(seconds: number): Promise<Result<number>> {
    const { values } = this;
    const timed = await this.client.worker.call((remote) => remote.time(SEGMENT, values, 2, seconds));
    return timed.ok ? ok(lowerQuartile(timed.value) ?? 0) : timed;
  }
}
