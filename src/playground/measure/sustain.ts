/**
 * @file Use case "sustained": one processor's arithmetic for two minutes, to see what heat makes of it. A short visit a
 * second would let it cool, so it works all the time.
 */
import type { ProcessorId } from '../../core/profile/profile.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { median } from '../../core/stats.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { pageVisibility, type Visibility } from '../../platform/visibility.ts';
import { BenchWorkers, QUICK } from '../../workers/bench.client.ts';
import { gpuSteps } from './gpu-steps.ts';
import { protocolPorts } from './page-ports.ts';
import { wasmArithmetic } from './wasm-steps.ts';

export const SUSTAIN_SECONDS = 120;
/** One point of the chart: as many samples as fit. */
const POINT_SECONDS = 0.5;

export interface SustainSample {
  /** Seconds since it began. */
  readonly at: number;
  /** GFLOP/s. */
  readonly value: number;
}

export interface SustainOptions {
  readonly capabilities: Capabilities;
  readonly processor: ProcessorId;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onSample: (sample: SustainSample) => void;
  readonly visibility?: Visibility;
}

/** Samples until the time is over. Errors: `cancelled`, and what the kernel answers. */
export async function sustain(options: SustainOptions): Promise<Result<readonly SustainSample[]>> {
  const { capabilities, processor, seconds, signal, onSample, visibility = pageVisibility() } = options;
  const workers = new BenchWorkers();
  const onAbort = (): void => workers.close();
  signal.addEventListener('abort', onAbort);
  const request =
    processor === 'webgpu' ? gpuSteps(capabilities, 'quick').arithmetic() : wasmArithmetic(capabilities);
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const samples: SustainSample[] = [];
  const settings = { ...QUICK, samples: 1000, budgetSeconds: POINT_SECONDS };
  try {
    while (elapsed() < seconds) {
      const found = await workers.group(processor).measure(request, {
        settings,
        signal,
        ports: protocolPorts(visibility),
        verify: samples.length === 0,
      });
      if (!found.ok) return signal.aborted ? err({ code: 'cancelled' }) : found;
      const { secondsPerIteration, flopPerIteration } = found.value;
      const time = median(secondsPerIteration);
      if (time === null) continue;
      const sample = { at: elapsed(), value: flopPerIteration / time / 1e9 };
      samples.push(sample);
      onSample(sample);
    }
    return ok(samples);
  } finally {
    signal.removeEventListener('abort', onAbort);
    workers.close();
  }
}
