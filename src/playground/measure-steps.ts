/**
 * @file What a quick profile measures: one step a kernel, each with the metrics it yields. Only the kernel shapes that
 * full sweeps found best are tried. The order is the order of the progress display; steps never overlap, so that no
 * processor's figure is taken while another one works.
 */
import type { Metric, MetricKind, MetricWarning, ProcessorId } from '../core/profile/profile.ts';
import { differenceBandwidth, gigaRates, measured, type MetricIdentity } from '../core/roofline/metric.ts';
import { messageOf } from '../core/messages.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import { median } from '../core/stats.ts';
import type { BenchRequest } from '../workers/bench.api.ts';
import type { BenchGroup, KernelMeasurement } from '../workers/bench.client.ts';

export interface MeasureStep {
  /** Plain words for the progress display. */
  readonly label: string;
  /** The workers it runs on. */
  readonly processor: ProcessorId;
  readonly metrics: readonly MetricIdentity[];
  readonly warnings: readonly MetricWarning[];
  /** Why this browser cannot run it, or null. */
  readonly unsupported: string | null;
  readonly run: (group: BenchGroup, signal: AbortSignal) => Promise<Result<readonly Metric[]>>;
}

type FmaRequest = Extract<BenchRequest, { kernel: 'webgpu.fma.f32' }>;

const KIB = 1024;
const MIB = 1024 * 1024;
/** Latency from the small transfer, bandwidth from what the large one takes beyond it (METHOD §2: 4 KB … 16 MB). */
const SMALL_BYTES = 4 * KIB;
const LARGE_BYTES = 8 * MIB;
/** Larger than any last-level cache we know of, source and target together twice that. */
const COPY_BYTES = 64 * MIB;
const HOP_BYTES = MIB;

const identity = (
  processor: Metric['processor'],
  type: string,
  kind: MetricKind,
  threads: number,
  suffix = '',
): MetricIdentity => ({ id: `${processor}.${type}${suffix}`, processor, kind, type, threads });

const secondsOf = (measurement: KernelMeasurement): number =>
  median(measurement.secondsPerIteration) ?? Infinity;
const flopRate = (measurement: KernelMeasurement): number =>
  measurement.flopPerIteration / secondsOf(measurement);

interface Candidate {
  readonly request: FmaRequest;
  readonly probe: KernelMeasurement;
}

/** The request whose probe was fastest; the last failure where none succeeded. A cancelled probe ends the search. */
async function fastest(
  group: BenchGroup,
  requests: readonly FmaRequest[],
  signal: AbortSignal,
): Promise<Result<Candidate>> {
  let best: Candidate | null = null;
  let failure: Result<never> = err({ code: 'cancelled' });
  for (const request of requests) {
    const probe = await group.measure(request, 'probe', signal);
    if (probe.ok) {
      if (best === null || flopRate(probe.value) > flopRate(best.probe))
        best = { request, probe: probe.value };
    } else {
      failure = probe;
      if (probe.error.code !== 'kernel-wrong') return failure;
    }
  }
  return best === null ? failure : ok(best);
}

/** The shapes worth trying in a quick profile, on few lanes for a software adapter, on enough to fill a large GPU. */
function fmaShapes(isFallback: boolean): FmaRequest[] {
  const lanes = isFallback ? 16_384 : 131_072;
  const shape = (chains: 4 | 8, workgroupSize: number): FmaRequest => ({
    kernel: 'webgpu.fma.f32',
    params: { chains, workgroupSize, lanes, loops: 32 },
  });
  return [shape(4, 64), shape(4, 256), shape(8, 128)];
}

/** On a fast GPU a dispatch of 32 loops is over before the next is scheduled: then take 16 times as many. */
const SHORT_DISPATCH_SECONDS = 1e-3;

function gpuFmaStep(isFallback: boolean, shared: SharedParts): MeasureStep {
  const metric = identity('webgpu', 'fma.f32', 'compute', 1);
  return {
    ...shared,
    label: 'GPU arithmetic',
    metrics: [metric],
    run: async (group, signal) => {
      const chosen = await fastest(group, fmaShapes(isFallback), signal);
      if (!chosen.ok) return chosen;
      const { request, probe } = chosen.value;
      const factor = secondsOf(probe) < SHORT_DISPATCH_SECONDS ? 16 : 1;
      const params = { ...request.params, loops: request.params.loops * factor };
      const found = await group.measure({ ...request, params }, 'quick', signal);
      if (!found.ok) return found;
      const { secondsPerIteration, flopPerIteration, warnings, shape } = found.value;
      return ok([measured(metric, gigaRates(secondsPerIteration, flopPerIteration), { warnings, shape })]);
    },
  };
}

type SharedParts = Pick<MeasureStep, 'processor' | 'warnings' | 'unsupported'>;

