/** @file `ridgepoint experiment`: the paper's ablation re-run on this machine, as text, JSON and a section of a Markdown file. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { detailOf } from '../../src/core/errors.ts';
import { planLabel } from '../../src/core/planning/plan.ts';
import { ok, type Result } from '../../src/core/result.ts';
import { DATASETS, type DatasetId } from '../../src/playground/experiment/datasets.ts';
import { meaningOf } from '../../src/playground/experiment/gains.ts';
import type { ExperimentReport } from '../../src/playground/experiment/report.ts';
import {
  accuracyText,
  enginesText,
  fusionText,
  noiseText,
  paperText,
  ROW_NAMES,
} from '../../src/playground/experiment/row-text.ts';
import { figure } from '../../src/ui/number-format.ts';
import type { Command } from '../context.ts';
import { readLabelled } from '../data/labelled-images.ts';
import { serveImages, type ServedImages } from '../data/serve-images.ts';
import { chartOf } from '../experiment/chart.ts';
import {
  accuracyCell,
  estimateText,
  machineText,
  networkText,
  sectionOf,
  withSection,
} from '../experiment/markdown.ts';
import { fail, type CliError } from '../failure.ts';
import { checkWritable } from '../input.ts';
import { columns } from '../table.ts';

function textOf(report: ExperimentReport): string {
  const { dataset, machine, rounds, rows, gains, missing, seconds } = report;
  return [
    `${DATASETS[dataset].name} on ${machineText(machine)}`,
    `${rounds} interleaved rounds in ${figure(seconds)} s; medians [95 % interval of the median]`,
    '',
    columns(
      [
        ['', 'frames/s', 'ms', 'top-1', '× first'],
        ...rows.map((row) => [
          ROW_NAMES[row.id],
          estimateText(row.throughputFps),
          estimateText(row.latencyMs),
          accuracyCell(row),
          figure(row.gainOverFirst),
        ]),
      ],
      [1, 2, 3, 4],
    ),
    '',
    ...rows.map(
      (row) => `${ROW_NAMES[row.id]}: ${networkText(row)} on ${planLabel(row.plan)}, ${enginesText(row)}`,
    ),
    '',
    columns(
      [['Gains', '×', 'n'], ...gains.map((gain) => [meaningOf(gain), estimateText(gain), String(gain.n)])],
      [1, 2],
    ),
    '',
    fusionText(report),
    accuracyText(report),
    paperText(report),
    ...[noiseText(report) ?? []].flat(),
    ...missing.map(({ row, reason }) => `Left out: ${ROW_NAMES[row]} – ${reason}.`),
  ].join('\n');
}

async function servedFrom(
  dataset: DatasetId,
  path: string | undefined,
): Promise<Result<ServedImages | null, CliError>> {
  if (path === undefined) return ok(null);
  try {
    return ok(await serveImages(await readLabelled(dataset, path)));
  } catch (thrown) {
    return fail(
      'file-unreadable',
      `Cannot read ${DATASETS[dataset].name} from ${path}: ${detailOf(thrown)}.`,
    );
  }
}

async function writeMarkdown(path: string, report: ExperimentReport): Promise<Result<null, CliError>> {
  try {
    const before = await readFile(path, 'utf8').catch(() => null);
    const chart = `results-${report.dataset}.svg`;
    await writeFile(join(dirname(path), chart), chartOf(report));
    await writeFile(path, withSection(before, report.dataset, sectionOf(report, chart)));
    return ok(null);
  } catch (thrown) {
    return fail('file-unwritable', `Cannot write ${path}: ${detailOf(thrown)}.`);
  }
}

export const experiment: Command = {
  name: 'experiment',
  summary: 'the paper’s ablation on this machine: fusion, plan, both, co-design',
  usage: ['experiment --dataset mnist|tiny-imagenet|imagenet [--data PATH] [--rounds N] [--markdown FILE]'],
  details:
    'Measures the device, explores the designs, plans both forms, then runs all rows in the same rounds. With --data accuracy is\n' +
    'measured in the browser, on the images that the manifest’s figures are of; else it is the manifest’s. Minutes.',
  options: ['dataset', 'data', 'rounds', 'markdown'],
  wrongUsage: ({ dataset, files }) => {
    if (files.length > 0) return `experiment takes no files, but got ${files.join(' ')}`;
    return dataset === undefined ? 'experiment needs a --dataset' : null;
  },
  run: async ({ dataset = 'mnist', data, rounds, markdown }, { io, drive }) => {
    const writable = markdown === undefined ? ok(null) : await checkWritable(markdown);
    if (!writable.ok) return writable;
    const served = await servedFrom(dataset, data);
    if (!served.ok) return served;
    try {
      const argument = {
        dataset,
        ...(rounds === undefined ? {} : { rounds }),
        ...(served.value ? { images: served.value.url } : {}),
      };
      const files = served.value?.files ?? new Map<string, string>();
      const answer = await drive({ verb: 'experiment', argument, files, webgpu: true }, io);
      if (!answer.ok) return answer;
      const written = markdown === undefined ? ok(null) : await writeMarkdown(markdown, answer.value);
      return written.ok ? ok({ json: answer.value, text: textOf(answer.value) }) : written;
    } finally {
      await served.value?.remove();
    }
  },
};
