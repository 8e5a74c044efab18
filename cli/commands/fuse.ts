/**
 * @file `ridgepoint fuse`: folds batch norms and merges linear branches into one convolution each, and writes the result.
 * Fusing needs no browser; proving that the outputs stayed the same does, because it runs both forms on the page's engine.
 */
import { writeFile } from 'node:fs/promises';
import { detailOf } from '../../src/core/errors.ts';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import type { FusionReport } from '../../src/core/reparam/fuse.ts';
import { median } from '../../src/core/stats.ts';
import { ok, type Result } from '../../src/core/result.ts';
import type { FuseReport } from '../../src/playground/console-api.ts';
import type { Command } from '../context.ts';
import { fail, type CliError } from '../failure.ts';
import { figure } from '../../src/ui/number-format.ts';
import { differenceText, ratio } from '../figures.ts';
import { checkWritable, findModel, modelRequest, nameOf } from '../input.ts';
import { prepareFile } from '../prepare.ts';
import { columns } from '../table.ts';

function operatorTable({ before, after }: FusionReport): string {
  const names = [...new Set([...Object.keys(before.operators), ...Object.keys(after.operators)])].sort();
  const count = (operators: Readonly<Record<string, number>>, name: string): string =>
    String(operators[name] ?? 0);
  return columns(
    [
      ['  operator', 'before', 'after'],
      ...names.map((name) => [`  ${name}`, count(before.operators, name), count(after.operators, name)]),
      ['  nodes', String(before.nodes), String(after.nodes)],
    ],
    [1, 2],
  );
}

/** Reasons with how many nodes have each: fifteen residual additions are one line. */
function keptLines({ kept }: FusionReport): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { node, reason } of kept) byReason.set(reason, [...(byReason.get(reason) ?? []), node]);
  return [...byReason].map(([reason, nodes]) => {
    const named = nodes.slice(0, 3).join(', ');
    return `  kept ${nodes.length}: ${reason} (${named}${nodes.length > 3 ? ' …' : ''})`;
  });
}

function equivalenceText(equivalence: FuseReport['equivalence']): string {
  if (!equivalence) return 'Outputs not compared: that needs a browser (--check).';
  const { maxAbsDifference, maxRelDifference, n, processor, seconds } = equivalence;
  const milliseconds = (value: number): string => `${figure(value * 1000)} ms`;
  return (
    `Largest difference of the outputs: ${differenceText(maxAbsDifference)} absolute, ` +
    `${differenceText(maxRelDifference)} relative (${n} random inputs, ${processor}).\n` +
    `One run takes ${milliseconds(seconds.multiBranch)} before and ${milliseconds(seconds.deploy)} after fusion: ` +
    `${ratio(seconds.multiBranch / seconds.deploy)} as fast (medians, n ${seconds.n} each, performance.now).`
  );
}

function workerText(seconds: FuseReport['workerSeconds']): readonly string[] {
  const middle = median(seconds ?? []);
  return middle === null
    ? []
    : [
        `Reading, fusing and writing it takes ${figure(middle * 1000)} ms in the page’s worker ` +
          `(median of ${seconds?.length ?? 0}, performance.now).`,
      ];
}

function textOf(name: string, report: FuseReport, output: string | undefined): string {
  return [
    `${name}: ${report.merged} of ${report.before.nodes} nodes merged.`,
    '',
    operatorTable(report),
    '',
    ...keptLines(report),
    equivalenceText(report.equivalence),
    ...workerText(report.workerSeconds),
    ...(output === undefined ? [] : [`Written: ${output}`]),
  ].join('\n');
}

async function write(path: string, bytes: Uint8Array): Promise<Result<null, CliError>> {
  try {
    await writeFile(path, bytes);
    return ok(null);
  } catch (thrown) {
    return fail('file-unwritable', `Cannot write ${path}: ${detailOf(thrown)}.`);
  }
}

export const fuse: Command = {
  name: 'fuse',
  summary: 'fuse a multi-branch model exactly, and write it as ONNX',
  usage: [
    'fuse IN.onnx [OUT.onnx] [--dimension NAME=SIZE …] [--check]',
    'fuse --model ID [--configuration ID] [OUT.onnx]',
  ],
  details:
    'A file is fused without a browser; --check, and a shipped model by its id, also run both forms in one and give the\n' +
    'largest difference of their outputs. Of an elastic model the configuration is composed first.',
  options: ['model', 'configuration', 'dimensions', 'check'],
  wrongUsage: ({ files, model, configuration }) => {
    if (model === undefined && configuration !== undefined)
      return 'a configuration is one of a shipped model: name it by --model';
    const most = model === undefined ? 2 : 1;
    if (files.length > most) return `fuse takes at most ${most} file${most === 1 ? ' besides --model' : 's'}`;
    return model === undefined && files.length === 0 ? 'fuse needs a model: a file, or --model' : null;
  },
  run: async ({ files, model: name, configuration, dimensions, check }, { io, drive }) => {
    const [input = '', output] = name === undefined ? files : [name, ...files];
    const model = await findModel(input, { configuration, dimensions });
    if (!model.ok) return model;
    const writable = output === undefined ? ok(null) : await checkWritable(output);
    if (!writable.ok) return writable;
    const prepared = await prepareFile(model.value);
    if (!prepared.ok) return prepared;
    const { forms, fusion } = prepared.value;
    let report: FuseReport = {
      ...fusion,
      maxAbsDifference: null,
      maxRelDifference: null,
      equivalence: null,
      workerSeconds: null,
    };
    if (check || model.value.shipped) {
      const { argument, files: served } = modelRequest(model.value);
      const answer = await drive({ verb: 'fuse', argument, files: served, webgpu: false }, io);
      if (!answer.ok) return answer;
      report = answer.value;
    }
    const written = output === undefined ? ok(null) : await write(output, serializeModel(forms.deploy.model));
    return written.ok ? ok({ json: report, text: textOf(nameOf(model.value), report, output) }) : written;
  },
};
