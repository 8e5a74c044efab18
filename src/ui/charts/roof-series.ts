/** @file The roofs of a profile, ready to be drawn. */
import { measuredMetric, type DeviceProfile, type ProcessorId } from '../../core/profile/profile.ts';
import { ridgePoint, rooflineOf, type Roofline } from '../../core/roofline/roofline.ts';
import { processorName } from '../../playground/plan-sentence.ts';
import { metricWithSpread } from '../components/metric-name.ts';
import { figure } from '../number-format.ts';
import type { RoofSeries } from './roofline-plane.ts';
import type { Tone } from './tone.ts';

/** The processors that a profile has a roof for, in the order they were measured. */
export function rooflinesOf(profile: DeviceProfile): readonly Roofline[] {
  const processors = [...new Set(profile.metrics.map((metric) => metric.processor))].filter(
    (id): id is ProcessorId => id !== 'worker',
  );
  return processors.flatMap((processor) => rooflineOf(profile, processor) ?? []);
}

export const toneOfProcessor = (processor: ProcessorId): Tone => (processor === 'webgpu' ? 'gpu' : 'cpu');

/** `device` 0 is this one; `prefix` goes before the processors' names. */
export function roofSeries(profile: DeviceProfile, device = 0, prefix = ''): readonly RoofSeries[] {
  return rooflinesOf(profile).map((roof) => ({
    id: `${device} ${roof.processor}`,
    label: `${prefix}${processorName([roof.processor], 0)}`,
    reading: reading(profile, roof),
    tone: toneOfProcessor(roof.processor),
    roof,
    device,
  }));
}

function reading(profile: DeviceProfile, roof: Roofline): string {
  const [peak, copy] = roof.metricIds.map((id) => {
    const metric = measuredMetric(profile, id);
    return metric ? metricWithSpread(metric) : '–';
  });
  return `peaks at ${peak}, and copies memory at ${copy}. Both meet at ${figure(ridgePoint(roof))} FLOP/byte: with less a byte it waits for memory.`;
}
