/**
 * @file `npm test`: installs what is missing, finds a Chromium or installs one, builds, runs the unit, training, browser and
 * end-to-end suites to the end whatever fails, and closes with the line `N passed, N failed`. Training, most of which is
 * installing, begins first and runs beside all that does not measure; what it says is shown when its turn comes.
 * `npm test -- --only unit` (or training, browser, e2e; may be given more than once) runs a part of it.
 */
import { spawn, spawnSync } from 'node:child_process';
import console from 'node:console';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureInstalled, PROJECT_ROOT } from './setup/install.mjs';
import { findPython } from './setup/python.mjs';
import { countPlaywright, countPytest, countSuite, countVitest, verdict } from './test-counts.mjs';

/**
 * @typedef {'packages' | 'chromium' | 'build'} Need
 * @typedef {import('./test-counts.mjs').Counts} Counts
 * @typedef {object} Suite
 * @property {string} id
 * @property {readonly Need[]} needs
 * @property {() => { program: string } | { reason: string }} [find] what runs it, or why it has to be skipped; Node if left out
 * @property {(report: string) => readonly string[]} command arguments of the program; the report goes to the file `report`
 * @property {(text: string) => Counts} count
 * @property {boolean} [beside] may run beside others, in a process of its own
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
  {
    id: 'unit',
    needs: ['packages'],
    command: vitest('unit'),
    count: (text) => countVitest(parseVitest(text)),
  },
  // Before those that measure: nothing runs beside them.
  {
    id: 'training',
    needs: [],
    find: () => {
      const found = findPython();
      return 'python' in found ? { program: found.python } : found;
    },
    command: (report) => ['-m', 'pytest', '-q', 'training', `--junitxml=${report}`],
    count: countPytest,
    beside: true,
  },
  {
    id: 'browser',
    needs: ['packages', 'chromium'],
    command: vitest('browser'),
    count: (text) => countVitest(parseVitest(text)),
  },
  {
    id: 'e2e',
    needs: ['packages', 'chromium', 'build'],
    command: () => ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    count: (text) => countPlaywright(parsePlaywright(text)),
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

/** @type {Readonly<Record<Need, () => unknown>>} */
const PROVIDE = {
  packages: ensureInstalled,
  chromium: async () => {
    process.env['CHROME_PATH'] = await ensureChromium();
  },
  build: ensureBuilt,
};

/**
 * Provides what suites need; a failure is printed and returned, so that what does without still runs.
 * @param {readonly Need[]} needs in the order in which they need one another
 */
async function provide(needs) {
  /** @type {Set<Need>} */
  const missing = new Set();
  for (const need of new Set(needs)) {
    // Every other need has this one.
    if (missing.has('packages')) break;
    try {
      await PROVIDE[need]();
    } catch (error) {
      missing.add(need);
      console.error(error instanceof Error ? error.message : error);
    }
  }
  return missing;
}

/** @param {Suite} suite @param {string} folder for the report @returns {Counts} */
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

/**
 * A suite in a process of its own, begun now, with less right to the CPU. Its output goes to a file: nobody reads a pipe
 * while another suite runs.
 * @param {Suite} suite @param {string} folder for the file
 * @returns {() => Promise<Counts>} shows its output and counts, once it has ended
 */
function runBeside(suite, folder) {
  const file = join(folder, `${suite.id}.txt`);
  const output = openSync(file, 'w');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--only', suite.id], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', output, output],
  });
  try {
    setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW);
  } catch {
    // Not allowed here: it runs like the others.
  }
  const closed = new Promise((resolve) => child.once('close', resolve));
  return async () => {
    await closed;
    const text = readFileSync(file, 'utf8');
    console.log(text.trimEnd());
    // Its last line is a verdict already; where there is none, it broke.
    return verdict(0, countSuite(text));
  };
}

/** @param {readonly Suite[]} suites */
async function runAll(suites) {
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-test-'));
  const beside = new Map(
    suites
      .filter((suite) => suite.beside && suites.length > 1)
      .map((suite) => [suite, runBeside(suite, folder)]),
  );
  const missing = await provide(suites.flatMap(({ needs }) => needs));
  let [passed, failed] = [0, 0];
  const lines = [''];
  for (const suite of suites) {
    const lacks = suite.needs.filter((need) => missing.has(need));
    const started = Date.now();
    const end = beside.get(suite) ?? (() => run(suite, folder));
    const counts = lacks.length === 0 ? await end() : verdict(1, null);
    const why = lacks.length === 0 ? '' : ` (not run: no ${lacks.join(', no ')})`;
    // Of one that ran beside others, those after they had ended.
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
  await runAll(chosenSuites());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
