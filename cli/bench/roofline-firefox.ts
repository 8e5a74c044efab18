/** @file Acceptance 4: a quick profile in Firefox; its slopes by the wall clock against the GPU's own timestamps. */
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import { median } from '../../src/core/stats.ts';
import { figure } from '../../src/ui/number-format.ts';
import { call, openPage } from './page.ts';
import type { Line } from './report.ts';

export async function firefoxLines(): Promise<readonly Line[]> {
  const page = await openPage('firefox');
  let profile: DeviceProfile;
  try {
    profile = await call<DeviceProfile>(page, 'ridgepoint.roofline({})');
  } finally {
    await page.close();
  }
  const failed = profile.metrics.filter(({ status }) => status === 'error');
  const rates = profile.metrics.filter(({ kind, status }) => status === 'ok' && kind !== 'latency');
  const checked = rates.flatMap(({ id, median: slope, timestamp, n }) =>
    slope === null || !timestamp ? [] : [{ id, slope, gpu: timestamp.median, n }],
  );
  const ticking = profile.metrics.filter(({ warnings }) => warnings.includes('coarse-clock'));
  const figures = profile.metrics
    .filter(({ status }) => status === 'ok')
    .map(
      ({ id, median: value, unit }) =>
        `${id} ${value === null ? '–' : unit === 's' ? `${figure(value * 1e6)} µs` : `${figure(value)} ${unit}`}`,
    );
  return [
    {
      name: `${profile.environment.browser}: metrics that failed`,
      value: failed.length,
      target: { most: 0 },
      note: `${rates.length} rates, ${profile.seconds ?? NaN} s. ${failed.map(({ id, reason }) => `${id}: ${reason ?? ''}`).join('; ')}`,
    },
    ...checked.map(({ id, slope, gpu, n }) => ({
      name: `${id}: |slope / timestamp − 1|`,
      value: Math.abs(slope / gpu - 1),
      target: { most: 0.1 },
      note: `${figure(slope)} against ${figure(gpu)}, n ${n}`,
    })),
    {
      name: 'metrics whose clock ticks',
      value: ticking.length,
      target: { most: 0 },
      note: figures.join(', '),
    },
    {
      name: 'download latency, ms: a tick would be 100',
      value:
        1000 *
        (median(profile.metrics.find(({ id }) => id === 'webgpu.download.latency')?.samples ?? []) ?? NaN),
      target: { most: 50 },
      note: '',
    },
  ];
}
