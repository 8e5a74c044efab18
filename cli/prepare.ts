/** @file Reads, composes and fuses a model in Node, as the page's model worker does: no browser is needed. */
import { join } from 'node:path';
import { composeConfiguration } from '../src/core/elastic/compose.ts';
import { configurationOf } from '../src/core/elastic/elastic.ts';
import { prepareForms, readModel, type PreparedModel, type SourceModel } from '../src/core/prepare-model.ts';
import { ok, type Result } from '../src/core/result.ts';
import { failOn, type CliError } from './failure.ts';
import { readBytes, type ModelFile } from './input.ts';

/** Both forms of a model in the configuration that was asked for, or else in its default one. */
export async function prepareFile(file: ModelFile): Promise<Result<PreparedModel, CliError>> {
  const bytes = await readBytes(file.path);
  if (!bytes.ok) return bytes;
  const source = readModel(bytes.value, file.dimensions);
  if (!source.ok) return failOn(file.path, source.error);
  const composed = await compose(file, source.value);
  if (!composed.ok) return composed;
  const prepared = prepareForms(composed.value);
  return prepared.ok ? prepared : failOn(file.path, prepared.error);
}

async function compose(
  { path, shipped, configuration: wanted }: ModelFile,
  source: SourceModel,
): Promise<Result<SourceModel, CliError>> {
  const elastic = shipped?.manifest.elastic;
  const configuration = elastic && configurationOf(elastic, wanted ?? elastic.default);
  if (!shipped || !configuration) return ok(source);
  const statistics = elastic.calibration
    ? await readBytes(join(shipped.folder, elastic.calibration.file))
    : ok(new Uint8Array());
  if (!statistics.ok) return statistics;
  const model = composeConfiguration(source.model, elastic, configuration, Uint8Array.from(statistics.value));
  return model.ok ? ok({ ...source, model: model.value }) : failOn(path, model.error);
}
