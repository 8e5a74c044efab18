/** @file The source of the kernel behind a metric, one click away from its figure. */
import type { Metric } from '../core/profile/profile.ts';
import type { KernelSource } from '../workers/bench.sources.ts';

export type { KernelSource };

/** `wasm:2.fma.relaxed` was measured by `wasm.fma.relaxed`, whatever its threads; an intensity by the kernel of its SIMD. */
function kernelIdOf({ processor, type, shape }: Metric): string {
  const realm = processor.startsWith('wasm:') ? 'wasm' : processor;
  const kind =
    realm === 'wasm' && type === 'intensity'
      ? `.${shape?.includes('relaxed') === true ? 'relaxed' : 'simd'}`
      : '';
  return `${realm}.${type}${kind}`;
}

/** Null for a metric of before, whose kernel is no more. */
export async function kernelSource(metric: Metric): Promise<KernelSource | null> {
  const { kernelSourceOf } = await import('../workers/bench.sources.ts');
  return kernelSourceOf(kernelIdOf(metric));
}
