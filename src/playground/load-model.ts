/**
 * @file Use case: load a model – fetch its manifest, labels and ONNX with progress, check the bytes, fuse it in the model
 * worker. A failure changes nothing that was loaded before.
 */
import { transfer } from 'comlink';
import type { AppError } from '../core/errors.ts';
import { configurationOf } from '../core/elastic/elastic.ts';
import { elementCount } from '../core/graph/model.ts';
import { manifestOfConfiguration, parseLabels, parseManifest, type Manifest } from '../core/manifest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fetchBytes, fetchJson } from '../platform/fetch.ts';
import type { ModelClient } from '../workers/model.client.ts';
import type { ElasticSource, ModelDescription } from '../workers/model.api.ts';
import type { OwnModelFile } from './own-model-file.ts';

export interface ModelFiles {
  /** As it was published, of all configurations. */
  readonly published: Manifest;
  /** Of the configuration that is asked for. */
  readonly manifest: Manifest;
  readonly labels: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null for a model that comes in one configuration only. */
  readonly elastic: ElasticSource | null;
}

/** A model that the model worker could read and fuse. */
export interface OpenedModel {
  readonly files: Pick<ModelFiles, 'published' | 'manifest' | 'labels'>;
  /** Id of the configuration it is composed in; null where there is no choice. */
  readonly configuration: string | null;
  readonly description: ModelDescription;
  /** The visitor's own file, labels as far as they fit. */
  readonly own?: OwnModelFile;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
}

/** SHA-256 as hexadecimal digits; needs a secure context. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A file of the model with progress, its bytes checked against the manifest. */
async function fetchChecked(
  url: string,
  what: string,
  { bytes: total, sha256: expected }: { readonly bytes: number; readonly sha256: string },
  { signal, onProgress }: LoadOptions,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const bytes = await fetchBytes(url, what, signal, (loaded) =>
    onProgress('Loading the model', loaded / total),
  );
  if (!bytes.ok) return bytes;
  // crypto.subtle exists in secure contexts only; elsewhere the parser is the check.
  if (isSecureContext && (await sha256(bytes.value)) !== expected) {
    return err({ code: 'model-invalid', detail: 'the file does not match its checksum' });
  }
  return bytes;
}

/** The files of a shipped model, for the named configuration or its default one. */
export async function fetchModel(
  id: string,
  options: LoadOptions,
  configuration?: string,
): Promise<Result<ModelFiles>> {
  const { signal, onProgress } = options;
  const base = `./models/${id}`;
  const what = `The model “${id}”`;
  onProgress('Loading the model', null);
  const manifestJson = await fetchJson(`${base}/manifest.json`, what, signal);
  if (!manifestJson.ok) return manifestJson;
  const parsed = parseManifest(manifestJson.value);
  if (!parsed.ok) return parsed;
  const manifest = parsed.value;
  const labelsJson = await fetchJson(`${base}/${manifest.labels}`, 'The list of labels', signal);
  if (!labelsJson.ok) return labelsJson;
  const labels = parseLabels(labelsJson.value, manifest.output.classes);
  if (!labels.ok) return labels;
  const { elastic } = manifest;
  const wanted = configuration ?? elastic?.default;
  const chosen = elastic && wanted !== undefined ? configurationOf(elastic, wanted) : null;
  if (configuration !== undefined && !chosen)
    return err({ code: 'configuration-unknown', model: id, id: configuration });
  const bytes = await fetchChecked(`${base}/${manifest.file}`, what, manifest, options);
  if (!bytes.ok) return bytes;
  const files = { published: manifest, manifest, labels: labels.value, bytes: bytes.value, elastic: null };
  if (!elastic || !chosen) return ok(files);
  const calibration = elastic.calibration
    ? await fetchChecked(`${base}/${elastic.calibration.file}`, what, elastic.calibration, options)
    : ok(new Uint8Array());
  if (!calibration.ok) return calibration;
  return ok({
    ...files,
    manifest: manifestOfConfiguration(manifest, elastic, chosen),
    elastic: { elastic, calibration: calibration.value, configuration: chosen.id },
  });
}

export async function openModel(
  files: ModelFiles,
  worker: ModelClient,
  { onProgress }: LoadOptions,
): Promise<Result<ModelDescription>> {
  onProgress('Reading and fusing the model', null);
  const { bytes, elastic, manifest } = files;
  const opened = await worker.call((remote) => remote.open(bytes, { elastic: elastic ?? undefined }));
  return opened.ok ? checkAgainst(manifest, opened.value) : opened;
}

