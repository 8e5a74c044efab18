/** @file What the device refuses (size, validation, memory), and its loss, as values. */
import { detailOf } from '../../core/errors.ts';
import { err, type Result } from '../../core/result.ts';
import type { GpuHandle } from '../../gpu/device.ts';

const refused = (detail: string): Result<never> =>
  err({ code: 'worker-failed', worker: 'webgpu bench', detail });

/** Runs `build` and reports what the device refused, or the device's loss. */
export async function guarded<T>(gpu: GpuHandle, build: () => Promise<T> | T): Promise<Result<T>> {
  const { device } = gpu;
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let built: Result<T>;
  try {
    built = await gpu.untilLost(Promise.resolve(build()));
  } catch (thrown) {
    built = refused(detailOf(thrown));
  }
  const scopes = await gpu.untilLost(Promise.all([device.popErrorScope(), device.popErrorScope()]));
  if (!scopes.ok) return scopes;
  const refusal = scopes.value.find((error) => error !== null);
  return refusal ? refused(refusal.message) : built;
}
