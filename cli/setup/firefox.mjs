/**
 * @file Finds a stock Firefox for the second implementation of WebGPU, or installs one, and knows what it needs to compute on
 * lavapipe, Mesa's Vulkan on the CPU. Order: FIREFOX_PATH, firefox-esr, firefox; else Debian's packages where apt may be used,
 * else one line that says what to install. A browser counts only when it really starts.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const NAMES = ['firefox-esr', 'firefox'];

const PACKAGES = ['firefox-esr', 'mesa-vulkan-drivers'];

/** Where Linux distributions describe their Vulkan drivers. */
const DRIVERS = '/usr/share/vulkan/icd.d';

/** True when the program is there and starts. @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && /Firefox \d+/.test(stdout);
}

/**
 * The path of a Firefox that starts, or null. Throws when FIREFOX_PATH is set and does not start: what was asked for by name
 * is not replaced silently.
 * @returns {string | null}
 */
export function findFirefox() {
  const asked = process.env['FIREFOX_PATH'];
  if (asked !== undefined && asked !== '') {
    if (starts(asked)) return asked;
    throw new Error(`FIREFOX_PATH is ${asked}, which does not start. Correct it or unset it.`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(starts) ?? null;
}

/** The file that describes lavapipe to the Vulkan loader, or null. @returns {string | null} */
export function lavapipeIcd() {
  if (!existsSync(DRIVERS)) return null;
  const name = readdirSync(DRIVERS).find((file) => file.startsWith('lvp_icd') && file.endsWith('.json'));
  return name === undefined ? null : join(DRIVERS, name);
}

/** Runs a program; nothing of it reaches stdout, which may be a result that somebody reads. @param {readonly string[]} words */
function run(words) {
  const [program = '', ...rest] = words;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 2], env }).status === 0;
}

function installByApt() {
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (!run([...root, 'apt-get', '--version'])) return;
  console.error(`Installing the Debian packages ${PACKAGES.join(' and ')} …`);
  run([...root, 'apt-get', 'update', '-qq']);
  run([...root, 'apt-get', 'install', '-qq', '-y', '--no-install-recommends', ...PACKAGES]);
}

/**
 * The path of a Firefox that starts, with lavapipe beside it on Linux, both installed if need be. Throws one line that says
 * what to do where that is not possible.
 * @returns {string}
 */
export function ensureFirefox() {
  const hasDriver = () => process.platform !== 'linux' || lavapipeIcd() !== null;
  if (findFirefox() === null || !hasDriver()) installByApt();
  const found = findFirefox();
  if (found === null)
    throw new Error('No Firefox: install one (or set FIREFOX_PATH to one) and run this again.');
  if (!hasDriver())
    throw new Error("No lavapipe: install Mesa's Vulkan drivers (mesa-vulkan-drivers) and run this again.");
  return found;
}

/**
 * What differs from a fresh profile; everything else stays as Firefox ships it. Without `webgpu`, there is no `navigator.gpu`.
 * @param {{ webgpu: boolean }} options
 * @returns {Record<string, boolean>}
 */
export function firefoxPreferences({ webgpu }) {
  if (!webgpu) return { 'dom.webgpu.enabled': false };
  return {
    // Firefox ESR for Linux ships with WebGPU off: without this there is no `navigator.gpu`.
    'dom.webgpu.enabled': true,
    // Software drivers are on the block list: without this `requestAdapter()` answers null.
    'gfx.webgpu.ignore-blocklist': true,
  };
}

/**
 * The environment to start Firefox with: this process's own, and lavapipe as the only Vulkan driver, so that every machine
 * computes on the same adapter, with a GPU or without.
 * @returns {Record<string, string | undefined>}
 */
export function firefoxEnvironment() {
  const driver = lavapipeIcd();
  return driver === null ? { ...process.env } : { ...process.env, VK_ICD_FILENAMES: driver };
}
