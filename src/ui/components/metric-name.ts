/** @file Metrics in words. */
import type { Metric } from '../../core/profile/profile.ts';
import { processorName } from '../../playground/plan-sentence.ts';
import { binaryBytes, figure, joined, percent, secondQuantity, type Quantity } from '../number-format.ts';

const TYPES: Readonly<Record<string, string>> = {
  'fma.f32': 'fp32 arithmetic',
  'fma.f16': 'fp16 arithmetic',
  'dot.i8': 'int8 dot products',
  'fma.scalar': 'scalar arithmetic',
  'fma.simd': 'SIMD arithmetic',
  'fma.relaxed': 'SIMD arithmetic, fused',
  matmul: 'matrix product',
  read: 'memory read',
  write: 'memory write',
  copy: 'memory copy',
  triad: 'memory triad',
  workgroup: 'workgroup memory',
  'first-use': 'first use of a kernel',
  'hop.shared': 'shared-memory hop',
};
const TRANSFERS: readonly string[] = ['upload', 'download', 'hop', 'hop.shared'];

type Named = Pick<Metric, 'processor' | 'type' | 'kind'> &
  Partial<Pick<Metric, 'id' | 'sizeBytes' | 'operationalIntensity' | 'beside'>>;

/** `WebGPU`, `WASM`, `WASM × 2`, or `Workers` for what happens between them. */
export const ownerName = (processor: Metric['processor']): string =>
  processor === 'worker' ? 'Workers' : processorName([processor], 0);

/** Of one point of a sweep: its id says where it lies after an `@`. */
export const isSweepPoint = ({ id }: Pick<Metric, 'id'>): boolean => id.includes('@');

/** For instance `WASM × 2: memory copy`, `WebGPU: upload of 64 KiB` or `WASM: memory copy while WebGPU works`. */
export function metricName(metric: Named): string {
  const { processor, beside } = metric;
  const meanwhile =
    beside === undefined ? '' : ` while ${beside === processor ? 'another ' : ''}${ownerName(beside)} works`;
  return `${ownerName(processor)}: ${quantityName(metric)}${meanwhile}`;
}

/** The same without its processor. */
function quantityName({ type, kind, id = '', sizeBytes, operationalIntensity }: Named): string {
  if (operationalIntensity !== undefined) return `arithmetic at ${trimmed(operationalIntensity)} FLOP/byte`;
  const isTransfer = TRANSFERS.includes(type);
  if (isSweepPoint({ id }) && sizeBytes !== undefined)
    return `${type} ${isTransfer ? 'of' : 'in'} ${binaryBytes(sizeBytes)}`;
  return `${TYPES[type] ?? type}${isTransfer ? ` ${kind}` : ''}`;
}

/** A chosen number, not a measured one: no more digits than it has. */
export const trimmed = (value: number): string => String(Number(value.toPrecision(4)));

/** A figure in the metric's unit; latencies with the prefix that suits them. */
export function metricQuantity(value: number, unit: Metric['unit']): Quantity {
  return unit === 's' ? secondQuantity(value) : { value: figure(value), unit };
}

export const metricText = (value: number, unit: Metric['unit']): string =>
  joined(metricQuantity(value, unit));

export interface Spread {
  /** In the unit of the metric: half its 95 % interval, or else its MAD. */
  readonly half: number;
  readonly isInterval: boolean;
}

/** How far the samples lie apart; null where one sample, or none, cannot say. */
export function spreadOf({ n, mad, low, high }: Pick<Metric, 'n' | 'mad' | 'low' | 'high'>): Spread | null {
  if (low !== undefined && high !== undefined) return { half: (high - low) / 2, isInterval: true };
  return mad === null || n < 2 ? null : { half: mad, isInterval: false };
}

/** `3.57 GB/s ± 3 %, n 9`; without a spread `3.57 GB/s, n 1`. */
export function metricWithSpread(metric: Metric & { readonly median: number }): string {
  const spread = spreadOf(metric);
  const around = spread ? ` ± ${percent(spread.half / metric.median)}` : '';
  return `${metricText(metric.median, metric.unit)}${around}, n ${metric.n}`;
}
