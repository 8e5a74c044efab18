/** @file What a plan is chosen for, and the order that this puts plans in. */

/** `fastest`: most frames/s. `snappiest`: least latency. `smooth`: least latency that still keeps the camera's rate. */
export type Objective = 'fastest' | 'snappiest' | 'smooth';
export const OBJECTIVES: readonly Objective[] = ['fastest', 'snappiest', 'smooth'];

/** Throughput in frames/s; latency in any unit, the same for both sides of a comparison. */
interface Rated {
  readonly throughputFps: number;
  readonly latency: number;
}

/** Negative when `a` serves the objective better; `sourceFps` is the rate that `smooth` has to keep. */
export function compareByObjective(a: Rated, b: Rated, objective: Objective, sourceFps: number): number {
  const faster = b.throughputFps - a.throughputFps;
  const snappier = a.latency - b.latency;
  if (objective === 'fastest') return faster || snappier;
  if (objective === 'snappiest') return snappier || faster;
  const aKeeps = a.throughputFps >= sourceFps;
  const bKeeps = b.throughputFps >= sourceFps;
  if (aKeeps !== bKeeps) return aKeeps ? -1 : 1;
  return aKeeps ? snappier || faster : faster || snappier;
}
