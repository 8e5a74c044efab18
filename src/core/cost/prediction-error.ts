/**
 * @file How good predicted times are: MAPE (how far off), Spearman's ρ (whether the order is right) and regret (what the
 * errors cost: how much slower the chosen plan is than the best one). METHOD §3.
 */

/** Mean absolute percentage error as a fraction, over pairs whose measured value is positive; null without any. */
export function meanAbsolutePercentageError(
  predicted: readonly number[],
  measured: readonly number[],
): number | null {
  const errors = measured.flatMap((m, i) => (m > 0 ? [Math.abs((predicted[i] ?? 0) - m) / m] : []));
  return errors.length === 0 ? null : errors.reduce((sum, e) => sum + e, 0) / errors.length;
}

/** Ranks from 1, ties sharing their mean rank. */
function ranks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Spearman's rank correlation in [−1, 1]; null for fewer than two pairs or where one side is constant. */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length || a.length < 2) return null;
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length + 1) / 2;
  const covariance = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, i) => sum + (value - mean) * ((q[i] ?? mean) - mean), 0);
  const spread = Math.sqrt(covariance(x, x) * covariance(y, y));
  return spread === 0 ? null : covariance(x, y) / spread;
}

/**
 * Spearman's ρ of a prediction that knows the mean rank of each kind, but prices what is of one kind alike: noise alone ranks
 * that, and no prediction by kind can be expected to do better. Null as for `spearman`.
 */
export function spearmanOfKinds(kinds: readonly string[], measured: readonly number[]): number | null {
  const ranked = ranks(measured);
  const means = kinds.map((kind) => {
    const own = ranked.filter((_, i) => kinds[i] === kind);
    return own.reduce((sum, rank) => sum + rank, 0) / own.length;
  });
  return spearman(means, measured);
}

/** How much slower the chosen plan's measured throughput is than the best measured one, as a fraction ≥ 0. */
export function regret(chosenFps: number, bestFps: number): number {
  return bestFps <= 0 ? 0 : Math.max(0, 1 - chosenFps / bestFps);
}
