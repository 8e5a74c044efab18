/**
 * @file Racing: plans are run as the pipelines they describe, on the same inputs, and compared – the model proposes, the
 * measurement decides (METHOD §4). Also the check that a split model still computes the same.
 */
import type { AppError } from '../core/errors.ts';
import { TRACED_FRAMES } from '../core/planning/trace.ts';
import { dealTo, depthOf, membersOf, type Plan, type Stage } from '../core/planning/plan.ts';
import { differenceOf, worseOf, type Difference } from '../core/reparam/equivalence.ts';
import { err, ok, type Result } from '../core/result.ts';
import { framesOf } from './input-frames.ts';
import { spansOf, type Timed } from './performance-of-runs.ts';
import { Pipeline, type PipelineOptions, type StageMember } from '../workers/pipeline.client.ts';
import type { ResultMessage } from '../workers/stage.api.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { Segments } from './plan-request.ts';

/** A plan whose segments lie in its workers: what `Pipeline.start` wants of it. */
export type LoadedPlan = Pick<PipelineOptions, 'stages' | 'depth'>;

type Stages = Pick<Plan, 'stages'>;

/** Unique among the segments of all that a worker may hold at once: `of` tells networks apart. */
export function segmentName({ fromUnit, toUnit }: Pick<Stage, 'fromUnit' | 'toUnit'>, of = ''): string {
  const units = `units ${fromUnit}–${toUnit}`;
  return of === '' ? units : `${of}, ${units}`;
}

/** What workers hold already, and are known to hold from then on (holdings.ts). */
export interface Shelf {
  has(client: StageClient, segment: string): boolean;
  add(client: StageClient, segment: string): void;
}

const EMPTY: Shelf = { has: () => false, add: () => undefined };

/** Loads each stage's segment on its clients, but for what they hold. `of`: see `segmentName`. */
export async function loadStages(
  plan: Stages,
  clients: readonly StageClient[],
  segments: Segments,
  shelf: Shelf = EMPTY,
  of?: string,
): Promise<Result<LoadedPlan>> {
  const stages: PipelineOptions['stages'][number][] = [];
  for (const stage of plan.stages) {
    let bytes: Awaited<ReturnType<Segments>> | null = null;
    const segment = segmentName(stage, of);
    const members: StageMember[] = [];
    for (const { processor, processorIndex } of membersOf(stage)) {
      const client = clients[processorIndex];
      if (!client) return err({ code: 'processor-invalid', id: processor });
      members.push({ client, segment });
      if (shelf.has(client, segment)) continue;
      bytes ??= await segments(stage.fromUnit, stage.toUnit);
      if (!bytes.ok) return bytes;
      const { value } = bytes;
      const result = await client.worker.call((remote) => remote.load(segment, value));
      if (!result.ok) return result;
      shelf.add(client, segment);
    }
    stages.push({ members, deal: dealTo(stage) });
  }
  return ok({ stages, depth: depthOf(plan) });
}

/** Unloads each stage's segment from its clients. */
export async function unloadStages(plan: Stages, clients: readonly StageClient[]): Promise<void> {
  for (const stage of plan.stages) {
    const segment = segmentName(stage);
    for (const { processorIndex } of membersOf(stage))
      await clients[processorIndex]?.worker.call((remote) => remote.unload(segment));
  }
}

/** What to send: frame `i` gets the i-th input, round and round, until `enough` says so. */
interface Run {
  readonly inputs: readonly Float32Array<ArrayBuffer>[];
  readonly wantsOutput: boolean;
  /** Frames in flight at most; as many as the pipeline has credits unless told. */
  readonly inFlight?: number;
  readonly enough: (sent: number, elapsedMs: number) => boolean;
  readonly signal: AbortSignal;
}

interface Finished {
  readonly result: ResultMessage;
  readonly sentAt: number;
  readonly at: number;
}

