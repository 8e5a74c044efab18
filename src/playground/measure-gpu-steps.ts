/**
 * @file The WebGPU steps of a quick profile: arithmetic, memory, upload, download. Only the kernel shapes that full
 * sweeps found best are tried.
 */
import { messageOf } from '../core/messages.ts';
import { differenceBandwidth, gigaRates, measured } from '../core/roofline/metric.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { BenchRequest } from '../workers/bench.api.ts';
import type { BenchGroup, KernelMeasurement } from '../workers/bench.client.ts';
import {
  COPY_BYTES,
  SMALL_BYTES,
  detailsOf,
  identity,
  rateStep,
  secondsOf,
  type MeasureStep,
  type SharedParts,
} from './measure-step.ts';

type FmaRequest = Extract<BenchRequest, { kernel: 'webgpu.fma.f32' }>;

/** Bandwidth is what a large transfer takes beyond the small one. */
const LARGE_BYTES = 8 * 2 ** 20;

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

export function gpuSteps(capabilities: Capabilities): MeasureStep[] {
  const { webgpu, adapter } = capabilities;
  const isFallback = adapter?.isFallbackAdapter === true;
  const shared: SharedParts = {
    processor: 'webgpu',
    warnings: isFallback ? ['fallback-adapter'] : [],
    unsupported: webgpu === 'ok' ? null : messageOf({ code: 'webgpu-unavailable', reason: webgpu }).what,
  };
  const copy = identity('webgpu', 'copy', 'bandwidth', 1);
  // A software adapter computes each address, so it is slower than any memory: a quarter is enough, and leaves time for
  // five samples.
  const params = isFallback
    ? { sizeBytes: COPY_BYTES / 4, workgroupSize: 256, workgroups: 256 }
    : { sizeBytes: COPY_BYTES, workgroupSize: 256, workgroups: 4096 };
  return [
    gpuFmaStep(isFallback, shared),
    rateStep('GPU memory', copy, { kernel: 'webgpu.copy', params }, shared),
    transferStep('upload', shared),
    transferStep('download', shared),
  ];
}
