/**
 * @file Opens the GPU: adapter, device with the limits that benchmarks and models need, and what happens when it is
 * lost. The handle owns the device; `destroy` it when done. A GPUDevice cannot cross workers.
 */
import { adapterFactsOf } from '../core/profile/adapter.ts';
import type { AppError } from '../core/errors.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AdapterFacts } from '../core/profile/profile.ts';

export interface GpuHandle {
  readonly device: GPUDevice;
  readonly facts: AdapterFacts;
  /** The loss, once it happened. */
  readonly loss: () => AppError | null;
  /** Waits for `work`, or for the loss of the device, or for a throw that the loss explains. */
  readonly untilLost: <T>(work: Promise<T>) => Promise<Result<T>>;
  readonly destroy: () => void;
}

/** Raised to what the adapter has: buffer sizes for benchmarks and weights, the rest for the engine's own kernels. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

function watch(device: GPUDevice, facts: AdapterFacts): GpuHandle {
  let lost: AppError | null = null;
  // Waiters come and go here: a reaction on `device.lost` itself would keep every result as long as the device lives.
  const waiting = new Set<(loss: Result<never>) => void>();
  void device.lost.then((info) => {
    const error: AppError = { code: 'device-lost', detail: info.message || info.reason };
    lost = error;
    waiting.forEach((tell) => tell(err(error)));
  });
  return {
    device,
    facts,
    loss: () => lost,
    untilLost: async (work) => {
      let tell: (loss: Result<never>) => void = () => undefined;
      const loss = new Promise<Result<never>>((resolve) => (tell = resolve));
      if (lost) tell(err(lost));
      waiting.add(tell);
      try {
        return await Promise.race([work.then((value) => ok(value)), loss]);
      } catch (thrown) {
        // Chrome rejects pending work a moment before it resolves `lost`; other throws are bugs or refusals.
        const reported = await Promise.race([
          loss,
          new Promise<null>((settle) => setTimeout(settle, 50, null)),
        ]);
        if (reported !== null) return reported;
        throw thrown;
      } finally {
        waiting.delete(tell);
      }
    },
    destroy: () => device.destroy(),
  };
}

/** `webgpu-unavailable` with the step that failed; no adapter or device is kept then. */
export async function openGpu(): Promise<Result<GpuHandle>> {
  // The types promise `gpu`; browsers without WebGPU have none.
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  if (gpu === undefined) return err({ code: 'webgpu-unavailable', reason: 'no-api' });
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) return err({ code: 'webgpu-unavailable', reason: 'null-adapter' });
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    });
    return ok(watch(device, adapterFactsOf(adapter)));
  } catch {
    return err({ code: 'webgpu-unavailable', reason: 'device-refused' });
  }
}
