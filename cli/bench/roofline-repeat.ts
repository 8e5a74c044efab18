/** @file Acceptance 3: five quick profiles on an idle machine, with native loops between them. */
import type { DeviceProfile, Metric } from '../../src/core/profile/profile.ts';
import { median } from '../../src/core/stats.ts';
import { figure } from '../../src/ui/number-format.ts';
import { buildTwins } from './native.ts';
import { call, openPage } from './page.ts';
import { variation, type Line } from './report.ts';

const PROFILES = 5;
const NATIVE_SAMPLES = 9;
const MOST: Readonly<Record<Metric['kind'], number>> = { compute: 0.05, bandwidth: 0.1, latency: 0.2 };

export async function repeatLines(): Promise<readonly Line[]> {
  const twins = buildTwins();
  const page = await openPage('chromium');
  const profiles: DeviceProfile[] = [];
  const native = { fma: [] as number[], copy: [] as number[] };
  try {
    for (let i = 0; i < PROFILES; i++) {
      for (const twin of ['fma', 'copy'] as const)
        native[twin].push(median(await twins.run(twin, NATIVE_SAMPLES)) ?? NaN);
      profiles.push(await call<DeviceProfile>(page, 'ridgepoint.roofline({})'));
    }
  } finally {
    twins.dispose();
    await page.close();
  }
  return [...variationLines(profiles, native), coverageLine(profiles)];
}

function figuresOf(profiles: readonly DeviceProfile[], id: string): readonly Metric[] {
  return profiles.flatMap(({ metrics }) =>
    metrics.filter((metric) => metric.id === id && metric.status === 'ok'),
  );
}

/** Of each metric, and of the native loops beside them. */
function variationLines(
  profiles: readonly DeviceProfile[],
  native: { readonly fma: readonly number[]; readonly copy: readonly number[] },
): readonly Line[] {
  const yardsticks = Object.entries(native).map(([twin, values]) => ({
    name: `native ${twin}, coefficient of variation`,
    value: variation(values),
    target: null,
    note: `n ${values.length}: ${values.map(figure).join(' ')}`,
  }));
  const metrics = (profiles[0]?.metrics ?? []).filter(({ status }) => status === 'ok');
  return [
    ...yardsticks,
    ...metrics.map(({ id, kind, unit }) => {
      const found = figuresOf(profiles, id).map(({ median: middle }) => middle ?? NaN);
      return {
        name: `${id}, coefficient of variation`,
        value: variation(found),
        target: { most: MOST[kind] },
        note: `n ${found.length}: ${found.map(figure).join(' ')} ${unit}`,
      };
    }),
  ];
}

/** How often a run's interval holds the next run's median. */
function coverageLine(profiles: readonly DeviceProfile[]): Line {
  let [held, asked] = [0, 0];
  for (const { id } of profiles[0]?.metrics ?? []) {
    const found = figuresOf(profiles, id);
    for (const [i, { low, high }] of found.entries()) {
      const next = found[i + 1]?.median;
      if (next === undefined || next === null || low === undefined || high === undefined) continue;
      asked++;
      if (next >= low && next <= high) held++;
    }
  }
  return {
    name: '95 % intervals that hold the next run’s median',
    value: held / asked,
    target: { least: 0.8 },
    note: `${held} of ${asked}`,
  };
}
