/**
 * @file The labelled images on which a data set's accuracies were measured by training/: the 10,000 test digits of MNIST, the 5,000
 * validation images of Tiny-ImageNet, the 300 sample photos of ImageNet.
 */
import { readFile } from 'node:fs/promises';
import type { DatasetId } from '../../src/playground/experiment/datasets.ts';
import type { ImageIndex } from '../../src/playground/experiment/labelled-images.ts';
import { filesOf, inside } from './folder.ts';
import { parseIdx, type Idx } from './idx.ts';

export interface LabelledBytes {
  readonly name: string;
  readonly label: number;
  readonly bytes: Uint8Array;
}

export interface LabelledSet {
  readonly gray: ImageIndex['gray'];
  readonly images: readonly LabelledBytes[];
}

/** From a folder that holds the data set, or its folder or archive, or the archive itself. Rejects with a reason. */
export async function readLabelled(dataset: DatasetId, path: string): Promise<LabelledSet> {
  const readers = { mnist: readMnist, 'tiny-imagenet': readTinyImageNet, imagenet: readPhotos };
  const set = await readers[dataset](path);
  if (set.images.length === 0) throw new Error('it holds none of the images');
  return set;
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

async function readIdx(folder: string, name: string): Promise<Idx> {
  return parseIdx(await readFile(await inside(folder, [name, `${name}.gz`])));
}

async function readMnist(path: string): Promise<LabelledSet> {
  const folder = await inside(path, ['mnist']);
  const images = await readIdx(folder, 't10k-images-idx3-ubyte');
  const labels = await readIdx(folder, 't10k-labels-idx1-ubyte');
  const [count = 0, height = 0, width = 0] = images.shape;
  if (labels.values.length !== count) throw new Error(`${count} images have ${labels.values.length} labels`);
  const size = width * height;
  return {
    gray: { width, height },
    images: Array.from(labels.values, (label, i) => ({
      name: `digit ${i}`,
      label,
      bytes: images.values.subarray(i * size, (i + 1) * size),
    })),
  };
}

/** Its labels are places in `wnids.txt`. */
async function readTinyImageNet(path: string): Promise<LabelledSet> {
  const source = await inside(path, ['tiny-imagenet-200', 'tiny-imagenet-200.tar.gz']);
  const texts = new Map<string, string>();
  const pictures = new Map<string, Uint8Array>();
  for await (const { name, bytes } of filesOf(source, (name) =>
    /(^|\/)(wnids[.]txt|val\/val_annotations[.]txt|val\/images\/[^/]+[.]JPEG)$/.test(name),
  )) {
    const last = baseOf(name);
    if (last.endsWith('.txt')) texts.set(last, new TextDecoder().decode(bytes));
    else pictures.set(last, bytes);
  }
  const linesOf = (name: string): readonly string[] => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`it holds no ${name}`);
    return text.split('\n').filter((line) => line !== '');
  };
  const classes = new Map(linesOf('wnids.txt').map((wnid, i) => [wnid.trim(), i]));
  return {
    gray: null,
    images: linesOf('val_annotations.txt').map((line) => {
      const [name = '', wnid = ''] = line.split('\t');
      const [bytes, label] = [pictures.get(name), classes.get(wnid)];
      if (!bytes || label === undefined) throw new Error(`it holds no image or no class of ${name}`);
      return { name, label, bytes };
    }),
  };
}

/** Three classes of every ten: the i-th in the order of names shows class 10 ⌊i/3⌋ + i mod 3. */
async function readPhotos(path: string): Promise<LabelledSet> {
  const source = await inside(path, ['imagenet-sample-300', 'imagenet-sample-300.tar.gz']);
  const photos: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  for await (const { name, bytes } of filesOf(source, (name) => /(^|\/)n\d{8}_[^/]+[.]JPEG$/.test(name)))
    photos.push({ name: baseOf(name), bytes });
  photos.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (photos.length > 0 && photos.length !== 300)
    throw new Error(`it holds ${photos.length} photos; the classes of 300 are known`);
  return {
    gray: null,
    images: photos.map((photo, i) => ({ ...photo, label: 10 * Math.floor(i / 3) + (i % 3) })),
  };
}
