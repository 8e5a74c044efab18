/** @file `ridgepoint roofline`: measures this device; the JSON is the device profile. */
import type { DeviceProfile, Metric, ProcessorId } from '../../src/core/profile/profile.ts';
import { ridgePoint, rooflineOf } from '../../src/core/roofline/roofline.ts';
import { ok } from '../../src/core/result.ts';
import type { Command } from '../context.ts';
import { figure } from '../../src/ui/number-format.ts';
import { spread } from '../figures.ts';
import { columns } from '../table.ts';

/** The adapter in words; a software one is called so. */
export function adapterText({ environment: { adapter } }: DeviceProfile): string {
  if (!adapter) return 'no WebGPU adapter';
  const name =
    [adapter.vendor, adapter.architecture].filter((part) => part !== '').join(' ') || 'unnamed adapter';
  return adapter.isFallbackAdapter
    ? `${name}: a software adapter, its figures are this CPU’s and not a GPU’s`
    : name;
}

export function deviceText(profile: DeviceProfile): string {
  const { browser, cores, crossOriginIsolated } = profile.environment;
  return `${browser}, ${cores} cores${crossOriginIsolated ? '' : ', not cross-origin isolated'}; WebGPU: ${adapterText(profile)}`;
}

function rowOf(metric: Metric): readonly string[] {
  const { id, median, mad, unit, n, clock, status, reason, warnings } = metric;
  if (median === null || mad === null) return [id, `${status}: ${reason ?? 'no reason given'}`, '', '', ''];
  return [id, spread(median, mad, unit), `n ${n}`, clock, warnings.join(', ')];
}

function ridgeLines(profile: DeviceProfile): readonly string[] {
  const processors = [...new Set(profile.metrics.map(({ processor }) => processor))].filter(
    (processor): processor is ProcessorId => processor !== 'worker',
  );
  return processors.flatMap((processor) => {
    const roof = rooflineOf(profile, processor);
    if (!roof) return [];
    const { peakFlopPerSecond, bandwidthBytesPerSecond } = roof;
    return (
      `${processor}: ridge point ${figure(ridgePoint(roof))} FLOP/byte ` +
      `(${figure(peakFlopPerSecond / 1e9)} GFLOP/s over ${figure(bandwidthBytesPerSecond / 1e9)} GB/s)`
    );
  });
}

export const roofline: Command = {
  name: 'roofline',
  summary: 'measure this device: peaks, bandwidths, latencies',
  usage: ['roofline [--full] [--processors LIST] [--json FILE]'],
  details:
    'Median ± median absolute deviation of n samples. --processors adds WASM thread counts to those measured.',
  options: ['processors', 'full'],
  wrongUsage: ({ files }) =>
    files.length === 0 ? null : `roofline takes no files, but got ${files.join(' ')}`,
  run: async ({ processors, full }, { io, drive }) => {
    const argument = { ...(processors ? { processors } : {}), effort: full ? 'full' : 'quick' } as const;
    const answer = await drive({ verb: 'roofline', argument, files: new Map(), webgpu: true }, io);
    if (!answer.ok) return answer;
    const profile = answer.value;
    const text = [
      deviceText(profile),
      '',
      columns(profile.metrics.map(rowOf)),
      '',
      ...ridgeLines(profile),
    ].join('\n');
    return ok({ json: profile, text });
  },
};
