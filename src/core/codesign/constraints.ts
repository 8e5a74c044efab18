/**
 * @file What a visitor asks of a design: wishes that it has to keep, and what it should be best at beyond them. Constraints
 * instead of weights (the ε-constraint method: Haimes, Lasdon, Wismer, IEEE Trans. SMC 1(3), 1971), so that every design of
 * the front can be reached, and a wish reads as it is meant.
 */
import { ratesOf, type Design } from './design.ts';

/** Each null where it is not wished for. */
export interface Wish {
  readonly leastFps: number | null;
  /** Points (hundredths) of top-1 below the most accurate design. */
  readonly mostPointsLost: number | null;
  readonly mostLatencyMs: number | null;
}

export type WishId = keyof Wish;

export const NO_WISH: Wish = { leastFps: null, mostPointsLost: null, mostLatencyMs: null };

export type Goal = 'accuracy' | 'throughput' | 'latency';
export const GOALS: readonly Goal[] = ['accuracy', 'throughput', 'latency'];

export interface BrokenWish {
  readonly wish: WishId;
  /** What was wished for, and what it would have to be for this design: in the wish's own unit. */
  readonly wished: number;
  readonly kept: number;
}

export interface Nearest<D> {
  readonly design: D;
  /** At least one. */
  readonly breaks: readonly BrokenWish[];
}

type Figures = Pick<Design, 'accuracy' | 'predicted' | 'measured'>;

/** Wishes are decimals, figures are not: 0.52 − 0.50 is more than 2 points by 2e-15. */
const ROUNDING = 1e-9;

const bestAccuracy = (designs: readonly Figures[]): number =>
  designs.reduce((best, { accuracy }) => Math.max(best, accuracy), 0);

/** A wish that a design breaks, and how far it is from keeping it: required / there, or there / allowed, − 1. */
type Miss = BrokenWish & { readonly by: number };

function missesOf(design: Figures, wish: Wish, best: number): readonly Miss[] {
  const { throughputFps, latencySeconds } = ratesOf(design);
  const misses: Miss[] = [];
  const { leastFps, mostPointsLost, mostLatencyMs } = wish;
  const miss = (id: WishId, wished: number, kept: number, ratio: number): void => {
    if (ratio > 1 + ROUNDING) misses.push({ wish: id, wished, kept, by: ratio - 1 });
  };
  if (leastFps !== null) miss('leastFps', leastFps, throughputFps, leastFps / throughputFps);
  if (mostPointsLost !== null) {
    const required = best - mostPointsLost / 100;
    miss('mostPointsLost', mostPointsLost, 100 * (best - design.accuracy), required / design.accuracy);
  }
  const latencyMs = 1000 * latencySeconds;
  if (mostLatencyMs !== null) miss('mostLatencyMs', mostLatencyMs, latencyMs, latencyMs / mostLatencyMs);
  return misses;
}

/** Negative when `a` is better at the goal; where they are equal in that, at the other figures, accuracy before all. */
function compareByGoal(a: Figures, b: Figures, goal: Goal): number {
  const [x, y] = [ratesOf(a), ratesOf(b)];
  const accuracy = b.accuracy - a.accuracy;
  const throughput = y.throughputFps - x.throughputFps;
  const latency = x.latencySeconds - y.latencySeconds;
  if (goal === 'accuracy') return accuracy || throughput || latency;
  if (goal === 'throughput') return throughput || accuracy || latency;
  return latency || accuracy || throughput;
}

/** The first of the least. */
function least<T>(items: readonly T[], compare: (a: T, b: T) => number): T | null {
  const [first = null, ...others] = items;
  return others.reduce<T | null>((best, next) => (best && compare(next, best) < 0 ? next : best), first);
}

/** Of the designs those that keep every wish; points are lost against the most accurate of `designs`. */
export function allowed<D extends Figures>(designs: readonly D[], wish: Wish): readonly D[] {
  const best = bestAccuracy(designs);
  return designs.filter((design) => missesOf(design, wish, best).length === 0);
}

/** The design best at the goal of all that keep every wish; null where none does. */
export function choose<D extends Figures>(designs: readonly D[], wish: Wish, goal: Goal): D | null {
  return least(allowed(designs, wish), (a, b) => compareByGoal(a, b, goal));
}

/**
 * Where no design keeps every wish, the one whose misses, each as a fraction of what is wished, sum to the least: a sum
 * rather breaks one wish than bends all, so there is one to relax. Null where `choose` finds one, or without designs.
 */
export function nearest<D extends Figures>(designs: readonly D[], wish: Wish, goal: Goal): Nearest<D> | null {
  const best = bestAccuracy(designs);
  const missed = designs.map((design) => {
    const misses = missesOf(design, wish, best);
    return { design, misses, by: misses.reduce((sum, { by }) => sum + by, 0) };
  });
  const found = least(missed, (a, b) => a.by - b.by || compareByGoal(a.design, b.design, goal));
  if (!found || found.misses.length === 0) return null;
  return {
    design: found.design,
    breaks: found.misses.map(({ wish: id, wished, kept }) => ({ wish: id, wished, kept })),
  };
}
