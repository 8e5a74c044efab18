/**
 * @file Finds a Python that has what training/ needs. Under CI one is made in `.venv`, some 6 GB with PyTorch; on a
 * visitor's machine nothing of that size is installed unasked, and the tests of training/ are skipped with the reason.
 */
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { join } from 'node:path';
import process from 'node:process';
import { PROJECT_ROOT } from './install.mjs';

const OWN = join(
  PROJECT_ROOT,
  '.venv',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);
const REQUIREMENTS = join('training', 'requirements.txt');
const NEEDED = 'import torch, onnx, onnxruntime, numpy, PIL, pytest, efficientnet_lite_pytorch';
const OLDEST = 'import sys; sys.exit(sys.version_info < (3, 11))';

/** @param {string} python @param {readonly string[]} words @param {'inherit' | 'ignore'} output */
const succeeds = (python, words, output = 'ignore') =>
  spawnSync(python, words, { cwd: PROJECT_ROOT, stdio: ['ignore', output, output] }).status === 0;

/** @param {string} base a Python without the packages */
function makeOwn(base) {
  console.log(`Installing ${REQUIREMENTS} into .venv (PyTorch: some minutes, 6 GB) …`);
  return (
    succeeds(base, ['-m', 'venv', '.venv']) &&
    succeeds(
      OWN,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
      'inherit',
    )
  );
}

/** @returns {{ python: string } | { reason: string }} */
export function findPython() {
  const ready = [OWN, 'python3', 'python'].find((python) => succeeds(python, ['-c', NEEDED]));
  if (ready) return { python: ready };
  const base = ['python3', 'python'].find((python) => succeeds(python, ['-c', OLDEST]));
  if (!base) return { reason: 'there is no Python 3.11 or newer' };
  const advice = `python3 -m venv .venv && .venv/bin/pip install -r ${REQUIREMENTS}`;
  if (!process.env['CI']) return { reason: `PyTorch and its companions are not installed: ${advice}` };
  return makeOwn(base) ? { python: OWN } : { reason: `${REQUIREMENTS} could not be installed: ${advice}` };
}
