/** @file The GPU's own clock around each step of a program. Chrome rounds it to 100 µs: repeat short steps. */
import type { GpuEngine } from './engine.ts';
import type { Resources } from './resources.ts';

/** A time stamp: 64 bits, nanoseconds. */
const STAMP_BYTES = 8;

export class StepClock {
  private readonly engine: GpuEngine;
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;

  constructor(engine: GpuEngine, resources: Resources, steps: number) {
    this.engine = engine;
    this.queries = engine.device.createQuerySet({ type: 'timestamp', count: 2 * steps });
    const { QUERY_RESOLVE, COPY_SRC, MAP_READ, COPY_DST } = GPUBufferUsage;
    const size = 2 * steps * STAMP_BYTES;
    this.resolved = resources.buffer(size, QUERY_RESOLVE | COPY_SRC);
    this.staging = resources.buffer(size, MAP_READ | COPY_DST);
  }

  writesOf(step: number): GPUComputePassTimestampWrites {
    return {
      querySet: this.queries,
      beginningOfPassWriteIndex: 2 * step,
      endOfPassWriteIndex: 2 * step + 1,
    };
  }

  encode(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.queries, 0, this.queries.count, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, this.staging.size);
  }

  /** Seconds of each step, once the commands are submitted. */
  async read(): Promise<readonly number[]> {
    await this.engine.until(this.staging.mapAsync(GPUMapMode.READ));
    const stamps = new BigUint64Array(this.staging.getMappedRange());
    const seconds = Array.from({ length: stamps.length / 2 }, (_, i) => {
      const [begin = 0n, end = 0n] = stamps.subarray(2 * i, 2 * i + 2);
      return Math.max(0, Number(end - begin)) / 1e9;
    });
    this.staging.unmap();
    return seconds;
  }

  dispose(): void {
    this.queries.destroy();
  }
}
