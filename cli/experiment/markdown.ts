/** @file The experiment as Markdown: one section a data set, replaced in place between its markers. */
import { planLabel } from '../../src/core/planning/plan.ts';
import { DATASETS, type DatasetId } from '../../src/playground/experiment/datasets.ts';
import { meaningOf } from '../../src/playground/experiment/gains.ts';
import {
  SAMPLE,
  type ExperimentReport,
  type ExperimentRow,
  type Machine,
} from '../../src/playground/experiment/report.ts';
import {
  accuracyText,
  enginesText,
  fusionText,
  noiseText,
  paperText,
  ROW_NAMES,
} from '../../src/playground/experiment/row-text.ts';
import type { Estimate } from '../../src/playground/experiment/summary.ts';
import { figure, percent } from '../../src/ui/number-format.ts';

/** `123 [120, 126]`, or the median alone where there are too few samples for an interval. */
export const estimateText = ({ median, low, high }: Estimate): string =>
  low === null || high === null ? figure(median) : `${figure(median)} [${figure(low)}, ${figure(high)}]`;

/** `57.1 % (n = 5,000)`; a dash where it is not known. */
export const accuracyCell = ({ accuracy }: Pick<ExperimentRow, 'accuracy'>): string =>
  accuracy ? `${percent(accuracy.top1, 2)} (n = ${accuracy.n.toLocaleString('en-US')})` : '–';

export function machineText({ browser, cores, crossOriginIsolated, adapter, date }: Machine): string {
  const gpu = adapter
    ? `WebGPU adapter ${adapter.vendor} ${adapter.architecture}${adapter.isFallbackAdapter ? ' (software, never planned as a GPU)' : ''}`
    : 'no WebGPU adapter';
  const isolation = crossOriginIsolated ? 'WASM threads' : 'no WASM threads';
  return `${browser}, ${cores} logical processors, ${isolation}, ${gpu}; ${date.slice(0, 10)}`;
}

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[], right: number): string =>
  [head, head.map((_, i) => (i < right ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** `chart`: where the picture is, relative to the file. */
export function sectionOf(report: ExperimentReport, chart: string): string {
  const { dataset, machine, rounds, rows, gains, missing } = report;
  const { name } = DATASETS[dataset];
  const [first] = rows;
  return [
    `## ${name}: ${first?.model ?? 'no model'}`,
    `${machineText(machine)}. ${rounds} interleaved rounds; n = ${rounds} for every figure of speed. Medians, in brackets the ` +
      'distribution-free 95 % interval of the median.',
    `![Frames a second of every row on ${name}](${chart})`,
    tableOf(
      ['row', 'network', 'plan', 'engine', 'frames/s', 'latency, ms', 'top-1', '× baseline'],
      rows.map((row) => [
        ROW_NAMES[row.id],
        networkText(row),
        planLabel(row.plan),
        enginesText(row),
        estimateText(row.throughputFps),
        estimateText(row.latencyMs),
        accuracyCell(row),
        figure(row.gainOverFirst),
      ]),
      4,
    ),
    tableOf(
      ['gain', 'ratio of frames/s, paired by round', 'n'],
      gains.map((gain) => [meaningOf(gain), estimateText(gain), String(gain.n)]),
      1,
    ),
    [fusionText(report), accuracyText(report), paperText(report)].join(' '),
    ...[noiseText(report) ?? []].flat(),
    ...missing.map(({ row, reason }) => `Left out: ${ROW_NAMES[row]} – ${reason}.`),
  ].join('\n\n');
}

/** `64-33313331033`, what was deleted in brackets. */
export function networkText({ configuration, model, deletion }: ExperimentRow): string {
  const network = configuration === null ? model : `${model} ${configuration}`;
  if (!deletion) return network;
  const parts = [
    ...(deletion['1x1'] > 0 ? [`${deletion['1x1']} 1×1`] : []),
    ...(deletion.identity > 0 ? [`${deletion.identity} identity`] : []),
  ];
  return `${network}, ${parts.length === 0 ? 'nothing deleted' : `${parts.join(' and ')} branches deleted`}`;
}

const HEAD = `# Results

The ablation of arXiv 2411.00838, re-run by \`npm run ridgepoint -- experiment\`; nothing here is typed by hand. One command a data set
writes its section:

\`\`\`sh
npm run ridgepoint -- experiment --dataset mnist --data DIR --markdown docs/RESULTS.md
npm run ridgepoint -- experiment --dataset tiny-imagenet --data DIR --markdown docs/RESULTS.md
npm run ridgepoint -- experiment --dataset imagenet --data DIR --markdown docs/RESULTS.md
\`\`\`

All rows of a data set run in the same rounds, every other round the other way round, each as a saturated pipeline for at least
${SAMPLE.seconds} s and ${SAMPLE.minFrames} frames; a gain is the median of the rounds' ratios. Both forms run on the same engine; the rows “other engine” are the
check of that.
`;

const marker = (dataset: DatasetId, end: 'begin' | 'end'): string => `<!-- experiment ${dataset}: ${end} -->`;

/** The file with the data set's section in it; `before` is what it held, null where there was none. */
export function withSection(before: string | null, dataset: DatasetId, section: string): string {
  const text = before ?? HEAD;
  const [begin, end] = [marker(dataset, 'begin'), marker(dataset, 'end')];
  const own = `${begin}\n\n${section}\n\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${own}\n`;
  return text.slice(0, from) + own + text.slice(to + end.length);
}
