/**
 * @file Use case "measure this device": runs the quick profile's steps one after another and gathers the profile.
 * A metric that cannot be measured is in the profile with its reason; only cancelling yields no profile at all.
 */
import type { AppError } from '../core/errors.ts';
import { messageOf } from '../core/messages.ts';
import { threadsOf, type DeviceProfile, type Metric, type ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import { missing } from '../core/roofline/metric.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import { BenchGroup } from '../workers/bench.client.ts';
import { gpuSteps } from './measure-gpu-steps.ts';
import type { MeasureStep } from './measure-step.ts';
import { HOP_STEP, wasmSteps } from './measure-wasm-steps.ts';

export interface MeasureProgress {
  /** The step in plain words. */
  readonly step: string;
  /** Metrics finished, of `total`. */
  readonly index: number;
  readonly total: number;
  /** The metric that has just finished; absent when a step begins. */
  readonly metric?: Metric;
}

export interface MeasureOptions {
  readonly capabilities: Capabilities;
  /** Thread counts of the WASM groups to measure, for instance [1, 2]. */
  readonly threads: readonly number[];
  /** Aborting terminates the workers at once. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

/**
 * Every step of a quick profile for these thread counts (each ≥ 1). The hop follows one thread's steps, whose worker
 * it shares. Steps never overlap: no processor's figure is taken while another one works.
 */
function quickSteps(capabilities: Capabilities, threads: readonly number[]): MeasureStep[] {
  const others = threads.filter((count) => count !== 1);
  return [
    ...gpuSteps(capabilities),
    ...(threads.includes(1) ? wasmSteps(1, capabilities) : []),
    HOP_STEP,
    ...others.flatMap((count) => wasmSteps(count, capabilities)),
  ];
}

/** The workers of the step in hand: kept from step to step of a processor, gone with the next processor. */
class GroupInHand {
  private processor: ProcessorId | null = null;
  private group: BenchGroup | null = null;

  of(processor: ProcessorId): BenchGroup {
    if (this.group === null || this.processor !== processor) {
      this.close();
      this.processor = processor;
      this.group = new BenchGroup(processor, threadsOf(processor));
    }
    return this.group;
  }

  close(): void {
    this.group?.close();
    this.group = null;
  }
}

/** The metrics of a step that failed: its kind of failure decides their status. */
function failedMetrics(step: MeasureStep, error: AppError): Metric[] {
  const status = error.code === 'webgpu-unavailable' ? 'unsupported' : 'error';
  return step.metrics.map((metric) => missing(metric, status, messageOf(error).what));
}

/** The step's metrics, or null where it was cancelled. */
async function runStep(
  step: MeasureStep,
  groups: GroupInHand,
  signal: AbortSignal,
): Promise<readonly Metric[] | null> {
  const { unsupported } = step;
  if (unsupported !== null) return step.metrics.map((metric) => missing(metric, 'unsupported', unsupported));
  const result = await step.run(groups.of(step.processor), signal);
  if (signal.aborted) return null;
  if (!result.ok) {
    // A worker that crashed or hangs is not asked again; the next step starts new ones.
    if (result.error.code === 'worker-failed') groups.close();
    return failedMetrics(step, result.error);
  }
  return result.value.map((metric) =>
    metric.status === 'ok' ? { ...metric, warnings: [...metric.warnings, ...step.warnings] } : metric,
  );
}

/** Measures the device (quick profile). Errors: `cancelled`. */
export async function measureDevice(options: MeasureOptions): Promise<Result<DeviceProfile>> {
  const { capabilities, threads, signal, onProgress } = options;
  const { browser, adapter, cores, crossOriginIsolated } = capabilities;
  const steps = quickSteps(capabilities, threads);
  const total = steps.reduce((count, step) => count + step.metrics.length, 0);
  const metrics: Metric[] = [];
  const groups = new GroupInHand();
  const onAbort = (): void => groups.close();
  signal.addEventListener('abort', onAbort);
  try {
    for (const step of steps) {
      if (signal.aborted) return err({ code: 'cancelled' });
      onProgress?.({ step: step.label, index: metrics.length, total });
      const found = await runStep(step, groups, signal);
      if (found === null) return err({ code: 'cancelled' });
      for (const metric of found) {
        metrics.push(metric);
        onProgress?.({ step: step.label, index: metrics.length, total, metric });
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    groups.close();
  }
  return ok({
    format: 'ridgepoint-profile',
    version: 1,
    name: `${browser}, ${cores} cores`,
    date: new Date().toISOString(),
    environment: { browser, adapter, cores, crossOriginIsolated },
    metrics,
  });
}
