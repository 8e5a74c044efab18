/** @file The roofs of a profile, ready to be drawn. */
import type { DeviceProfile, ProcessorId } from '../../core/profile/profile.ts';
import { rooflineOf, type Roofline } from '../../core/roofline/roofline.ts';
import { processorName } from '../../playground/plan-sentence.ts';
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
    tone: toneOfProcessor(roof.processor),
    roof,
    device,
  }));
}
