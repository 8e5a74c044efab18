/** @file Times the whole model on each processor alone, as a whole and by layer: the measured cost model's input. */
import type { LayerTimes } from '../core/cost/cost-table.ts';
import { layerSeconds } from '../core/cost/layer-times.ts';
import { elementCount } from '../core/graph/model.ts';
import { lowerQuartile, median, relativeSpread } from '../core/stats.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NodeTiming } from '../workers/stage.api.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { Performance } from './plan-report.ts';
import { SLOW_SECONDS, type PlanRequest } from './plan-request.ts';

export interface Single {
  readonly processor: ProcessorId;
  readonly performance: Performance;
  /** Null where the engine's profile could not be brought onto our layers. */
  readonly times: LayerTimes | null;
}

/** One entry a processor of the request, in its order; equal processors are measured once. */
export async function measureSingles(request: PlanRequest): Promise<Result<readonly Single[]>> {
  const { form, processors, clients, onProgress, signal } = request;
  const whole = await request.segments(0, form.units.length - 1);
  if (!whole.ok) return whole;
  const input = randomTensor(elementCount(form.input.shape), 1);
  const done = new Map<ProcessorId, Single>();
  for (const [i, processor] of processors.entries()) {
    const client = clients[i];
    if (!client || done.has(processor)) continue;
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress(`Timing every layer on ${processor}`, i / processors.length / 2);
    const single = await measureSingle(client, whole.value, input, form.layers);
    if (!single.ok) return single;
    done.set(processor, single.value);
  }
  return ok(processors.flatMap((processor) => done.get(processor) ?? []));
}

export interface SingleEffort {
  /** Of timing the whole, and runs at the least. */
  readonly seconds: number;
  readonly runs: number;
  /** Watched by the engine, layer by layer, at most: no longer than the whole is timed. */
  readonly profiledRuns: number;
}

const LEAST_PROFILED_RUNS = 4;

const THOROUGH: SingleEffort = { seconds: 0.6, runs: 8, profiledRuns: 5 };

export async function measureSingle(
  { worker, processor }: StageClient,
  bytes: Uint8Array,
  input: Float32Array,
  layers: PlanRequest['form']['layers'],
  { seconds: budget, runs, profiledRuns }: SingleEffort = THOROUGH,
): Promise<Result<Single>> {
  const loaded = await worker.call((remote) => remote.load('whole', bytes));
  if (!loaded.ok) return loaded;
  const slow = loaded.value.warmupSeconds > SLOW_SECONDS;
  const timed = await worker.call((remote) =>
    remote.time('whole', input, slow ? 2 : runs, slow ? 0 : budget),
  );
  const middle = timed.ok ? (median(timed.value) ?? 0) : 0;
  const affordable = Math.max(LEAST_PROFILED_RUNS, Math.ceil(budget / middle));
  const watchedRuns = slow ? 1 : Math.min(profiledRuns, affordable);
  const watched = timed.ok
    ? await worker.call((remote) => remote.profile('whole', input, watchedRuns))
    : timed;
  await worker.call((remote) => remote.unload('whole'));
  if (!timed.ok) return timed;
  const totalSeconds = lowerQuartile(timed.value) ?? 0;
  const profiled =
    watched.ok && watched.value === null ? await profileAnew(worker, bytes, input, watchedRuns) : watched;
  const seconds = profiled.ok && profiled.value ? layerSeconds(layers, profiled.value) : null;
  return ok({
    processor,
    performance: { throughputFps: 1 / middle, latencyMs: middle * 1000, n: timed.value.length },
    times: seconds && { processor, seconds, totalSeconds, relativeError: relativeSpread(timed.value) },
  });
}

/** Seconds a run of each node, where the engine can be watched. */
async function profileAnew(
  worker: StageClient['worker'],
  bytes: Uint8Array,
  input: Float32Array,
  runs: number,
): Promise<Result<readonly NodeTiming[]>> {
  const loaded = await worker.call((remote) => remote.loadProfiled('profiled', bytes));
  if (!loaded.ok) return loaded;
  const timed = await worker.call((remote) => remote.time('profiled', input, runs, 0));
  return timed.ok ? worker.call((remote) => remote.endProfile('profiled')) : timed;
}
