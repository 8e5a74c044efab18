/**
 * @file Labelled images that a page reads in batches, so that ten thousand of them need neither ten thousand requests nor all
 * memory at once: an index, and files in which the images of a batch stand one after another.
 */
import * as v from 'valibot';
import { err, ok, type Result } from '../../core/result.ts';
import { decodeImage } from '../../platform/canvas-source.ts';
import { fetchBytes, fetchJson } from '../../platform/fetch.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const IndexSchema = v.object({
  /** Of an image that is plain gray bytes, row by row; null where images are files that the browser decodes. */
  gray: v.nullable(v.object({ width: positive, height: positive })),
  batches: v.array(
    v.object({
      /** Relative to the page. */
      url: v.string(),
      /** In the order of the bytes. */
      images: v.array(v.object({ name: v.string(), label: count, bytes: positive })),
    }),
  ),
});

export type ImageIndex = v.InferOutput<typeof IndexSchema>;

export interface LabelledImage {
  readonly label: number;
  /** The reader's to close. */
  readonly bitmap: ImageBitmap;
}

export async function fetchIndex(url: string, signal: AbortSignal): Promise<Result<ImageIndex>> {
  const json = await fetchJson(url, 'The index of the images', signal);
  if (!json.ok) return json;
  const parsed = v.safeParse(IndexSchema, json.value);
  return parsed.success ? ok(parsed.output) : err({ code: 'image-invalid', name: 'the index of the images' });
}

/** The images of one batch. A batch that is shorter or longer than its index says is `image-invalid`, as is one that does not decode. */
export async function* imagesOf(
  { gray }: ImageIndex,
  batch: ImageIndex['batches'][number],
  signal: AbortSignal,
): AsyncGenerator<Result<LabelledImage>> {
  const bytes = await fetchBytes(batch.url, 'The images', signal, () => undefined);
  if (!bytes.ok) {
    yield bytes;
    return;
  }
  const total = batch.images.reduce((sum, image) => sum + image.bytes, 0);
  if (total !== bytes.value.length) {
    yield err({ code: 'image-invalid', name: batch.url });
    return;
  }
  let at = 0;
  for (const { name, label, bytes: length } of batch.images) {
    const own = bytes.value.subarray(at, at + length);
    at += length;
    const bitmap = gray ? await grayBitmap(own, gray, name) : await decodeImage(new Blob([own]), name);
    yield bitmap.ok ? ok({ label, bitmap: bitmap.value }) : bitmap;
    if (!bitmap.ok) return;
  }
}

async function grayBitmap(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
): Promise<Result<ImageBitmap>> {
  if (bytes.length !== width * height) return err({ code: 'image-invalid', name });
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  // 0xAABBGGRR on every machine that runs a browser: they are all little-endian.
  bytes.forEach((value, i) => (words[i] = (0xff000000 | (value * 0x010101)) >>> 0));
  return ok(await createImageBitmap(pixels));
}
