/** @file Files of a data set, whether they lie in a folder or in an archive. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { chunksOf, readTar, type TarFile } from './tar.ts';

/** In no order; names are relative to `path`, with slashes. Rejects with a reason where something cannot be read. */
export async function* filesOf(path: string, wants: (name: string) => boolean): AsyncGenerator<TarFile> {
  if (!(await stat(path)).isDirectory()) {
    yield* readTar(chunksOf(path), wants);
    return;
  }
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(path, file).split(sep).join('/');
    if (entry.isFile() && wants(name)) yield { name, bytes: new Uint8Array(await readFile(file)) };
  }
}

/** The first of `names` that is in the folder, else `path` itself. */
export async function inside(path: string, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const found = join(path, name);
    if (await stat(found).catch(() => null)) return found;
  }
  return path;
}
