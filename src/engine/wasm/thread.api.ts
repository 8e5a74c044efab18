/** @file What the threads of an engine are told. */

export interface ThreadStart {
  readonly kind: 'start';
  readonly threads: number;
  /** Which of them this is. */
  readonly thread: number;
  readonly control: Int32Array;
}

export interface ThreadProgram {
  readonly kind: 'load';
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
  readonly phases: readonly ThreadPhase[];
  /** Address of the crew's counters. */
  readonly counters: number;
  readonly scratch: number;
}

export interface ThreadPhase {
  readonly calls: readonly ThreadCall[];
  readonly helps: boolean;
}

export interface ThreadCall {
  readonly module: number;
  readonly descriptor: number;
  readonly items: number;
}

export interface ThreadUnload {
  readonly kind: 'unload';
  readonly id: number;
}

export type ThreadMessage = ThreadStart | ThreadProgram | ThreadUnload;
