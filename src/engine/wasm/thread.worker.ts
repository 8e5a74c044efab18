/** @file A thread of an engine: between messages it runs what the crew is told to. */
import { Counters, Crew, LISTEN, type BoundPhase } from './crew.ts';
import { functionOf } from './kernel-code.ts';
import type { ThreadMessage } from './thread.api.ts';

interface Loaded {
  readonly phases: readonly BoundPhase[];
  readonly counters: Counters;
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
    const bound = phases.map(({ calls, helps }) => ({
      helps,
      calls: calls.flatMap(({ module, descriptor, items }) => {
        const run = functions[module];
        return run ? [{ run, descriptor, items }] : [];
      }),
    }));
    if (crew)
      programs.set(data.id, { phases: bound, counters: crew.counters(memory, counters, bound), scratch });
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
    program.counters.begin();
    let first = 0;
    for (const phase of program.phases) {
      crew.runPhase(phase, program.counters, first, program.scratch);
      first += phase.calls.length;
    }
  }
}
