/** @file The WASM steps of a profile, for groups of 1 … T threads, and the hop between workers. */
import type { Effort, ProcessorId } from '../../core/profile/profile.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import type { WasmRequest } from '../../workers/bench.api.ts';
import { STREAM_ARRAYS, type StreamOperation } from '../../workers/bench.client.ts';
import type { Steps } from './gpu-steps.ts';
import {
  ARRAY_BYTES,
  INTENSITY_STEPS,
  intensityOf,
  KIB,
  MIB,
  SMALL_BYTES,
  sparser,
  workingSets,
} from './sizes.ts';
import {
  identity,
  latencyMetric,
  MeasureStep,
  rateMetric,
  rateStep,
  type Probe,
  type SharedParts,
} from './step.ts';

/** As many steps as keep start + steps exact with room to spare; about 0.1 ms at 50 GFLOP/s. */
const FMA_STEPS = 65_536;
const HOP_BYTES = MIB;
const MIN_ARRAY_BYTES = 16 * MIB;

/** Threads share the 64 MiB, but each keeps an area that its own caches cannot hold; a multiple of 64 bytes. */
const arrayBytesOf = (threads: number): number =>
  Math.max(MIN_ARRAY_BYTES, Math.floor(ARRAY_BYTES / threads / 64) * 64);

/** Working sets that a first look at the caches needs: 16 KiB and 256 KiB lie in the inner two, 4 MiB in the last. */
const QUICK_SETS = [16 * KIB, 256 * KIB, 4 * MIB];

interface WasmOptions {
  readonly threads: number;
  readonly shared: SharedParts;
  readonly relaxed: SharedParts;
}

function optionsOf(threads: number, capabilities: Capabilities): WasmOptions {
  const processor: ProcessorId = `wasm:${threads}`;
  const warnings = capabilities.crossOriginIsolated ? [] : (['not-isolated'] as const);
  const unsupported = capabilities.simd ? null : 'This browser has no WebAssembly SIMD.';
  const noRelaxed = capabilities.relaxedSimd ? null : 'This browser has no WebAssembly relaxed SIMD.';
  return {
    threads,
    shared: { processor, warnings, unsupported },
    relaxed: { processor, warnings, unsupported: unsupported ?? noRelaxed },
  };
}

/** The arithmetic kernel that is fastest here. */
export function wasmArithmetic(capabilities: Capabilities): WasmRequest {
  return {
    kernel: capabilities.relaxedSimd ? 'wasm.fma.relaxed' : 'wasm.fma.simd',
    params: { steps: FMA_STEPS },
  };
}

export function wasmCopy(threads: number): WasmRequest {
  return { kernel: 'wasm.copy', params: { arrayBytes: arrayBytesOf(threads) } };
}

const on = (threads: number): string => (threads === 1 ? 'one CPU thread' : `${threads} CPU threads`);

function arithmeticStep(
  kind: 'scalar' | 'simd' | 'relaxed',
  { threads, shared, relaxed }: WasmOptions,
): MeasureStep {
  const name = { scalar: ', without SIMD', simd: ', plain SIMD', relaxed: '' }[kind];
  return rateStep(
    `Arithmetic on ${on(threads)}${name}`,
    identity(`wasm:${threads}`, `fma.${kind}`, 'compute', { threads }),
    { kernel: `wasm.fma.${kind}`, params: { steps: FMA_STEPS } },
    kind === 'relaxed' ? relaxed : shared,
  );
}

const streamStep = (operation: StreamOperation, { threads, shared }: WasmOptions): MeasureStep =>
  rateStep(
    `Memory on ${on(threads)}`,
    identity(`wasm:${threads}`, operation, 'bandwidth', { threads }),
    { kernel: `wasm.${operation}`, params: { arrayBytes: arrayBytesOf(threads) } },
    shared,
  );

const sizeSteps = (
  operation: StreamOperation,
  sets: readonly number[],
  { threads, shared }: WasmOptions,
): readonly MeasureStep[] =>
  sets.map((sizeBytes) =>
    rateStep(
      `Caches of ${on(threads)}`,
      identity(`wasm:${threads}`, operation, 'bandwidth', { threads, sizeBytes }),
      {
        kernel: `wasm.${operation}`,
        params: { arrayBytes: Math.floor(sizeBytes / STREAM_ARRAYS[operation] / 64) * 64 },
      },
      { ...shared, isPoint: true },
    ),
  );