/** The files of a shipped model, read and fused in a worker. */
export async function openFiles(
  files: ModelFiles,
  worker: ModelClient,
  options: LoadOptions,
): Promise<Result<OpenedModel>> {
  const description = await openModel(files, worker, options);
  if (!description.ok) return description;
  return ok({ files, configuration: files.elastic?.configuration ?? null, description: description.value });
}

/** The description, if the manifest says the same of input and output. */
export function checkAgainst(manifest: Manifest, description: ModelDescription): Result<ModelDescription> {
  const expected = manifest.input.shape;
  const found = description.forms.deploy.input.shape;
  if (expected.some((size, i) => size !== found[i])) {
    return err({
      code: 'manifest-invalid',
      detail: `input.shape is [${expected.join()}], the model has [${found.join()}]`,
    });
  }
  const { classes } = manifest.output;
  const outputs = elementCount(description.forms.deploy.output.shape);
  if (classes !== outputs) {
    return err({
      code: 'manifest-invalid',
      detail: `output.classes is ${classes}, the model has ${outputs}`,
    });
  }
  return ok(description);
}

/** A manifest for a visitor's own file: nothing is known but its shapes, so pictures are scaled to −1…1. */
function manifestOf(name: string, bytes: number, description: ModelDescription): Result<Manifest> {
  const { input, output } = description.forms.deploy;
  const channels = input.shape[1] ?? 0;
  const each = Array.from({ length: channels }, () => 127.5);
  return parseManifest({
    format: 'ridgepoint-model',
    version: 1,
    id: 'own-model',
    name,
    summary: 'Your own model',
    task: 'image-classification',
    file: 'model.onnx',
    bytes,
    sha256: '0'.repeat(64),
    storage: 'float32',
    input: {
      name: input.name,
      shape: input.shape,
      colour: channels === 1 ? 'gray' : 'rgb',
      cropFraction: 1,
      mean: each,
      std: each,
    },
    output: { name: output.name, classes: output.shape.at(-1) ?? 1 },
    labels: 'labels.json',
    accuracy: [],
    licence: { weights: 'unknown', source: 'your file', data: 'unknown' },
  });
}

/** Why a model is no image classifier for one picture at a time, or null if it is. */
function misfitOf({ forms }: ModelDescription): AppError | null {
  const { input, output, inputs, outputs, units } = forms.deploy;
  if (inputs.length > 1 || outputs.length > 1) {
    const detail = `it has ${inputs.length} inputs and ${outputs.length} outputs, not one of each`;
    return { code: 'model-unsupported', node: input.name, detail };
  }
  const [batch, channels] = input.shape;
  if (
    input.shape.length !== 4 ||
    batch !== 1 ||
    (channels !== 1 && channels !== 3) ||
    input.dtype !== 'float32'
  ) {
    const detail = `its input is ${input.dtype} [${input.shape.join(' × ')}], not float32 [1 × 1 or 3 × height × width]`;
    return { code: 'model-unsupported', node: input.name, detail };
  }
  if (units.length === 0 || output.dtype !== 'float32') {
    const detail =
      units.length === 0
        ? 'the shape of its output is known only when it runs'
        : `its output is ${output.dtype}, not float32`;
    return { code: 'model-unsupported', node: output.name, detail };
  }
  if (elementCount(output.shape) !== output.shape.at(-1)) {
    const detail = `its output is [${output.shape.join(' × ')}], not one score a class`;
    return { code: 'model-unsupported', node: output.name, detail };
  }
  return null;
}

/** Opens a visitor's own ONNX file; classes are numbered where no labels came with it. */
export async function openOwnModel(own: OwnModelFile, worker: ModelClient): Promise<Result<OpenedModel>> {
  const { name, file, dimensions, labels: given } = own;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const opened = await worker.call((remote) =>
    remote.open(transfer(bytes, [bytes.buffer]), { bindings: dimensions }),
  );
  if (!opened.ok) return opened;
  const unfit = misfitOf(opened.value);
  if (unfit) return err(unfit);
  const manifest = manifestOf(name, file.size, opened.value);
  if (!manifest.ok) return manifest;
  const { classes } = manifest.value.output;
  const labels = given?.length === classes ? given : Array.from({ length: classes }, (_, i) => `class ${i}`);
  const files = { published: manifest.value, manifest: manifest.value, labels };
  return ok({
    files,
    configuration: null,
    description: opened.value,
    own: { ...own, labels: given?.length === classes ? given : null },
  });
}