/** Runs loaded stages as a pipeline and gives every result with its times (ms), in order of arrival. */
export async function runPipeline(
  plan: LoadedPlan,
  { inputs, wantsOutput, inFlight = Infinity, enough, signal }: Run,
): Promise<Result<readonly Finished[]>> {
  const finished: Finished[] = [];
  const sentAt = new Map<number, number>();
  let settle: (outcome: Result<readonly Finished[]>) => void = () => undefined;
  const outcome = new Promise<Result<readonly Finished[]>>((resolve) => (settle = resolve));
  const frames = framesOf(inputs);
  const started = await Pipeline.start({
    ...plan,
    imageInput: null,
    wantsOutput,
    onResult: (result) => {
      finished.push({ result, sentAt: sentAt.get(result.id) ?? 0, at: performance.now() });
    },
    onFailure: (error: AppError) => settle(err(error)),
  });
  if (!started.ok) return started;
  const pipeline = started.value;
  const begin = performance.now();
  const pump = (): void => {
    const mayGo = (): boolean => pipeline.hasCredit && pipeline.inFlight < inFlight && !signal.aborted;
    while (mayGo() && !enough(sentAt.size, performance.now() - begin)) {
      const frame = frames[sentAt.size % frames.length];
      if (!frame) break;
      const input = frame();
      // Before, not after: a page that workers take the core from may go on only once the result is there.
      const now = performance.now();
      const id = pipeline.submit(input);
      if (id !== null) sentAt.set(id, now);
    }
    if (pipeline.inFlight === 0) settle(signal.aborted ? err({ code: 'cancelled' }) : ok(finished));
  };
  pipeline.whenCredit(pump);
  pump();
  const result = await outcome;
  await pipeline.stop();
  return result;
}

/** Frames at the start that fill the pipeline and are not counted. */
const WARMUP_FRAMES = 3;
/** Frames sent one at a time: some, and of a quick plan as many as take this long, for clocks and sleeping threads blur those. */
const LATENCY_FRAMES = 8;
const MOST_LATENCY_FRAMES = 100;
const LATENCY_MS = 50;

/**
 * Runs full for about `seconds` (at least `minFrames`) for the times between results, then a few frames one at a time for
 * their latency: full, a frame's latency would be what it waits for the others.
 */
export async function timePipeline(
  plan: LoadedPlan,
  inputs: readonly Float32Array<ArrayBuffer>[],
  budget: { readonly seconds: number; readonly minFrames: number },
  signal: AbortSignal,
): Promise<Result<Timed>> {
  const ran = await runPipeline(plan, {
    inputs,
    wantsOutput: false,
    signal,
    enough: (sent, elapsed) => sent >= budget.minFrames + WARMUP_FRAMES && elapsed >= budget.seconds * 1000,
  });
  if (!ran.ok) return ran;
  const counted = ran.value.slice(WARMUP_FRAMES - 1);
  const alone = await runPipeline(plan, {
    inputs,
    wantsOutput: false,
    inFlight: 1,
    signal,
    enough: (sent, elapsed) =>
      sent >= MOST_LATENCY_FRAMES ||
      (sent >= Math.min(budget.minFrames, LATENCY_FRAMES) && elapsed >= LATENCY_MS),
  });
  if (!alone.ok) return alone;
  return ok({
    intervalsMs: counted.slice(1).map(({ at }, i) => at - (counted[i]?.at ?? at)),
    turnFrames: Math.max(...plan.stages.map(({ deal }) => deal.length)),
    latenciesMs: alone.value.map(({ sentAt, at }) => at - sentAt),
    spans: { full: spansOf(counted), alone: spansOf(alone.value) },
    lastFrames: counted.slice(-TRACED_FRAMES).map(({ result: { id, spans } }) => ({ id, spans })),
  });
}

export interface Equality extends Difference {
  readonly inOrder: boolean;
  readonly frames: number;
}

/** Runs every input once through the stages and compares with the reference outputs. */
export async function checkPipeline(
  plan: LoadedPlan,
  inputs: readonly Float32Array<ArrayBuffer>[],
  references: readonly Float32Array[],
  signal: AbortSignal,
): Promise<Result<Equality>> {
  const ran = await runPipeline(plan, {
    inputs,
    wantsOutput: true,
    signal,
    enough: (sent) => sent >= inputs.length,
  });
  if (!ran.ok) return ran;
  const difference = ran.value
    .map(({ result }) => differenceOf(references[result.id] ?? [], result.output ?? []))
    .reduce(worseOf, { maxAbsDifference: 0, maxRelDifference: 0 });
  const inOrder = ran.value.length === inputs.length && ran.value.every(({ result }, i) => result.id === i);
  return ok({ ...difference, inOrder, frames: ran.value.length });
}
