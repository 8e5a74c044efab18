/** @file Acceptance 5: what 10,000 frames leave on the heap of the page and its workers, after a collection. */
import type { heapGrowth } from '../../src/fixtures/endurance.ts';
import { figure } from '../../src/ui/number-format.ts';
import { callModule } from './module-page.ts';
import type { Line } from './report.ts';

const MB = 1e6;

export async function enduranceLines(): Promise<readonly Line[]> {
  const growths = await callModule<typeof heapGrowth>('/src/fixtures/endurance.ts', 'heapGrowth');
  return growths.map(({ plan, kind, frames, strays, bytes: [early = NaN, late = NaN] }) => ({
    name: `${kind}, ${plan}: heap growth from frame 1,000 on`,
    value: strays === 0 ? late / early - 1 : NaN,
    target: { most: 0.05 },
    note: `${figure(early / MB)} MB at 1,000, ${figure(late / MB)} MB at ${frames}; ${strays} strays`,
  }));
}
