/**
 * @file Least squares with coefficients that cannot be negative: min ‖A·x − b‖², x ≥ 0, by active sets (Lawson and Hanson,
 * Solving Least Squares Problems, 1974, chapter 23). For the small, full systems of a calibration: a few columns, some dozen
 * rows.
 */

type Vector = readonly number[];

/** Columns are scaled to length 1 inside; below this a gradient or a pivot counts as zero. */
const TINY = 1e-10;

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/**
 * The x ≥ 0 that brings `Σ_j x_j · columns[j]` nearest to `target`. Columns of nothing but zeros get 0, and so does one that says
 * the same as others already do.
 */
export function nonNegativeLeastSquares(columns: readonly Vector[], target: Vector): Vector {
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const unit = columns.map((column, j) => column.map((value) => value / (lengths[j] || 1)));
  const gram = unit.map((a) => unit.map((b) => dot(a, b)));
  const wanted = unit.map((column) => dot(column, target));
  const scale = Math.sqrt(dot(target, target));
  let x = unit.map(() => 0);
  const active = new Set<number>();
  const refused = new Set<number>();
  for (let turn = 0; turn < 10 * columns.length; turn++) {
    const gradient = wanted.map((value, j) => value - dot(gram[j] ?? [], x));
    const entering = gradient.reduce(
      (best, value, j) => (!active.has(j) && !refused.has(j) && value > (gradient[best] ?? 0) ? j : best),
      -1,
    );
    if (entering < 0 || (gradient[entering] ?? 0) <= TINY * scale) break;
    active.add(entering);
    const solved = withinBounds(gram, wanted, active, x);
    if (solved) {
      x = solved;
      refused.clear();
    } else {
      active.delete(entering);
      refused.add(entering);
    }
  }
  return x.map((value, j) => value / (lengths[j] || 1));
}

/** Solves for the active columns, dropping those that would become negative on the way; null where they depend on each other. */
function withinBounds(
  gram: readonly Vector[],
  wanted: Vector,
  active: Set<number>,
  from: Vector,
): number[] | null {
  let x = [...from];
  for (;;) {
    const indices = [...active];
    const free = solve(
      indices.map((i) => indices.map((j) => gram[i]?.[j] ?? 0)),
      indices.map((i) => wanted[i] ?? 0),
    );
    if (!free) return null;
    const target = x.map(() => 0);
    indices.forEach((j, k) => (target[j] = free[k] ?? 0));
    const blocked = indices.filter((j) => (target[j] ?? 0) <= 0);
    if (blocked.length === 0) return target;
    const steps = blocked.map((j) => (x[j] ?? 0) / ((x[j] ?? 0) - (target[j] ?? 0) || 1));
    const step = Math.min(...steps);
    x = x.map((value, j) => value + step * ((target[j] ?? 0) - value));
    blocked.forEach((j, k) => {
      if ((steps[k] ?? 0) > step && (x[j] ?? 0) > 0) return;
      active.delete(j);
      x[j] = 0;
    });
  }
}

/** Gaussian elimination with row exchange; null for a singular matrix. */
function solve(matrix: readonly Vector[], right: Vector): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.reduce(
      (best, _, i) => (i > k && Math.abs(at(i, k)) > Math.abs(at(best, k)) ? i : best),
      k,
    );
    if (Math.abs(at(pivot, k)) < TINY) return null;
    [rows[k], rows[pivot]] = [rows[pivot] ?? [], rows[k] ?? []];
    for (let i = k + 1; i < rows.length; i++) {
      const factor = at(i, k) / at(k, k);
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * at(k, j));
    }
  }
  const x = rows.map(() => 0);
  for (let k = rows.length - 1; k >= 0; k--) {
    const known = x.reduce((sum, value, j) => sum + (j > k ? value * at(k, j) : 0), 0);
    x[k] = (at(k, rows.length) - known) / at(k, k);
  }
  return x;
}
