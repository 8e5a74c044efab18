/** @file Handing activations from worker to worker: transferred buffers, and shared memory with two kinds of bell. Decision 12. */
import { median } from '../../src/core/stats.ts';
import type { timeHandOver } from '../../src/fixtures/hand-over.ts';
import { figure } from '../../src/ui/number-format.ts';
import { callModule } from './module-page.ts';
import { spreadText, type Line } from './report.ts';

const RUNS = 400;
const MEGABYTES = [0.1, 0.5, 1, 2, 5];

export async function handOverLines(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const size of MEGABYTES) {
    const { ms, engineMs } = await callModule<typeof timeHandOver>(
      '/src/fixtures/hand-over.ts',
      'timeHandOver',
      size * 1e6,
      RUNS,
    );
    for (const [way, samples] of Object.entries(ms)) {
      lines.push({
        name: `${size} MB, ${way}: ms there and a word back`,
        value: median(samples) ?? NaN,
        target: null,
        note: `${spreadText(samples)}; the engine’s copies of these ${figure(engineMs)}`,
      });
    }
  }
  return lines;
}
