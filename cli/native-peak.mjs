/**
 * @file Compiles and runs src/bench/native/fma.c: the native 128-bit FMA peak of one core, to hold the WASM figure
 * against. Prints {"gflops", "n", "mad"}; needs a C compiler (`cc`). Usage: node cli/native-peak.mjs [samples]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[sorted.length >> 1] ?? NaN) + (sorted[(sorted.length - 1) >> 1] ?? NaN)) / 2;
}

const source = fileURLToPath(new URL('../src/bench/native/fma.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-native-'));
try {
  const program = join(folder, 'fma');
  const target = process.arch === 'x64' ? ['-mfma'] : [];
  execFileSync('cc', ['-O3', ...target, '-o', program, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  const output = execFileSync(program, [process.argv[2] ?? '15'], { encoding: 'utf8' });
  const samples = output.trim().split('\n').map(Number);
  const gflops = median(samples);
  const mad = median(samples.map((sample) => Math.abs(sample - gflops)));
  process.stdout.write(`${JSON.stringify({ gflops, n: samples.length, mad })}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
