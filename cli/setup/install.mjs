/**
 * @file Installs the packages of package-lock.json with `npm ci`, only when node_modules does not already hold exactly
 * them. Runs with bare Node: it is what makes everything else runnable.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The root of the project, for every command that must work from any folder. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));

const OLDEST_NODE = 20;

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage */

/** @type {(text: string) => { packages: Record<string, LockedPackage> }} */
const parseLock = JSON.parse;

/** The packages of a lock file by folder, without the project itself; null when there is none. @param {string} file */
function lockedPackages(file) {
  try {
    const { packages } = parseLock(readFileSync(PROJECT_ROOT + file, 'utf8'));
    return new Map(Object.entries(packages).filter(([folder]) => folder !== ''));
  } catch {
    return null;
  }
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an installation: what it names is what is there. Packages
 * for other systems are in the lock file only.
 */
function isInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const present = lockedPackages('node_modules/.package-lock.json');
  if (wanted === null || present === null) return false;
  return [...wanted].every(([folder, { version, optional = false, devOptional = false, peer = false }]) => {
    const found = present.get(folder);
    return found === undefined ? optional || devOptional || peer : found.version === version;
  });
}

/** Throws an Error with one line that says what to do. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Error(`Ridgepoint needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}.`);
  }
  if (isInstalled()) return;
  console.error('Installing packages (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error('npm ci failed (its output is above). Check the network, then run this again.');
}
