/** @file Acceptance 7: where the intensity sweep bends, against the ridge point of the ceilings. */
import type { DeviceProfile, ProcessorId } from '../../src/core/profile/profile.ts';
import { fitRoof, intensityPoints } from '../../src/core/roofline/intensity.ts';
import { ridgePoint, rooflineOf } from '../../src/core/roofline/roofline.ts';
import { figure } from '../../src/ui/number-format.ts';
import { call, openPage } from './page.ts';
import type { Line } from './report.ts';

function linesOf(profile: DeviceProfile, processor: ProcessorId): readonly Line[] {
  const points = intensityPoints(profile, processor);
  const fitted = fitRoof(points);
  const roof = rooflineOf(profile, processor);
  if (!fitted || !roof) return [];
  const ridge = ridgePoint(roof);
  const n = profile.metrics
    .filter(({ id }) => id.startsWith(`${processor}.intensity@`))
    .map((metric) => metric.n);
  return [
    {
      name: `${processor}: |knee / (π/β) − 1|`,
      value: Math.abs(fitted.knee / ridge - 1),
      target: { most: 0.25 },
      note: `knee ${figure(fitted.knee)}, π/β ${figure(ridge)} FLOP/byte; ${points.length} points of n ${Math.min(...n)}–${Math.max(...n)}`,
    },
    {
      name: `${processor}: highest point above the fitted roof`,
      value: fitted.excess,
      target: { most: 0.05 },
      note: `fitted ${figure(fitted.peakFlopPerSecond / 1e9)} GFLOP/s, ${figure(fitted.bandwidthBytesPerSecond / 1e9)} GB/s`,
    },
  ];
}

export async function kneeLines(): Promise<readonly Line[]> {
  const page = await openPage('chromium');
  try {
    const profile = await call<DeviceProfile>(page, `ridgepoint.roofline({ effort: 'full' })`);
    return (['wasm:1', 'webgpu'] as const).flatMap((processor) => linesOf(profile, processor));
  } finally {
    await page.close();
  }
}
