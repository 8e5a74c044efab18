/** @file Use case: classify pictures through the same pre-processing and the same deploy form as the live view. */
import type { EngineId, EnginePreference } from '../core/engine.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeImage } from '../platform/canvas-source.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { Segments } from './plan-request.ts';
import type { LoadedModel } from './state.ts';

export interface NamedImage {
  readonly name: string;
  readonly blob: Blob;
}

export interface ClassifiedImage {
  readonly image: string;
  /** Best first, at most five. */
  readonly top: readonly { readonly index: number; readonly label: string; readonly probability: number }[];
  /** Pre-processing and inference; decoding the file is not in it. */
  readonly latencyMs: number;
}

export interface ClassifiedImages {
  /** Which one ran the model. */
  readonly engine: EngineId;
  /** One a picture, in order. */
  readonly results: readonly ClassifiedImage[];
}

export interface ClassifyWork {
  readonly model: LoadedModel;
  readonly client: StageClient;
  readonly segments: Segments;
  /** What the processor prefers if left out. */
  readonly engine: EnginePreference | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
}

/** A picture that cannot be decoded ends it: `image-invalid`. */
export async function classifyImages(
  images: readonly NamedImage[],
  { model, client: { worker }, segments, engine, signal, onProgress }: ClassifyWork,
): Promise<Result<ClassifiedImages>> {
  const { manifest, labels, description } = model;
  const bytes = await segments(0, description.forms.deploy.units.length - 1);
  if (!bytes.ok) return bytes;
  const loaded = await worker.call((remote) => remote.load('classify', bytes.value, engine));
  if (!loaded.ok) return loaded;
  const results: ClassifiedImage[] = [];
  for (const [i, { name, blob }] of images.entries()) {
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress('Classifying', i / images.length);
    const bitmap = await decodeImage(blob, name);
    if (!bitmap.ok) return bitmap;
    const classified = await worker.call((remote) =>
      remote.classify('classify', bitmap.value, manifest.input),
    );
    if (!classified.ok) return classified;
    const top = classified.value.top.map((entry) => ({
      ...entry,
      label: labels[entry.index] ?? `class ${entry.index}`,
    }));
    results.push({ image: name, top, latencyMs: classified.value.seconds * 1000 });
  }
  await worker.call((remote) => remote.unload('classify'));
  return ok({ engine: loaded.value.engine, results });
}
