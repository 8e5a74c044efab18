/** @file The native yardsticks: src/bench/native/twins.c, compiled here and run between measurements of the browser. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Twin = 'fma' | 'muladd' | 'read' | 'write' | 'copy' | 'triad';

export interface NativeTwins {
  /** GFLOP/s or GB/s, one a sample. Arrays of 64 MiB. */
  run(twin: Twin, samples: number): Promise<readonly number[]>;
  /** Two at once, a process each: the sum of both, sample by sample. */
  runTwo(twin: Twin, samples: number): Promise<readonly number[]>;
  dispose(): void;
}

const SOURCE = fileURLToPath(new URL('../../src/bench/native/twins.c', import.meta.url));
const ARRAY_BYTES = 64 * 2 ** 20;
/** What a large batch takes beyond the small one. */
const SECONDS = 0.05;

/** Throws where there is no C compiler (`cc`). */
export function buildTwins(): NativeTwins {
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-twins-'));
  const program = join(folder, 'twins');
  const narrow = ['-ffp-contract=off', '-fno-tree-vectorize', '-fno-tree-loop-distribute-patterns'];
  const flags = process.arch === 'x64' ? ['-mfma', ...narrow] : narrow;
  execFileSync('cc', ['-O3', ...flags, '-o', program, SOURCE], { stdio: ['ignore', 'ignore', 'inherit'] });
  const run = async (twin: Twin, samples: number): Promise<readonly number[]> => {
    const words = [twin, String(ARRAY_BYTES), String(samples), String(SECONDS)];
    const { stdout } = await promisify(execFile)(program, words);
    return stdout.trim().split('\n').map(Number);
  };
  return {
    run,
    runTwo: async (twin, samples) => {
      const [one, two] = await Promise.all([run(twin, samples), run(twin, samples)]);
      return one.map((value, i) => value + (two[i] ?? NaN));
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}
