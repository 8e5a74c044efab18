/** @file Writes labelled images where the server can show them to the page: an index, and files of many images each. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageIndex } from '../../src/playground/experiment/labelled-images.ts';
import type { LabelledBytes, LabelledSet } from './labelled-images.ts';

/** A batch is full at so many bytes: the page holds one at a time. */
const BATCH_BYTES = 2_000_000;

export interface ServedImages {
  /** Of the index, for the page. */
  readonly url: string;
  /** Pathname on the server → file on disk. */
  readonly files: ReadonlyMap<string, string>;
  /** Takes the files from the disk. */
  readonly remove: () => Promise<void>;
}

/** In their order, at least one a batch. */
export function batchesOf(
  images: readonly LabelledBytes[],
  limit: number,
): readonly (readonly LabelledBytes[])[] {
  const batches: LabelledBytes[][] = [];
  let [batch, size]: [LabelledBytes[], number] = [[], Infinity];
  for (const image of images) {
    if (size + image.bytes.length > limit) {
      [batch, size] = [[], 0];
      batches.push(batch);
    }
    batch.push(image);
    size += image.bytes.length;
  }
  return batches;
}

export async function serveImages({ gray, images }: LabelledSet): Promise<ServedImages> {
  const folder = await mkdtemp(join(tmpdir(), 'ridgepoint-images-'));
  const files = new Map<string, string>();
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    const [pathname, file] = [`/cli/images/${name}`, join(folder, name)];
    await writeFile(file, content);
    files.set(pathname, file);
    return `.${pathname}`;
  };
  const batches: ImageIndex['batches'] = [];
  for (const [i, batch] of batchesOf(images, BATCH_BYTES).entries()) {
    const url = await write(`${i}.bin`, Buffer.concat(batch.map(({ bytes }) => bytes)));
    const entries = batch.map(({ name, label, bytes }) => ({ name, label, bytes: bytes.length }));
    batches.push({ url, images: entries });
  }
  const index: ImageIndex = { gray, batches };
  const url = await write('index.json', JSON.stringify(index));
  return { url, files, remove: () => rm(folder, { recursive: true, force: true }) };
}
