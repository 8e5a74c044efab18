/** @file The designs that the governor moves along: of those on the front the ones that trade accuracy for throughput alone. */
import type { Design } from './design.ts';
import { ratesOf } from './design.ts';

export interface Rung {
  /** Of the design. */
  readonly id: string;
  readonly accuracy: number;
  /** Frames/s on a device that does nothing else, pictures made into tensors included. */
  readonly throughputFps: number;
}

/**
 * Most accurate first, each faster than all before. `preparingSeconds`: what a picture takes to become a tensor in the first
 * stage, whose members share it; a design's own figures are of tensors.
 */
export function ladderOf(front: readonly Design[], preparingSeconds: number): readonly Rung[] {
  const rungs: Rung[] = [];
  const sorted = front.toSorted(
    (a, b) => b.accuracy - a.accuracy || ratesOf(b).throughputFps - ratesOf(a).throughputFps,
  );
  for (const design of sorted) {
    const [stage] = design.plan.stages;
    const members = 1 + (stage?.others?.length ?? 0);
    const throughputFps = 1 / (1 / ratesOf(design).throughputFps + preparingSeconds / members);
    if (throughputFps > (rungs.at(-1)?.throughputFps ?? 0))
      rungs.push({ id: design.id, accuracy: design.accuracy, throughputFps });
  }
  return rungs;
}

/** All rungs, this one first, then the nearest to it, of two as near the faster one: where a move may lead. */
export function nearestTo(rungs: readonly Rung[], id: string): readonly Rung[] {
  const from = rungs.findIndex((rung) => rung.id === id);
  const steps = (rung: Rung): number => Math.abs(rungs.indexOf(rung) - from);
  return rungs.toSorted((a, b) => steps(a) - steps(b) || b.throughputFps - a.throughputFps);
}
