/**
 * @file Finds a Chromium for the tests and the command line, or installs one, and knows the flags it needs.
 * Order: CHROME_PATH, a Chrome or Chromium of the system, Playwright's own; else Debian's package where apt may be used,
 * else Playwright's download; else one line that says what to install. A browser counts only when it really starts.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

const { LOCALAPPDATA, PROGRAMFILES, 'PROGRAMFILES(X86)': PROGRAMFILES_X86 } = process.env;

/** Where the installers of macOS and Windows put it. @type {readonly string[]} */
const USUAL_PLACES =
  process.platform === 'darwin'
    ? ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) => [
        `/Applications/${name}.app/Contents/MacOS/${name}`,
        join(process.env['HOME'] ?? '/', `Applications/${name}.app/Contents/MacOS/${name}`),
      ])
    : process.platform === 'win32'
      ? [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA]
          .filter((folder) => folder !== undefined)
          .flatMap((folder) => [
            join(folder, 'Google/Chrome/Application/chrome.exe'),
            join(folder, 'Chromium/Application/chrome.exe'),
            join(folder, 'Microsoft/Edge/Application/msedge.exe'),
          ])
      : [];

/** True when the program is there and starts. Windows has no `--version` that prints, so there the file is enough. @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && /\d+\.\d+/.test(stdout);
}

/** @returns {readonly string[]} */
function onPath() {
  if (process.platform === 'win32') return [];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** @returns {Promise<readonly string[]>} */
async function ofPlaywright() {
  try {
    const { chromium } = await import('playwright');
    return [chromium.executablePath()];
  } catch {
    return []; // not installed yet, or no build for this system
  }
}

/**
 * The path of a Chromium that starts, or null. Throws when CHROME_PATH is set and does not start: what was asked for by
 * name is not replaced silently.
 * @returns {Promise<string | null>}
 */
export async function findChromium() {
  const asked = process.env['CHROME_PATH'];
  if (asked !== undefined && asked !== '') {
    if (starts(asked)) return asked;
    throw new Error(`CHROME_PATH is ${asked}, which does not start. Correct it or unset it.`);
  }
  return [...onPath(), ...USUAL_PLACES].find(starts) ?? (await ofPlaywright()).find(starts) ?? null;
}

/** Runs a program. Nothing of it reaches stdout, which may be a result that somebody reads. @param {readonly string[]} words */
function run(words) {
  const [program = '', ...rest] = words;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 2], env }).status === 0;
}

/** The words before a command that make it run as root, or null where that needs a password. @returns {readonly string[] | null} */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null;
}

function installByApt() {
  const root = asRoot();
  if (root === null || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return;
  console.error('No Chromium found: installing the Debian package …');
  run([...root, 'apt-get', 'update', '-qq']);
  run([
    ...root,
    'apt-get',
    'install',
    '-qq',
    '-y',
    '--no-install-recommends',
    'chromium',
    'fonts-liberation',
  ]);
}

function installByPlaywright() {
  console.error("No Chromium found: downloading Playwright's …");
  const withDependencies = process.platform === 'linux' && asRoot() !== null ? ['--with-deps'] : [];
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  run([npx, '--no-install', 'playwright', 'install', ...withDependencies, 'chromium']);
}

/**
 * The path of a Chromium that starts, installed if need be. Throws one line that says what to do where that is not possible.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  for (const install of [() => undefined, installByApt, installByPlaywright]) {
    install();
    const found = await findChromium();
    if (found !== null) return found;
  }
  throw new Error(
    'No Chromium: install Google Chrome or Chromium (or set CHROME_PATH to one) and run this again.',
  );
}

/**
 * Flags for a headless Chromium. With `webgpu`, SwiftShader is the adapter, so WebGPU works without a GPU; without it,
 * `navigator.gpu` is there and `requestAdapter()` answers null, as on a machine whose GPU is blocked.
 * No `--use-angle` or `--use-gl`: they kill Chromium's GPU process at the import of a video frame.
 * @param {{ webgpu: boolean }} options
 * @returns {string[]}
 */
export function browserArgs({ webgpu }) {
  const unsandboxed = process.getuid?.() === 0 || process.env['CI'] !== undefined;
  return [
    '--headless',
    ...(unsandboxed ? ['--no-sandbox'] : []),
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-gpu']),
  ];
}