/** Of arithmetic at the right end, which needs no large array, a pass takes about 5 ms at 50 GFLOP/s. */
function intensitySteps({ threads, shared }: WasmOptions, hasRelaxed: boolean): readonly MeasureStep[] {
  return INTENSITY_STEPS.map((steps) => {
    const arrayBytes = Math.min(ARRAY_BYTES / 2, 2 ** 29 / steps);
    const metric = identity(`wasm:${threads}`, 'intensity', 'compute', {
      threads,
      operationalIntensity: intensityOf(steps),
    });
    const kernel = hasRelaxed ? 'wasm.intensity.relaxed' : 'wasm.intensity.simd';
    return rateStep(
      'CPU, more and more arithmetic a byte',
      metric,
      { kernel, params: { arrayBytes, steps } },
      {
        ...shared,
        isPoint: true,
      },
    );
  });
}

function hopStep(kind: 'transfer' | 'shared', isIsolated: boolean): MeasureStep {
  const unsupported =
    kind === 'shared' && !isIsolated
      ? 'This page is not cross-origin isolated, so it has no shared memory.'
      : null;
  const type = kind === 'transfer' ? 'hop' : 'hop.shared';
  const latency = identity('worker', type, 'latency', { suffix: '.latency' });
  const bandwidth = identity('worker', type, 'bandwidth', { suffix: '.bandwidth' });
  const probe =
    (sizeBytes: number): Probe =>
    (group, visiting, earlier) =>
      group.measureHop(kind, sizeBytes, visiting, earlier);
  return new MeasureStep({
    processor: 'wasm:2',
    warnings: isIsolated ? [] : ['not-isolated'],
    unsupported,
    label: 'Messages between workers',
    metrics: [latency, bandwidth],
    probes: [probe(SMALL_BYTES), probe(HOP_BYTES)],
    // A transferred buffer is not copied, so the difference to 4 KiB is often nothing: bandwidth is what 1 MiB attains in
    // all, latency included.
    summarise: ([small, large]) =>
      small && large
        ? [
            latencyMetric(latency, small, { sizeBytes: SMALL_BYTES }),
            rateMetric(bandwidth, large, { sizeBytes: HOP_BYTES }),
          ]
        : [],
  });
}

/** Every thread count of `threads` (each ≥ 1), and the hop. */
export function wasmSteps(capabilities: Capabilities, threads: readonly number[], effort: Effort): Steps {
  const one = optionsOf(1, capabilities);
  const others = threads.filter((count) => count !== 1).map((count) => optionsOf(count, capabilities));
  const best = capabilities.relaxedSimd ? 'relaxed' : 'simd';
  const operations = ['read', 'write', 'copy', 'triad'] as const;
  const isFull = effort === 'full';
  const isIsolated = capabilities.crossOriginIsolated;
  return {
    ceilings: [
      ...(isFull ? [arithmeticStep('scalar', one)] : []),
      arithmeticStep('simd', one),
      arithmeticStep('relaxed', one),
      ...(isFull ? operations : (['copy'] as const)).map((operation) => streamStep(operation, one)),
      hopStep('transfer', isIsolated),
      ...(isFull ? [hopStep('shared', isIsolated)] : []),
      ...others.flatMap((options) => [
        arithmeticStep(best, options),
        ...(isFull ? (['copy', 'triad'] as const) : (['copy'] as const)).map((operation) =>
          streamStep(operation, options),
        ),
      ]),
    ],
    points: isFull
      ? [
          ...intensitySteps(one, capabilities.relaxedSimd),
          ...(['copy', 'read', 'write', 'triad'] as const).flatMap((operation) =>
            sizeSteps(operation, sparser(operation, workingSets(8 * KIB, 64 * MIB)), one),
          ),
        ]
      : sizeSteps('copy', QUICK_SETS, one),
  };
}
