/**
 * @file Builds the page into dist/ when its inputs changed since the last build. A hash of their contents is kept beside
 * the build, because the times of a fresh clone's files say nothing.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PROJECT_ROOT } from './install.mjs';

/** Where the built page is. */
export const BUILD_FOLDER = join(PROJECT_ROOT, 'dist');

const INPUTS = ['index.html', 'vite.config.ts', 'package-lock.json', 'build', 'public', 'src'];
const STAMP = join(BUILD_FOLDER, '.inputs');

/** Every file under a path, in a fixed order, tests left out. @param {string} path @returns {readonly string[]} */
function filesUnder(path) {
  if (!statSync(join(PROJECT_ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(PROJECT_ROOT, path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`))
    .filter((file) => !/[.]test[.]tsx?$/.test(file));
}

function hashOfInputs() {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap(filesUnder)) {
    const bytes = readFileSync(join(PROJECT_ROOT, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function lastHash() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return null; // never built, or built by `vite build`, which empties the folder
  }
}

/** Throws an Error with one line when the build fails; its own messages are on stderr by then. */
export function ensureBuilt() {
  const hash = hashOfInputs();
  if (hash === lastHash()) return;
  console.error('Building the page …');
  const vite = join(PROJECT_ROOT, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The build failed (its output is above).');
  writeFileSync(STAMP, hash);
}