function transferStep(direction: 'upload' | 'download', shared: SharedParts): MeasureStep {
  const latency = identity('webgpu', direction, 'latency', 1, '.latency');
  const bandwidth = identity('webgpu', direction, 'bandwidth', 1, '.bandwidth');
  const kernel = `webgpu.${direction}` as const;
  return {
    ...shared,
    label: direction === 'upload' ? 'Upload to the GPU' : 'Download from the GPU',
    metrics: [latency, bandwidth],
    run: async (group, signal) => {
      const small = await group.measure({ kernel, params: { sizeBytes: SMALL_BYTES } }, 'quick', signal);
      if (!small.ok) return small;
      const large = await group.measure({ kernel, params: { sizeBytes: LARGE_BYTES } }, 'quick', signal);
      if (!large.ok) return large;
      const rates = differenceBandwidth(
        { bytes: SMALL_BYTES, medianSeconds: secondsOf(small.value) },
        { bytes: LARGE_BYTES, seconds: large.value.secondsPerIteration },
      );
      return ok([
        measured(latency, small.value.secondsPerIteration, {
          ...detailsOf(small.value),
          sizeBytes: SMALL_BYTES,
        }),
        measured(bandwidth, rates, { ...detailsOf(large.value), sizeBytes: LARGE_BYTES }),
      ]);
    },
  };
}

const detailsOf = ({
  warnings,
  shape,
}: KernelMeasurement): Pick<KernelMeasurement, 'warnings' | 'shape'> => ({
  warnings,
  shape,
});

/** A step of one kernel and one rate. */
function rateStep(
  label: string,
  metric: MetricIdentity,
  request: BenchRequest,
  shared: SharedParts,
): MeasureStep {
  return {
    ...shared,
    label,
    metrics: [metric],
    run: async (group, signal) => {
      const found = await group.measure(request, 'quick', signal);
      if (!found.ok) return found;
      const { secondsPerIteration, flopPerIteration, bytesPerIteration } = found.value;
      if (metric.kind === 'compute')
        return ok([
          measured(metric, gigaRates(secondsPerIteration, flopPerIteration), detailsOf(found.value)),
        ]);
      const details = { ...detailsOf(found.value), sizeBytes: bytesPerIteration / 2 };
      return ok([measured(metric, gigaRates(secondsPerIteration, bytesPerIteration), details)]);
    },
  };
}

function gpuSteps(capabilities: Capabilities): MeasureStep[] {
  const { webgpu, adapter } = capabilities;
  const isFallback = adapter?.isFallbackAdapter === true;
  const shared: SharedParts = {
    processor: 'webgpu',
    warnings: isFallback ? ['fallback-adapter'] : [],
    unsupported: webgpu === 'ok' ? null : messageOf({ code: 'webgpu-unavailable', reason: webgpu }).what,
  };
  const copy = identity('webgpu', 'copy', 'bandwidth', 1);
  const params = { sizeBytes: COPY_BYTES, workgroupSize: 256, workgroups: isFallback ? 256 : 4096 };
  return [
    gpuFmaStep(isFallback, shared),
    rateStep('GPU memory', copy, { kernel: 'webgpu.copy', params }, shared),
    transferStep('upload', shared),
    transferStep('download', shared),
  ];
}

function wasmSteps(threads: number, capabilities: Capabilities): MeasureStep[] {
  const processor: ProcessorId = `wasm:${threads}`;
  const on = threads === 1 ? 'one CPU thread' : `${threads} CPU threads`;
  const noSimd = capabilities.simd ? null : 'This browser has no WebAssembly SIMD.';
  const noRelaxed = capabilities.relaxedSimd ? null : 'This browser has no WebAssembly relaxed SIMD.';
  const fma = (kind: 'simd' | 'relaxed', unsupported: string | null): MeasureStep =>
    rateStep(
      kind === 'simd' ? `Arithmetic on ${on}, plain SIMD` : `Arithmetic on ${on}`,
      identity(processor, `fma.${kind}`, 'compute', threads),
      { kernel: `wasm.fma.${kind}`, params: { steps: 65_536 } },
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

/** Threads share the 64 MiB, but each keeps an area that its own caches cannot hold; a multiple of 64 bytes. */
const copyBytesOf = (threads: number): number =>
  Math.max(16 * MIB, Math.floor(COPY_BYTES / threads / 64) * 64);

/**
 * Hop latency from 4 KiB; hop bandwidth is what 1 MiB attains in all, latency included: a transferred buffer is not
 * copied, so the difference to 4 KiB is often nothing.
 */
const HOP_STEP: MeasureStep = {
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

/**
 * Every step of a quick profile for these thread counts (each ≥ 1). The hop follows one thread's steps, whose worker
 * it shares.
 */
export function quickSteps(capabilities: Capabilities, threads: readonly number[]): MeasureStep[] {
  const others = threads.filter((count) => count !== 1);
  return [
    ...gpuSteps(capabilities),
    ...(threads.includes(1) ? wasmSteps(1, capabilities) : []),
    HOP_STEP,
    ...others.flatMap((count) => wasmSteps(count, capabilities)),
  ];
}
