/** @file Acceptance 2: the shape that a profile chooses, against every shape there is. */
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import type { TriedShape } from '../../src/playground/measure/sweep-shapes.ts';
import { median } from '../../src/core/stats.ts';
import { call, openPage } from './page.ts';
import { spreadText, type Line } from './report.ts';

const SWEEPS = 2;
const CHOICES = 3;
/** Chosen and best in turn, so that what the machine does meanwhile hits both. */
const DUELS = 8;

export async function shapeLines(): Promise<readonly Line[]> {
  const page = await openPage('chromium');
  const swept = new Map<string, number[]>();
  const choices: string[] = [];
  const duel = new Map<string, number[]>();
  const shapes = async (into: Map<string, number[]>, among = ''): Promise<void> => {
    for (const { shape, median: rate } of await call<readonly TriedShape[]>(
      page,
      `ridgepoint.shapes(${among})`,
    ))
      into.set(shape, [...(into.get(shape) ?? []), rate]);
  };
  try {
    for (let round = 0; round < SWEEPS; round++) await shapes(swept);
    for (let round = 0; round < CHOICES; round++) {
      const choice = `ridgepoint.roofline({ effort: 'quick', only: ['webgpu.fma.f32'] })`;
      const [metric] = (await call<DeviceProfile>(page, choice)).metrics;
      choices.push(metric?.shape?.split(', ', 2).join(', ') ?? '');
    }
    const best = ranked(swept)[0]?.shape ?? '';
    const names = [...new Set([best, ...choices])];
    for (let round = 0; round < DUELS; round++) await shapes(duel, JSON.stringify(names));
  } finally {
    await page.close();
  }
  return linesOf(swept, duel, choices);
}

const ranked = (rates: ReadonlyMap<string, readonly number[]>) =>
  [...rates]
    .map(([shape, samples]) => ({ shape, rate: median(samples) ?? 0 }))
    .sort((a, b) => b.rate - a.rate);

function linesOf(
  swept: ReadonlyMap<string, readonly number[]>,
  duel: ReadonlyMap<string, readonly number[]>,
  choices: readonly string[],
): readonly Line[] {
  const order = ranked(swept);
  const best = order[0]?.shape ?? '';
  const of = (shape: string): readonly number[] => duel.get(shape) ?? [];
  const worst = [...choices].sort((a, b) => (median(of(a)) ?? 0) - (median(of(b)) ?? 0))[0] ?? '';
  const top = order.slice(0, 5).map(({ shape, rate }) => `${shape}: ${rate.toFixed(1)}`);
  return [
    {
      name: 'shapes swept',
      value: swept.size,
      target: { least: 60 },
      note: `${SWEEPS} sweeps, 5 samples a shape; the best: ${top.join('; ')} GFLOP/s`,
    },
    {
      name: 'chosen shape / best of the sweep, in turn',
      value: (median(of(worst)) ?? NaN) / (median(of(best)) ?? NaN),
      target: { least: 0.95 },
      note: `the slowest of ${CHOICES} choices, ${worst}: ${spreadText(of(worst))}; best, ${best}: ${spreadText(of(best))} GFLOP/s`,
    },
  ];
}
