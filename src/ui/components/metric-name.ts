/** @file Metrics in words. */
import type { Metric } from '../../core/profile/profile.ts';
import { processorName } from '../../playground/plan-sentence.ts';
import { figure, joined, secondQuantity, type Quantity } from '../number-format.ts';

const TYPES: Readonly<Record<string, string>> = {
  'fma.f32': 'fp32 arithmetic',
  'fma.simd': 'SIMD arithmetic',
  'fma.relaxed': 'SIMD arithmetic, fused',
  copy: 'memory copy',
  upload: 'upload',
  download: 'download',
  hop: 'hop',
};

/** For instance `WASM × 2: memory copy` or `WebGPU: upload latency`. */
export function metricName({ processor, type, kind }: Pick<Metric, 'processor' | 'type' | 'kind'>): string {
  const what = TYPES[type] ?? type;
  const isTransfer = type === 'upload' || type === 'download' || type === 'hop';
  const owner = processor === 'worker' ? 'Workers' : processorName([processor], 0);
  return `${owner}: ${what}${isTransfer ? ` ${kind}` : ''}`;
}

/** A figure in the metric's unit; latencies with the prefix that suits them. */
export function metricQuantity(value: number, unit: Metric['unit']): Quantity {
  return unit === 's' ? secondQuantity(value) : { value: figure(value), unit };
}

export const metricText = (value: number, unit: Metric['unit']): string =>
  joined(metricQuantity(value, unit));
