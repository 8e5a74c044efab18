/**
 * @file Use case: compose configurations of the loaded model over and over, for how long that takes and for the bytes that
 * come out. What runs stays as it is.
 */
import type { Configuration } from '../core/elastic/elastic.ts';
import { err, ok, type Result } from '../core/result.ts';
import { median, medianAbsoluteDeviation } from '../core/stats.ts';
import type { Composition } from '../workers/model.api.ts';
import { sha256 } from './load-model.ts';
import type { Work } from './task-runner.ts';

export interface ComposedConfiguration {
  readonly id: string;
  /** From the weights in memory to the deploy form as an ONNX file, in the worker; clock performance.now. */
  readonly milliseconds: { readonly median: number; readonly mad: number; readonly n: number };
  readonly bytes: number;
  readonly sha256: string;
}

type Compose = (configuration: string, runs: number) => Promise<Result<Composition>>;

/** As many as give a steady median in a fraction of a second. */
export const COMPOSE_RUNS = 20;
/** A call of the worker must end before its watchdog. */
const MOST_RUNS = 100;

/** `runs` is brought into 1…100. */
export async function composeConfigurations(
  configurations: readonly Configuration[],
  wantedRuns: number,
  compose: Compose,
  { signal, onProgress }: Work,
): Promise<Result<readonly ComposedConfiguration[]>> {
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.round(wantedRuns) || COMPOSE_RUNS));
  const results: ComposedConfiguration[] = [];
  for (const [i, { id }] of configurations.entries()) {
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress('Composing', i / configurations.length);
    const composed = await compose(id, runs);
    if (!composed.ok) return composed;
    const { seconds, onnx } = composed.value;
    const milliseconds = seconds.map((value) => value * 1000);
    const middle = median(milliseconds) ?? 0;
    results.push({
      id,
      milliseconds: { median: middle, mad: medianAbsoluteDeviation(milliseconds) ?? 0, n: runs },
      bytes: onnx.length,
      sha256: await sha256(onnx),
    });
  }
  return ok(results);
}
