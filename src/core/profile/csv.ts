/** @file A profile as a table for spreadsheets: one metric a row, RFC 4180, samples in one cell joined by `;`. */
import type { DeviceProfile, Metric } from './profile.ts';

type Cell = string | number | null | undefined;

const COLUMNS: readonly (readonly [name: string, cell: (metric: Metric) => Cell])[] = [
  ['id', (metric) => metric.id],
  ['processor', (metric) => metric.processor],
  ['kind', (metric) => metric.kind],
  ['type', (metric) => metric.type],
  ['threads', (metric) => metric.threads],
  ['sizeBytes', (metric) => metric.sizeBytes],
  ['operationalIntensity', (metric) => metric.operationalIntensity],
  ['beside', (metric) => metric.beside],
  ['unit', (metric) => metric.unit],
  ['status', (metric) => metric.status],
  ['reason', (metric) => metric.reason],
  ['median', (metric) => metric.median],
  ['mad', (metric) => metric.mad],
  ['low', (metric) => metric.low],
  ['high', (metric) => metric.high],
  ['n', (metric) => metric.n],
  ['clock', (metric) => metric.clock],
  ['warnings', (metric) => metric.warnings.join(';')],
  ['shape', (metric) => metric.shape],
  ['samples', (metric) => metric.samples.join(';')],
];

/** What a spreadsheet would take for a formula: a profile may come from a stranger. */
const FORMULA = /^[=+\-@\t\r]/;

/** Quoted where it must be; text that looks like a formula begins with an apostrophe. */
function quoted(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const text = cell ?? '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Every metric in its order, a header first; what a metric has not is empty. Lines end in CR LF. */
export function profileCsv({ metrics }: Pick<DeviceProfile, 'metrics'>): string {
  const rows = [
    COLUMNS.map(([name]) => name),
    ...metrics.map((metric) => COLUMNS.map(([, cell]) => quoted(cell(metric)))),
  ];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}
