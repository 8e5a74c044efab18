/** @file A thread of an engine: between messages it runs what the crew is told to. */
import { Crew, LISTEN, type BoundPhases } from './crew.ts';
import { functionOf } from './kernel-code.ts';
import type { ThreadMessage } from './thread.api.ts';

interface Loaded {
  readonly phases: BoundPhases;
  readonly counters: Int32Array;
  readonly scratch: number;
}

const programs = new Map<number, Loaded>();
let crew: Crew | null = null;

self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
  if (data.kind === 'start') crew = new Crew(data.threads, data.control, data.thread);
  else if (data.kind === 'unload') programs.delete(data.id);
  else {
    const { memory, modules, phases, counters, scratch } = data;
    const functions = modules.map((module) => functionOf(module, memory));
    const bound = phases.map((calls) =>
      calls.flatMap(({ module, descriptor, items }) => {
        const run = functions[module];
        return run ? [{ run, descriptor, items }] : [];
      }),
    );
    const count = phases.reduce((sum, calls) => sum + calls.length, 0) * (crew?.threads ?? 1);
    programs.set(data.id, {
      phases: bound,
      counters: new Int32Array(memory.buffer, counters, count),
      scratch,
    });
  }
  self.postMessage(null);
  if (data.kind !== 'start') work();
};

function work(): void {
  for (;;) {
    if (!crew) return;
    const command = crew.next();
    if (command === LISTEN) return;
    const program = programs.get(command);
    if (!program) continue;
    let first = 0;
    for (const calls of program.phases) {
      crew.runPhase(calls, program.counters, first, program.scratch);
      first += calls.length * crew.threads;
    }
  }
}
