/**
 * @file The WASM steps of a quick profile, for groups of 1 … T threads, and the hop between workers.
 */
import type { ProcessorId } from '../core/profile/profile.ts';
import { gigaRates, measured } from '../core/roofline/metric.ts';
import { ok } from '../core/result.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import { COPY_BYTES, SMALL_BYTES, detailsOf, identity, rateStep, type MeasureStep } from './measure-step.ts';

/** As many steps as keep start + steps exact with room to spare; about 0.1 ms at 50 GFLOP/s. */
const FMA_STEPS = 65_536;
const MIN_COPY_BYTES = 16 * 2 ** 20;
const HOP_BYTES = 2 ** 20;

/** Threads share the 64 MiB, but each keeps an area that its own caches cannot hold; a multiple of 64 bytes. */
const copyBytesOf = (threads: number): number =>
  Math.max(MIN_COPY_BYTES, Math.floor(COPY_BYTES / threads / 64) * 64);

export function wasmSteps(threads: number, capabilities: Capabilities): MeasureStep[] {
  const processor: ProcessorId = `wasm:${threads}`;
  const on = threads === 1 ? 'one CPU thread' : `${threads} CPU threads`;
  const noSimd = capabilities.simd ? null : 'This browser has no WebAssembly SIMD.';
  const noRelaxed = capabilities.relaxedSimd ? null : 'This browser has no WebAssembly relaxed SIMD.';
  const fma = (kind: 'simd' | 'relaxed', unsupported: string | null): MeasureStep =>
    rateStep(
      kind === 'simd' ? `Arithmetic on ${on}, plain SIMD` : `Arithmetic on ${on}`,
      identity(processor, `fma.${kind}`, 'compute', threads),
      { kernel: `wasm.fma.${kind}`, params: { steps: FMA_STEPS } },
      { processor, warnings: [], unsupported },
    );
  const copy = rateStep(
    `Memory on ${on}`,
    identity(processor, 'copy', 'bandwidth', threads),
    { kernel: 'wasm.copy', params: { sizeBytes: copyBytesOf(threads) } },
    { processor, warnings: [], unsupported: noSimd },
  );
  // One thread shows what fusing multiply and add is worth; more threads only need their best ceiling.
  if (threads === 1) return [fma('simd', noSimd), fma('relaxed', noRelaxed), copy];
  return [noRelaxed === null ? fma('relaxed', null) : fma('simd', noSimd), copy];
}

/**
 * Hop latency from 4 KiB; hop bandwidth is what 1 MiB attains in all, latency included: a transferred buffer is not
 * copied, so the difference to 4 KiB is often nothing.
 */
export const HOP_STEP: MeasureStep = {
  label: 'Messages between workers',
  processor: 'wasm:1',
  warnings: [],
  unsupported: null,
  metrics: [
    identity('worker', 'hop', 'latency', 1, '.latency'),
    identity('worker', 'hop', 'bandwidth', 1, '.bandwidth'),
  ],
  run: async (group, signal) => {
    const small = await group.measureHop(SMALL_BYTES, 'quick', signal);
    if (!small.ok) return small;
    const large = await group.measureHop(HOP_BYTES, 'quick', signal);
    if (!large.ok) return large;
    const [latency, bandwidth] = HOP_STEP.metrics;
    if (latency === undefined || bandwidth === undefined) return ok([]);
    const rates = gigaRates(large.value.secondsPerIteration, HOP_BYTES);
    return ok([
      measured(latency, small.value.secondsPerIteration, {
        ...detailsOf(small.value),
        sizeBytes: SMALL_BYTES,
      }),
      measured(bandwidth, rates, { ...detailsOf(large.value), sizeBytes: HOP_BYTES }),
    ]);
  },
};
