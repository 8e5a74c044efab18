/**
 * @file `ridgepoint compose`: composes the configurations of an elastic model in the page's model worker, times that, and
 * writes the same files in Node – whose bytes must be those of the browser.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { detailOf } from '../../src/core/errors.ts';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import { ok, type Result } from '../../src/core/result.ts';
import type { ComposedConfiguration } from '../../src/playground/compose-configurations.ts';
import type { ComposeReport } from '../../src/playground/console-api.ts';
import { bytes, figure } from '../../src/ui/number-format.ts';
import type { Command } from '../context.ts';
import { fail, type CliError } from '../failure.ts';
import { findModel, modelRequest, type ModelFile } from '../input.ts';
import { prepareFile } from '../prepare.ts';
import { columns } from '../table.ts';

function textOf({ model, configurations }: ComposeReport): string {
  const rows = configurations.map(({ id, milliseconds: { median, mad }, bytes: size }) => [
    `  ${id}`,
    figure(median),
    `± ${figure(mad)}`,
    bytes(size),
  ]);
  const slowest = Math.max(...configurations.map(({ milliseconds }) => milliseconds.median));
  const n = configurations[0]?.milliseconds.n ?? 0;
  return [
    `${model}: at most ${figure(slowest)} ms from weights to ONNX file (medians ± MAD of ${n}, performance.now, in the worker).`,
    '',
    columns([['  configuration', 'ms', '', 'file'], ...rows], [1, 2, 3]),
  ].join('\n');
}

/** Says so now, not after the browser has worked, when the folder cannot be written to. */
async function makeFolder(path: string): Promise<Result<null, CliError>> {
  try {
    await mkdir(path, { recursive: true });
    return ok(null);
  } catch (thrown) {
    return fail('file-unwritable', `Cannot make the folder ${path}: ${detailOf(thrown)}.`);
  }
}

/** The configuration's file as Node composes it, written if it is what the browser composed. */
async function write(
  folder: string,
  model: ModelFile,
  { id, sha256 }: ComposedConfiguration,
): Promise<Result<null, CliError>> {
  const prepared = await prepareFile({ ...model, configuration: id });
  if (!prepared.ok) return prepared;
  const onnx = serializeModel(prepared.value.forms.deploy.model);
  if (createHash('sha256').update(onnx).digest('hex') !== sha256)
    return fail('model-invalid', `Node and the browser compose ${id} to different bytes.`);
  try {
    await writeFile(join(folder, `${id}.onnx`), onnx);
    return ok(null);
  } catch (thrown) {
    return fail('file-unwritable', `Cannot write to ${folder}: ${detailOf(thrown)}.`);
  }
}

export const compose: Command = {
  name: 'compose',
  summary: 'compose the configurations of an elastic model: time and bytes of each',
  usage: ['compose --model ID [--configuration ID] [--out FOLDER]'],
  details:
    'Each configuration is composed 20 times in the browser’s model worker: branches chosen, statistics set, fused, written\n' +
    'as ONNX. With --out the files are kept; they are the same bytes as in the browser, or the command fails.',
  options: ['model', 'configuration', 'out'],
  wrongUsage: ({ files, model }) =>
    files.length > 0 || model === undefined || model.endsWith('.onnx')
      ? 'compose takes one shipped model: --model ID'
      : null,
  run: async ({ model: name = '', configuration, out }, { io, drive }) => {
    const model = await findModel(name, { configuration });
    if (!model.ok) return model;
    if (!model.value.shipped?.manifest.elastic)
      return fail('configuration-unknown', `${name} has no configurations to compose.`);
    const made = out === undefined ? ok(null) : await makeFolder(out);
    if (!made.ok) return made;
    const { argument, files } = modelRequest(model.value);
    const answer = await drive({ verb: 'compose', argument, files, webgpu: false }, io);
    if (!answer.ok) return answer;
    for (const each of out === undefined ? [] : answer.value.configurations) {
      const written = await write(out ?? '', model.value, each);
      if (!written.ok) return written;
    }
    return ok({ json: answer.value, text: textOf(answer.value) });
  },
};
