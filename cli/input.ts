/** @file Reading what the arguments name: files, models, profiles. Every failure says which file and why. */
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detailOf } from '../src/core/errors.ts';
import { configurationOf } from '../src/core/elastic/elastic.ts';
import { parseManifest, type Manifest } from '../src/core/manifest.ts';
import { parseProfile } from '../src/core/profile/parse.ts';
import type { DeviceProfile } from '../src/core/profile/profile.ts';
import { ok, type Result } from '../src/core/result.ts';
import type { ModelChoice } from '../src/playground/console-choices.ts';
import { fail, type CliError } from './failure.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODELS = join(ROOT, 'public', 'models');

const reasonOf = (thrown: unknown): string => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return code === 'ENOENT'
    ? 'there is no such file'
    : code === 'EISDIR'
      ? 'it is a folder'
      : detailOf(thrown);
};
const unreadable = (path: string, thrown: unknown) =>
  fail('file-unreadable', `Cannot read ${path}: ${reasonOf(thrown)}.`);

export async function readBytes(path: string): Promise<Result<Uint8Array, CliError>> {
  try {
    return ok(new Uint8Array(await readFile(path)));
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

/** For files that the page will read through the server. */
export async function checkReadable(path: string): Promise<Result<null, CliError>> {
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).isFile()
      ? ok(null)
      : fail('file-unreadable', `Cannot read ${path}: it is not a file.`);
  } catch (thrown) {
    return unreadable(path, thrown);
  }
}

const IMAGE = /[.](png|jpe?g|webp)$/i;

/** The images that are named: files as they are, folders by the images in them, in the order of their names. */
export async function imageFiles(paths: readonly string[]): Promise<Result<readonly string[], CliError>> {
  const files: string[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch(() => null);
    const inside = facts?.isDirectory()
      ? (await readdir(path)).filter((name) => IMAGE.test(name)).sort()
      : null;
    if (inside?.length === 0) return fail('file-unreadable', `${path} holds no PNG, JPEG or WebP image.`);
    for (const file of inside?.map((name) => join(path, name)) ?? [path]) {
      const readable = await checkReadable(file);
      if (!readable.ok) return readable;
      files.push(file);
    }
  }
  return ok(files);
}

export async function readProfile(path: string): Promise<Result<DeviceProfile, CliError>> {
  const bytes = await readBytes(path);
  if (!bytes.ok) return bytes;
  const profile = parseProfile(new TextDecoder().decode(bytes.value));
  return profile.ok
    ? profile
    : fail(profile.error.code, `${path} is not a Ridgepoint profile: ${profile.error.detail}.`);
}

/** Says so now, not after minutes of measuring, when a file cannot be written later. */
export async function checkWritable(path: string): Promise<Result<null, CliError>> {
  const cannot = (reason: string) => fail('file-unwritable', `Cannot write ${path}: ${reason}.`);
  const facts = await stat(path).catch(() => null);
  if (facts?.isDirectory()) return cannot('it is a folder');
  const parent = dirname(resolve(path));
  const target = facts ? path : parent;
  return access(target, constants.W_OK).then(
    () => ok(null),
    (thrown: unknown) =>
      cannot(facts ? detailOf(thrown) : `${parent} is not a folder that can be written to`),
  );
}

/** A model by id or by file. */
export interface ModelFile {
  readonly path: string;
  /** Null for an own file. */
  readonly shipped: { readonly id: string; readonly folder: string; readonly manifest: Manifest } | null;
  /** Id of the configuration that was asked for. */
  readonly configuration: string | undefined;
  /** Sizes of the dimensions that an own file leaves open. */
  readonly dimensions: Readonly<Record<string, number>>;
}

/** What to call a model in a text. */
export const nameOf = ({ path, shipped, configuration }: ModelFile): string =>
  `${shipped?.id ?? path}${configuration === undefined ? '' : `, configuration ${configuration}`}`;

/** `name` is a file where there is one or where it looks like one, else the id of a shipped model. */
export async function findModel(
  name: string,
  { configuration, dimensions = {} }: Partial<Pick<ModelFile, 'configuration' | 'dimensions'>> = {},
): Promise<Result<ModelFile, CliError>> {
  const facts = await stat(name).catch((thrown: unknown) => unreadable(name, thrown));
  const own = (path: string): Result<ModelFile, CliError> =>
    configuration === undefined
      ? ok({ path, shipped: null, configuration, dimensions })
      : fail('configuration-unknown', `${path} is a plain file and has no configurations.`);
  if (!('ok' in facts) && facts.isFile()) return own(name);
  if (name.endsWith('.onnx') || /[\\/]/.test(name)) {
    return 'ok' in facts ? facts : fail('file-unreadable', `Cannot read ${name}: it is not a file.`);
  }
  const folder = join(MODELS, name);
  const json = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null);
  if (json === null) {
    const ids = await readdir(MODELS).catch(() => []);
    return fail(
      'model-unknown',
      `There is no model “${name}”. Shipped: ${ids.join(', ') || 'none'}; or give an .onnx file.`,
    );
  }
  const parsed = parseManifest(JSON.parse(json));
  if (!parsed.ok)
    return fail(parsed.error.code, `The manifest of “${name}” is not valid: ${parsed.error.detail}.`);
  const manifest = parsed.value;
  const { elastic } = manifest;
  if (configuration !== undefined && !(elastic && configurationOf(elastic, configuration))) {
    const ids = elastic?.configurations.map(({ id }) => id) ?? [];
    return fail(
      'configuration-unknown',
      `${name} has no configuration “${configuration}”. It has: ${ids.join(', ') || 'only one'}.`,
    );
  }
  const shipped = { id: name, folder, manifest };
  return ok({ path: join(folder, manifest.file), shipped, configuration, dimensions });
}

/** A model's share of a request to the page: its id, or its file and where the page finds it. */
export function modelRequest({ shipped, path, configuration, dimensions }: ModelFile): {
  readonly argument: ModelChoice;
  readonly files: ReadonlyMap<string, string>;
} {
  if (shipped) {
    const argument = { model: shipped.id, ...(configuration === undefined ? {} : { configuration }) };
    return { argument, files: new Map() };
  }
  const pathname = servedAs('model', path);
  return { argument: { modelUrl: `.${pathname}`, dimensions }, files: new Map([[pathname, resolve(path)]]) };
}

/** Where the server shows a local file to the page; plain characters only, so that no URL escapes are needed. */
export const servedAs = (key: string | number, path: string): string =>
  `/cli/${key}/${basename(path).replace(/[^\w.-]/g, '_')}`;
