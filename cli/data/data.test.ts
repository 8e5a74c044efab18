/** @file Reading data sets: IDX, tar, and what the page is shown of them. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ImageIndex } from '../../src/playground/experiment/labelled-images.ts';
import { folder } from '../testing/run.ts';
import { parseIdx } from './idx.ts';
import { readLabelled } from './labelled-images.ts';
import { batchesOf, serveImages } from './serve-images.ts';
import { chunksOf, readTar } from './tar.ts';

const idx = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...values]);

describe('parseIdx', () => {
  const file = idx([2, 1, 3], [1, 2, 3, 4, 5, 6]);
  it.each([
    ['plain', file],
    ['gzipped', new Uint8Array(gzipSync(file))],
  ])('reads a %s file', (_, bytes) => {
    const { shape, values } = parseIdx(bytes);
    expect(shape).toEqual([2, 1, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('says what is wrong with a file', () => {
    expect(() => parseIdx(Uint8Array.from([0, 0, 9, 1, 0, 0, 0, 0]))).toThrow('not an IDX file');
    expect(() => parseIdx(new Uint8Array())).toThrow('not an IDX file');
    expect(() => parseIdx(file.slice(0, -1))).toThrow('5 values, and says 6');
  });
});

/** As the system's own tar writes it; `format` gnu or pax. */
async function tarOf(
  root: string,
  files: Readonly<Record<string, string>>,
  ...options: string[]
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, 'in', name)), { recursive: true });
    await writeFile(join(root, 'in', name), text);
  }
  execFileSync('tar', [...options, '-f', join(root, 'out.tar'), '-C', join(root, 'in'), '-c', '.']);
}

async function contentsOf(path: string, wants: (name: string) => boolean = () => true) {
  const found: [string, string][] = [];
  for await (const { name, bytes } of readTar(chunksOf(path), wants))
    found.push([name, new TextDecoder().decode(bytes)]);
  return Object.fromEntries(found);
}

describe('readTar', () => {
  const long = `${'deep/'.repeat(40)}${'name'.repeat(30)}.txt`;
  const files = { 'a.txt': 'first', 'b/c.txt': 'x'.repeat(5000), [long]: 'long', 'empty.txt': '' };
  it.each(['gnu', 'pax'])('reads what tar wrote in the %s format', async (format) => {
    const here = await folder();
    await tarOf(here.path(''), files, `--format=${format}`);
    expect(await contentsOf(here.path('out.tar'))).toEqual(files);
    expect(await contentsOf(here.path('out.tar'), (name) => name === 'a.txt')).toEqual({ 'a.txt': 'first' });
  });
  it('reads a gzipped archive, byte by byte too', async () => {
    const here = await folder();
    await tarOf(here.path(''), { 'a.txt': 'first' });
    const bytes = await readFile(here.path('out.tar'));
    const path = await here.write('out.tar.gz', gzipSync(bytes));
    expect(await contentsOf(path)).toEqual({ 'a.txt': 'first' });
    const crumbs = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i++) yield await Promise.resolve(bytes.subarray(i, i + 1));
    };
    const names: string[] = [];
    for await (const { name } of readTar(crumbs(), () => true)) names.push(name);
    expect(names).toEqual(['a.txt']);
  });
  it('says what is wrong with an archive', async () => {
    const here = await folder();
    await tarOf(here.path(''), { 'a.txt': 'y'.repeat(3000) });
    const bytes = await readFile(here.path('out.tar'));
    const cut = await here.write('cut.tar', bytes.subarray(0, bytes.indexOf('yyy') + 100));
    await expect(contentsOf(cut)).rejects.toThrow('ends in the middle');
    const other = await here.write('other.tar', 'z'.repeat(2000));
    await expect(contentsOf(other)).rejects.toThrow('not a tar archive');
  });
});

describe('readLabelled', () => {
  it('reads the test digits, and refuses labels that are not as many', async () => {
    const here = await folder();
    await here.write('t10k-images-idx3-ubyte.gz', gzipSync(idx([2, 1, 2], [1, 2, 3, 4])));
    await here.write('t10k-labels-idx1-ubyte', idx([2], [7, 5]));
    const { gray, images } = await readLabelled('mnist', here.path(''));
    expect(gray).toEqual({ width: 2, height: 1 });
    expect(images.map(({ label, bytes }) => [label, ...bytes])).toEqual([
      [7, 1, 2],
      [5, 3, 4],
    ]);
    await here.write('t10k-labels-idx1-ubyte', idx([1], [7]));
    await expect(readLabelled('mnist', here.path(''))).rejects.toThrow('2 images have 1 labels');
  });
  it('reads Tiny-ImageNet from a folder and from an archive of it, by its own list', async () => {
    const files = {
      'tiny-imagenet-200/wnids.txt': 'n02\nn01\n',
      'tiny-imagenet-200/val/val_annotations.txt': 'v_0.JPEG\tn01\t0\t0\t9\t9\nv_1.JPEG\tn02\t0\t0\t9\t9\n',
      'tiny-imagenet-200/val/images/v_1.JPEG': 'one',
      'tiny-imagenet-200/val/images/v_0.JPEG': 'zero',
      'tiny-imagenet-200/train/n01/images/n01_0.JPEG': 'never read',
    };
    const here = await folder();
    await tarOf(here.path(''), files);
    for (const path of [here.path('in'), here.path('out.tar')]) {
      const { gray, images } = await readLabelled('tiny-imagenet', path);
      expect(gray).toBeNull();
      expect(images.map(({ name, label, bytes }) => [name, label, new TextDecoder().decode(bytes)])).toEqual([
        ['v_0.JPEG', 1, 'zero'],
        ['v_1.JPEG', 0, 'one'],
      ]);
    }
  });
  it('says what is missing', async () => {
    const here = await folder();
    await expect(readLabelled('imagenet', here.path(''))).rejects.toThrow('none of the images');
    await here.write('n01440764_tench.JPEG', 'a');
    await expect(readLabelled('imagenet', here.path(''))).rejects.toThrow('1 photos');
    await expect(readLabelled('tiny-imagenet', here.path(''))).rejects.toThrow('no wnids.txt');
  });
});

describe('serveImages', () => {
  const images = Array.from({ length: 5 }, (_, i) => ({
    name: `image ${i}`,
    label: i,
    bytes: new Uint8Array(10).fill(i),
  }));
  it('fills batches to the limit, and gives an image that is larger one of its own', () => {
    expect(batchesOf(images, 20).map((batch) => batch.map(({ label }) => label))).toEqual([
      [0, 1],
      [2, 3],
      [4],
    ]);
    expect(batchesOf(images, 5)).toHaveLength(5);
    expect(batchesOf([], 5)).toEqual([]);
  });
  it('writes an index and the bytes it tells of, and takes them away again', async () => {
    const { url, files, remove } = await serveImages({ gray: { width: 5, height: 2 }, images });
    const fileOf = (served: string): string => files.get(served.replace(/^[.]/, '')) ?? 'not served';
    const index = JSON.parse(await readFile(fileOf(url), 'utf8')) as ImageIndex;
    expect(index.gray).toEqual({ width: 5, height: 2 });
    expect(index.batches).toHaveLength(1);
    const bytes = await readFile(fileOf(index.batches[0]?.url ?? ''));
    expect(index.batches[0]?.images[3]).toEqual({ name: 'image 3', label: 3, bytes: 10 });
    expect([...bytes.subarray(30, 40)]).toEqual(Array.from({ length: 10 }, () => 3));
    await remove();
    await expect(stat(fileOf(url))).rejects.toThrow('ENOENT');
  });
});
