/** @file What no plan can exceed, whatever it does: bounds on throughput, transfers free (METHOD §4). */
import type { CostTable } from '../cost/cost-table.ts';
import { threadsOf } from '../profile/profile.ts';

export interface Bound {
  /** No plan can be more than this many times as fast as the best single processor. */
  readonly speedup: number;
  /** Frames/s that no assignment of whole or divided units to the processors can exceed. */
  readonly lpThroughputFps: number;
  /** Of whole frames dealt to all processors that may work at once: Σ T/Tp, for two `1 + Ta/Tb`. */
  readonly dealtSpeedup: number;
}

const ROUNDS = 2000;

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of two processors, exactly: units go to the one they favour most until both are equally busy. */
function ofTwo(a: readonly number[], b: readonly number[]): number {
  // By onA / onB, as products: a unit may cost nothing on one side. One that costs nothing on either has no place in it.
  const pairs = a
    .map((onA, u) => ({ onA, onB: b[u] ?? Infinity }))
    .filter(({ onA, onB }) => onA > 0 || onB > 0)
    .sort((x, y) => x.onA * y.onB - y.onA * x.onB);
  let busyA = 0;
  let busyB = pairs.reduce((sum, { onB }) => sum + onB, 0);
  for (const { onA, onB } of pairs) {
    if (busyA + onA >= busyB - onB) {
      // The share x of this unit on A that makes both sides equal: busyA + x·onA = busyB − x·onB.
      const share = Math.max(0, (busyB - busyA) / (onA + onB));
      return busyA + share * onA;
    }
    busyA += onA;
    busyB -= onB;
  }
  return busyA;
}

/**
 * Least seconds a frame when units may be divided among processors at will: the linear program min max_p load_p. Its dual
 * is max over weights w ≥ 0, Σ w = 1 of Σ_u min_p w_p·t_pu, and each w is a valid bound; multiplicative weights climb to
 * the best (Plotkin, Shmoys, Tardos 1995).
 */
export function fractionalSeconds(columns: readonly (readonly number[])[]): number {
  const [first, second] = columns;
  if (!first || !second) return sumOf(first ?? []);
  if (columns.length === 2) return ofTwo(first, second);
  const totals = columns.map(sumOf);
  // Begins where whole frames are dealt by speed.
  const speeds = totals.map((total) => 1 / Math.max(total, 1e-12));
  let weights = speeds.map((speed) => speed / sumOf(speeds));
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const loads = columns.map(() => 0);
    let bound = 0;
    first.forEach((_, u) => {
      const at = (p: number): number => (weights[p] ?? 0) * (columns[p]?.[u] ?? Infinity);
      const cheapest = columns.reduce((least, _, p) => (at(p) < at(least) ? p : least), 0);
      bound += at(cheapest);
      loads[cheapest] = (loads[cheapest] ?? 0) + (columns[cheapest]?.[u] ?? 0);
    });
    best = Math.max(best, bound);
    const busiest = Math.max(...loads, 1e-12);
    const step = 4 / Math.sqrt(round + 4);
    const raised = weights.map((weight, p) => weight * Math.exp((step * (loads[p] ?? 0)) / busiest));
    weights = raised.map((weight) => weight / sumOf(raised));
  }
  return best;
}

/** Sets of processors that may work at once and that none can be added to. */
function fullSets(costs: CostTable, cores: number): readonly (readonly number[])[] {
  const threads = costs.processors.map((id) => (id === 'webgpu' ? 0 : threadsOf(id)));
  const fits = (set: readonly number[]): boolean => sumOf(set.map((p) => threads[p] ?? 0)) <= cores;
  const sets: (readonly number[])[] = [];
  for (let bits = 1; bits < 1 << threads.length; bits++) {
    const set = threads.flatMap((_, p) => ((bits >> p) & 1 ? [p] : []));
    const canGrow = threads.some((_, p) => !set.includes(p) && fits([...set, p]));
    if (fits(set) && !canGrow) sets.push(set);
  }
  return sets;
}

/** Of the processors whose WASM threads fit into `cores` together. */
export function throughputBound(costs: CostTable, cores = Infinity): Bound {
  const totals = costs.seconds.map(sumOf);
  const fastest = Math.min(...totals);
  const sets = fullSets(costs, cores);
  const seconds = Math.min(
    fastest,
    ...sets.map((set) => fractionalSeconds(set.map((p) => costs.seconds[p] ?? []))),
  );
  const dealt = sets.map((set) => sumOf(set.map((p) => fastest / (totals[p] ?? Infinity))));
  return { speedup: fastest / seconds, lpThroughputFps: 1 / seconds, dealtSpeedup: Math.max(1, ...dealt) };
}
