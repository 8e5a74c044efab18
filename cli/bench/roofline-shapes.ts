/** @file Acceptance 2: the shape that a profile chooses, against every shape there is. */
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import type { TriedShape } from '../../src/playground/measure/sweep-shapes.ts';
import { median } from '../../src/core/stats.ts';
import { call, openPage } from './page.ts';
import { spreadText, type Line } from './report.ts';

/** In turn, so that what the machine does meanwhile hits both. */
const ROUNDS = 3;

export async function shapeLines(): Promise<readonly Line[]> {
  const page = await openPage('chromium');
  const swept = new Map<string, number[]>();
  const chosen: number[] = [];
  const names: string[] = [];
  let isSoftware = false;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const only = `{ effort: 'quick', only: ['webgpu.fma.f32'] }`;
      const profile = await call<DeviceProfile>(page, `ridgepoint.roofline(${only})`);
      isSoftware = profile.environment.adapter?.isFallbackAdapter === true;
      const [metric] = profile.metrics;
      chosen.push(...(metric?.samples ?? []));
      names.push(metric?.shape?.split(',', 2).join(',') ?? '');
      for (const { shape, median: rate } of await call<readonly TriedShape[]>(page, 'ridgepoint.shapes()'))
        swept.set(shape, [...(swept.get(shape) ?? []), rate]);
    }
  } finally {
    await page.close();
  }
  const ranked = [...swept]
    .map(([shape, rates]) => ({ shape, rate: median(rates) ?? 0, rates }))
    .sort((a, b) => b.rate - a.rate);
  const best = ranked[0];
  const top = ranked
    .slice(0, 5)
    .map(({ shape, rate }) => `${shape.split(', ', 2).join(', ')}: ${rate.toFixed(1)}`);
  return [
    {
      name: 'shapes swept',
      value: swept.size,
      target: { least: 60 },
      note: `${ROUNDS} sweeps of 5 samples a shape`,
    },
    {
      name: `chosen shape / best of the sweep${isSoftware ? ' (software GPU)' : ''}`,
      value: (median(chosen) ?? NaN) / (best?.rate ?? NaN),
      target: { least: 0.95 },
      note: `chosen ${[...new Set(names)].join(' or ')}: ${spreadText(chosen)} GFLOP/s; best: ${top.join('; ')}`,
    },
  ];
}
