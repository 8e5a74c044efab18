/**
 * @file Per-node times out of onnxruntime's profiler. The web build prints its Chrome trace through the `console.log` that it
 * found when it was loaded, so a tap is put there before, and listened to for one short profiling session. Rows: WASM nodes have category
 * `Node` and name `<node>_kernel_time`; WebGPU kernels have category `Api` and name `<node>&<op>&<program>` (PLATFORM).
 */
import { meansOfFastRuns } from '../core/stats.ts';
import type { NodeSeconds } from './processor.ts';

interface TraceRow {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
}

let sink: string[] | null = null;
let tapped = false;

/** Puts the tap into this worker's console; must run before the engine is loaded. Nothing is held back until captured. */
export function tapConsole(): void {
  if (tapped) return;
  tapped = true;
  /* eslint-disable no-console -- the engine prints its trace there, and nowhere else */
  const original = console.log.bind(console);
  console.log = (...parts: unknown[]): void => {
    if (sink) sink.push(parts.map(String).join(' '));
    else original(...parts);
  };
  /* eslint-enable no-console */
}

/** Does `work` and gives everything that was printed meanwhile instead of printing it. */
export function captureConsole(work: () => void): string {
  const lines: string[] = [];
  sink = lines;
  try {
    work();
  } finally {
    sink = null;
  }
  return lines.join('\n');
}

function isRow(value: unknown): value is TraceRow {
  return typeof value === 'object' && value !== null && 'cat' in value && 'name' in value && 'dur' in value;
}

/** The trace's rows, one JSON object a line, whatever else stands around them. */
function rowsOf(printed: string): readonly TraceRow[] {
  return printed.split('\n').flatMap((line) => {
    const text = line.trim().replace(/,$/, '');
    if (!text.startsWith('{')) return [];
    try {
      const value: unknown = JSON.parse(text);
      return isRow(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function nodeNameOf(row: TraceRow, kind: 'webgpu' | 'wasm'): string | null {
  if (kind === 'webgpu') return row.cat === 'Api' ? (row.name.split('&')[0] ?? null) : null;
  const suffix = '_kernel_time';
  return row.cat === 'Node' && row.name.endsWith(suffix) ? row.name.slice(0, -suffix.length) : null;
}

/** Seconds a run of each node: its mean over the fast ones of `runs`. The first is the warm-up and left out. */
export function nodeSeconds(printed: string, kind: 'webgpu' | 'wasm', runs: number): readonly NodeSeconds[] {
  const durations = new Map<string, number[]>();
  for (const row of rowsOf(printed)) {
    const node = nodeNameOf(row, kind);
    if (node === null) continue;
    const list = durations.get(node);
    if (list) list.push(row.dur);
    else durations.set(node, [row.dur]);
  }
  const byRun = Array.from({ length: runs - 1 }, (_, run) =>
    [...durations.values()].map((list) => {
      // A node can run several kernels a run; the warm-up's share comes first.
      const kernels = Math.max(1, Math.round(list.length / runs));
      return list.slice((run + 1) * kernels, (run + 2) * kernels).reduce((sum, us) => sum + us * 1e-6, 0);
    }),
  );
  const seconds = meansOfFastRuns(byRun);
  return [...durations.keys()].map((node, i) => ({ node, seconds: seconds[i] ?? 0 }));
}
