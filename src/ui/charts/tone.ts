/** @file One meaning a colour: violet = WebGPU, amber = WASM; a second WASM group is the lighter amber. */
import { processorsOf, type Plan } from '../../core/planning/plan.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';

export type Tone = 'gpu' | 'cpu' | 'cpu-2' | 'xfer';

/** The tone of the processor at `index` of the list that it is named from. */
export function toneOf(processors: readonly ProcessorId[], index: number): Tone {
  if (processors[index] === 'webgpu') return 'gpu';
  return processors.findIndex((id) => id !== 'webgpu') === index ? 'cpu' : 'cpu-2';
}

/** The tone of a processor among those of one plan, so that its two WASM groups differ whatever else there is. */
export function toneIn(plan: Pick<Plan, 'stages'>, processorIndex: number): Tone {
  const members = processorsOf(plan);
  return toneOf(
    members.map(({ processor }) => processor),
    members.findIndex((member) => member.processorIndex === processorIndex),
  );
}

export const fillOf = (tone: Tone): string => `var(--${tone})`;
/** The tone as text: dark or light enough to be read on the panel. */
export const textOf = (tone: Tone): string =>
  tone === 'gpu' ? 'var(--gpu-text)' : tone === 'xfer' ? 'var(--mut)' : 'var(--cpu-text)';
