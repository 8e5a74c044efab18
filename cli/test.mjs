/**
 * @file `npm test`: installs what is missing, finds a Chromium or installs one, builds, runs the unit, browser, end-to-end
 * and training suites to the end whatever fails, and closes with the line `N passed, N failed`.
 * `npm test -- --only unit` (or browser, e2e, training; may be given more than once) runs a part of it.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureInstalled, PROJECT_ROOT } from './setup/install.mjs';
import { findPython } from './setup/python.mjs';
import { countPlaywright, countPytest, countVitest, verdict } from './test-counts.mjs';

/**
 * @typedef {'chromium' | 'build'} Need
 * @typedef {object} Suite
 * @property {string} id
 * @property {readonly Need[]} needs
 * @property {() => { program: string } | { reason: string }} [find] what runs it, or why it has to be skipped; Node if left out
 * @property {(report: string) => readonly string[]} command arguments of the program; the report goes to the file `report`
 * @property {(text: string) => import('./test-counts.mjs').Counts} count
 */

/** @type {(text: string) => import('./test-counts.mjs').VitestReport} */
const parseVitest = JSON.parse;
/** @type {(text: string) => import('./test-counts.mjs').PlaywrightReport} */
const parsePlaywright = JSON.parse;

/** @param {string} project @returns {Suite['command']} */
const vitest = (project) => (report) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...['--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
];

/** @type {readonly Suite[]} */
const SUITES = [
  { id: 'unit', needs: [], command: vitest('unit'), count: (text) => countVitest(parseVitest(text)) },
  {
    id: 'browser',
    needs: ['chromium'],
    command: vitest('browser'),
    count: (text) => countVitest(parseVitest(text)),
  },
  {
    id: 'e2e',
    needs: ['chromium', 'build'],
    command: () => ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    count: (text) => countPlaywright(parsePlaywright(text)),
  },
  {
    id: 'training',
    needs: [],
    find: () => {
      const found = findPython();
      return 'python' in found ? { program: found.python } : found;
    },
    command: (report) => ['-m', 'pytest', '-q', 'training', `--junitxml=${report}`],
    count: countPytest,
  },
];

/** The suites that the command line asks for. */
function chosenSuites() {
  const ids = SUITES.map(({ id }) => id);
  const { only } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values;
  const unknown = (only ?? []).find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: the suites are ${ids.join(', ')}.`);
  return SUITES.filter(({ id }) => only?.includes(id) ?? true);
}

/** Provides what suites need; a failure is printed and returned, so that the other suites still run. */
async function provide() {
  /** @type {Set<Need>} */
  const missing = new Set();
  /** @param {Need} need @param {() => unknown} work */
  const attempt = async (need, work) => {
    try {
      await work();
    } catch (error) {
      missing.add(need);
      console.error(error instanceof Error ? error.message : error);
    }
  };
  await attempt('chromium', async () => {
    process.env['CHROME_PATH'] = await ensureChromium();
  });
  await attempt('build', ensureBuilt);
  return missing;
}

/** @param {Suite} suite @param {string} folder for the report */
function run(suite, folder) {
  const report = join(folder, `${suite.id}.report`);
  console.log(`\n== ${suite.id} ==`);
  const found = suite.find?.() ?? { program: process.execPath };
  if ('reason' in found) return { passed: 0, failed: 0, skipped: [`all of ${suite.id}: ${found.reason}`] };
  const { status } = spawnSync(found.program, suite.command(report), {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  try {
    return verdict(status, suite.count(readFileSync(report, 'utf8')));
  } catch {
    return verdict(status, null);
  }
}

/** @param {readonly Suite[]} suites */
async function runAll(suites) {
  const missing = suites.some(({ needs }) => needs.length > 0) ? await provide() : new Set();
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-test-'));
  let [passed, failed] = [0, 0];
  const lines = [''];
  for (const suite of suites) {
    const lacks = suite.needs.filter((need) => missing.has(need));
    const started = Date.now();
    const counts = lacks.length === 0 ? run(suite, folder) : verdict(1, null);
    const why = lacks.length === 0 ? '' : ` (not run: no ${lacks.join(', no ')})`;
    const seconds = Math.round((Date.now() - started) / 1000);
    passed += counts.passed;
    failed += counts.failed;
    lines.push(`${suite.id}: ${counts.passed} ok, ${counts.failed} not ok, ${seconds} s${why}`);
    lines.push(...counts.skipped.map((name) => `  skipped: ${name}`));
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(lines.join('\n'));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

try {
  const suites = chosenSuites();
  ensureInstalled();
  await runAll(suites);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
