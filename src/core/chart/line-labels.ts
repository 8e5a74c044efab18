/** @file Where the names of horizontal lines go: on the line where there is room, below it where another line is just above. */

/** Px between a line and the baseline of a name above it, below it, and between two names. */
const [ABOVE, BELOW, GAP] = [10, 17, 17];

/**
 * Baselines (px, y downwards) of the names of horizontal lines at `lines`, in the order given; names are at least
 * `GAP` apart and cross no line where two lines leave room for that.
 */
export function lineLabels(lines: readonly number[]): readonly number[] {
  const order = lines.map((_, i) => i).sort((a, b) => (lines[a] ?? 0) - (lines[b] ?? 0));
  const baselines = [...lines];
  let [lineAbove, nameAbove] = [-Infinity, -Infinity];
  for (const i of order) {
    const line = lines[i] ?? 0;
    const hasRoom = line - lineAbove >= ABOVE + GAP && line - ABOVE - nameAbove >= GAP;
    nameAbove = hasRoom ? line - ABOVE : Math.max(line + BELOW, nameAbove + GAP);
    baselines[i] = nameAbove;
    lineAbove = line;
  }
  return baselines;
}
