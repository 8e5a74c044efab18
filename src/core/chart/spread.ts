/** @file Keeps labels apart: the least moves, in order, so that neighbours are `gap` apart. */

/**
 * Moves positions (any order, any unit) downwards just enough to be at least `gap` apart, then the whole chain up again
 * if it passed `max`. Returned in the order given.
 */
export function spread(positions: readonly number[], gap: number, max: number): readonly number[] {
  const order = positions.map((_, i) => i).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const moved = [...positions];
  let previous = -Infinity;
  for (const i of order) {
    previous = Math.max(positions[i] ?? 0, previous + gap);
    moved[i] = previous;
  }
  let limit = max;
  for (const i of order.toReversed()) {
    moved[i] = Math.min(moved[i] ?? 0, limit);
    limit = (moved[i] ?? 0) - gap;
  }
  return moved;
}
