/**
 * @file Which plan is put in force: the best one, unless a simpler one is as good as can be told. A plan of more processors costs
 * memory, power and heat, so it has to gain more than the error of the figures that speak for it.
 */
import type { Objective } from './objective.ts';

export interface Candidate {
  readonly throughputFps: number;
  /** In any unit, the same for all. */
  readonly latency: number;
  /** Of both figures, as fractions. */
  readonly errors: { readonly throughput: number; readonly latency: number };
  /** Predictions come from one table, and err together; measurements err by themselves. */
  readonly isMeasured: boolean;
  /** That take frames. */
  readonly processors: number;
}

export interface Gain {
  /** By which the better one is better at what the objective asks for, as a fraction. */
  readonly gain: number;
  readonly error: number;
}

/** What `best` gains over `other`; null where the objective tells them apart by more than a size, or they were not found alike. */
export function gainOver(
  best: Candidate,
  other: Candidate,
  objective: Objective,
  sourceFps: number,
): Gain | null {
  if (best.isMeasured !== other.isMeasured) return null;
  const keeps = ({ throughputFps }: Candidate): boolean => throughputFps >= sourceFps;
  if (objective === 'smooth' && keeps(best) !== keeps(other)) return null;
  const byLatency = objective === 'snappiest' || (objective === 'smooth' && keeps(best));
  const figure = byLatency ? 'latency' : 'throughput';
  const [a, b] = [best.errors[figure], other.errors[figure]];
  return {
    gain: byLatency ? other.latency / best.latency - 1 : best.throughputFps / other.throughputFps - 1,
    error: best.isMeasured ? Math.hypot(a, b) : Math.max(a, b),
  };
}

/**
 * Of `candidates`, best first, the one of the fewest processors that the best gains no more over than the error; the best itself
 * where there is none. Null without candidates.
 */
export function keep<C extends Candidate>(
  candidates: readonly C[],
  objective: Objective,
  sourceFps: number,
): C | null {
  const [best, ...others] = candidates;
  if (!best) return null;
  const asGood = others.filter((other) => {
    const found = gainOver(best, other, objective, sourceFps);
    return found !== null && found.gain <= found.error;
  });
  return [best, ...asGood].reduce((least, next) => (next.processors < least.processors ? next : least));
}
