/**
 * @file `npm run check`: everything a change must pass before it is committed (types, lint, format, import rules, file
 * length, unit and browser tests). All checks run; each one that fails prints the command that mends or shows it.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureInstalled, PROJECT_ROOT } from './setup/install.mjs';

const MAX_LINES = 300;
/** A longer file says why in its header comment, after this word. */
const EXCUSE = 'Length:';
const HEADER_LINES = 30;
const SOURCE_FOLDERS = ['src', 'cli', 'e2e', 'build'];
const SOURCE = /[.](ts|tsx|mjs|css|wgsl|c)$/;

/** @param {readonly string[]} words @returns {boolean} */
function passes(words) {
  const { status } = spawnSync('npm', ['run', '--silent', ...words], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** @param {string} folder @returns {readonly string[]} */
function filesUnder(folder) {
  return readdirSync(join(PROJECT_ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** Prints the files that are too long without a reason; true when there is none. */
function lengthsAreFine() {
  const long = SOURCE_FOLDERS.flatMap(filesUnder)
    .filter((file) => SOURCE.test(file))
    .map((file) => ({ file, lines: readFileSync(join(PROJECT_ROOT, file), 'utf8').split('\n') }))
    .filter(({ lines }) => lines.length - 1 > MAX_LINES)
    .filter(({ lines }) => !lines.slice(0, HEADER_LINES).join('\n').includes(EXCUSE));
  for (const { file, lines } of long) console.log(`${file}: ${lines.length - 1} lines`);
  return long.length === 0;
}

/** @typedef {{ name: string, run: () => boolean, mend: string }} Check */

/** @type {readonly Check[]} */
const CHECKS = [
  { name: 'types', run: () => passes(['typecheck']), mend: 'npm run typecheck shows the errors again' },
  { name: 'lint', run: () => passes(['lint']), mend: 'npm run fix mends what can be mended by itself' },
  { name: 'format', run: () => passes(['format']), mend: 'npm run fix' },
  {
    name: 'imports',
    run: () => passes(['imports']),
    mend: 'npm run imports; the rules are in .dependency-cruiser.cjs',
  },
  {
    name: 'file length',
    run: lengthsAreFine,
    mend: `split the file by concept, or give the reason in its header after "${EXCUSE}" (limit ${MAX_LINES} lines)`,
  },
  { name: 'unit tests', run: () => passes(['test:unit']), mend: 'npm run test:unit -- FILE' },
  { name: 'browser tests', run: () => passes(['test:browser']), mend: 'npm run test:browser -- FILE' },
];

try {
  ensureInstalled();
  process.env['CHROME_PATH'] = await ensureChromium();
  const failed = CHECKS.filter(({ name, run }) => {
    console.log(`\n== ${name} ==`);
    return !run();
  });
  console.log('');
  for (const { name, mend } of failed) console.log(`${name}: failed. ${mend}`);
  console.log(failed.length === 0 ? 'All checks pass.' : `${failed.length} of ${CHECKS.length} checks fail.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
