/** @file The rows of the experiment as an SVG: a bar a row, as long as its frames/s, with the interval of its median. */
import type { ExperimentReport, ExperimentRow } from '../../src/playground/experiment/report.ts';
import { ROW_NAMES } from '../../src/playground/experiment/row-text.ts';
import { figure } from '../../src/ui/number-format.ts';

const SIZE = { width: 860, row: 28, bar: 16, left: 330, right: 120, top: 16, bottom: 34 };
const INK = '#161a22';
const MUTED = '#59616f';
/** Ours in force, and what it is held against. */
const COLOURS = { ours: '#b86a00', other: '#b9bec8' };
const OURS: readonly string[] = ['fused', 'multi-branch+plan', 'fused+plan', 'co-design'];

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export function chartOf({ rows }: Pick<ExperimentReport, 'rows'>): string {
  const most = Math.max(...rows.map(({ throughputFps: { median, high } }) => high ?? median));
  const scale = (SIZE.width - SIZE.left - SIZE.right) / most;
  const height = SIZE.top + rows.length * SIZE.row + SIZE.bottom;
  const barOf = ({ id, throughputFps, gainOverFirst }: ExperimentRow, i: number): string => {
    const { median, low, high } = throughputFps;
    const middle = SIZE.top + (i + 0.5) * SIZE.row;
    const at = (fps: number): string => (SIZE.left + fps * scale).toFixed(1);
    const [from, to] = [at(low ?? median), at(high ?? median)];
    const label = `${figure(median)}  ×${figure(gainOverFirst)}`;
    return [
      `<text x="${SIZE.left - 10}" y="${middle + 4}" text-anchor="end" fill="${INK}">${escaped(ROW_NAMES[id])}</text>`,
      `<rect x="${SIZE.left}" y="${middle - SIZE.bar / 2}" width="${(median * scale).toFixed(1)}" height="${SIZE.bar}" rx="2" fill="${OURS.includes(id) ? COLOURS.ours : COLOURS.other}"/>`,
      `<path d="M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8" stroke="${INK}" stroke-width="1.2" fill="none"/>`,
      `<text x="${Number(to) + 8}" y="${middle + 4}" fill="${INK}">${escaped(label)}</text>`,
    ].join('\n');
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${height}" viewBox="0 0 ${SIZE.width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>Frames a second of every row of the experiment</title>
<rect width="100%" height="100%" fill="#fff"/>
${rows.map(barOf).join('\n')}
<text x="${SIZE.left}" y="${height - 12}" fill="${MUTED}" font-size="12">frames/s, median with its 95 % interval; × the first row, paired by round</text>
</svg>
`;
}
