/** @file The engine on WebAssembly: threads, and the programs they run together. To be used in a worker, which it blocks. */
import type { Program } from '../program.ts';
import type { Target } from './assembler.ts';
import type { Choose } from './compile.ts';
import { Crew, LISTEN } from './crew.ts';
import { hasRelaxedSimd } from './kernel-code.ts';
import type { ThreadMessage } from './thread.api.ts';
import { WasmProgram } from './wasm-program.ts';

export class WasmEngine {
  readonly target: Target;
  private readonly crew: Crew;
  private readonly workers: readonly Worker[];
  private nextId = 0;
  private isListening = true;
  private lastTold: Promise<unknown> = Promise.resolve();

  private constructor(threads: number) {
    this.target = { relaxed: hasRelaxedSimd(), shared: threads > 1 };
    this.crew = new Crew(threads);
    this.workers = Array.from(
      { length: threads - 1 },
      () => new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' }),
    );
  }

  /** With `threads` in all, the caller's among them; more than one needs an isolated page. */
  static async open(threads: number): Promise<WasmEngine> {
    const engine = new WasmEngine(threads);
    await engine.tell((thread) => ({ kind: 'start', threads, thread, control: engine.crew.control }));
    return engine;
  }

  get threads(): number {
    return this.crew.threads;
  }

  /** Throws a RangeError where the browser has not as much memory. */
  async load(program: Program, choose: Choose): Promise<WasmProgram> {
    const id = this.nextId++;
    const loaded = new WasmProgram(program, { id, target: this.target, crew: this.crew, choose });
    await this.tell((thread) => loaded.forThread(thread));
    return loaded;
  }

  async unload({ id }: WasmProgram): Promise<void> {
    await this.tell(() => ({ kind: 'unload', id }));
  }

  close(): void {
    for (const worker of this.workers) worker.terminate();
  }

  /** Sends each of the other threads its message, and waits until all have read it; one message after another. */
  private tell(messageFor: (thread: number) => ThreadMessage): Promise<void> {
    const told = this.lastTold.then(() => this.tellNow(messageFor));
    this.lastTold = told.catch(() => undefined);
    return told;
  }

  private async tellNow(messageFor: (thread: number) => ThreadMessage): Promise<void> {
    if (this.workers.length === 0) return;
    if (!this.isListening) this.crew.command(LISTEN);
    this.isListening = true;
    await Promise.all(
      this.workers.map(
        (worker, i) =>
          new Promise<void>((resolve, reject) => {
            worker.onmessage = () => resolve();
            worker.onerror = ({ message }) => reject(new Error(`a thread of the engine failed: ${message}`));
            worker.postMessage(messageFor(i + 1));
          }),
      ),
    );
    // Having started they listen on; after anything else they are back at work.
    this.isListening = messageFor(1).kind === 'start';
  }
}
