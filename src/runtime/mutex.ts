/**
 * @file One at a time. Two concurrent calls into one onnxruntime-web realm hang or corrupt memory (PLATFORM), so every
 * create, run and release of a realm goes through one of these. Waiters are served in order; a failure does not block.
 */
export class Mutex {
  private tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task, task);
    this.tail = result.catch(() => undefined);
    return result;
  }
}
