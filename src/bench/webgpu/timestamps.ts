/**
 * @file The GPU's own clock around one compute pass. Chrome quantises it to 65–100 µs, so it checks the wall clock on
 * batches of many milliseconds and never replaces it (PLATFORM, METHOD §2).
 */

/** Two 64-bit counts of nanoseconds. */
const BYTES = 16;

export class TimestampPair {
  readonly writes: GPUComputePassTimestampWrites;
  private readonly querySet: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private readonly device: GPUDevice;

  constructor(device: GPUDevice) {
    this.device = device;
    this.querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
    this.resolved = device.createBuffer({
      size: BYTES,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.staging = device.createBuffer({
      size: BYTES,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.writes = { querySet: this.querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
  }

  /** Seconds between the two writes of the last pass, once it is done. Null where the clock went backwards. */
  async read(): Promise<number | null> {
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.querySet, 0, 2, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, BYTES);
    this.device.queue.submit([encoder.finish()]);
    await this.staging.mapAsync(GPUMapMode.READ);
    const [begin = 0n, end = 0n] = new BigUint64Array(this.staging.getMappedRange());
    this.staging.unmap();
    return end > begin ? Number(end - begin) / 1e9 : null;
  }
}
