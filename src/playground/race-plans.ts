/**
 * @file Runs the candidate plans in turn on the same inputs: first a check that the split model still computes the same,
 * then rounds of timing, interleaved so that drift of the machine hits all alike, and every other round the other way
 * round. Plans that are far behind are not run again, and those that are hard to tell apart run on, unless plans were asked for by
 * name.
 */
import type { AppError } from '../core/errors.ts';
import { elementCount } from '../core/graph/model.ts';
import { gainOver } from '../core/planning/keep.ts';
import { compareByObjective } from '../core/planning/objective.ts';
import { processorsOf, type RankedPlan } from '../core/planning/plan.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { candidateOf } from './candidate.ts';
import { performanceOfRuns, type Timed } from './performance-of-runs.ts';
import type { Performance } from './plan-report.ts';
import { SLOW_SECONDS, type PlanRequest } from './plan-request.ts';
import { checkPipeline, loadStages, timePipeline, unloadStages, type Equality } from './run-plan.ts';

export interface RacedPlan extends RankedPlan {
  readonly measured: Performance;
  readonly equality: Equality;
}

const ROUNDS = 3;
/** Of plans that three rounds do not tell apart. */
const MOST_ROUNDS = 7;
const ROUND_SECONDS = 0.5;
/** A plan this much worse than the best after one round, and after two, has lost: a slow spell alone does not do that. */
const HOPELESS_ONCE = 0.6;
const HOPELESS = 0.85;
/** Inputs that outputs are compared of: as many as take a plan this long, within limits. */
const CHECK_SECONDS = 0.1;
const [LEAST_CHECKED, MOST_CHECKED] = [2, 6];

type Inputs = readonly Float32Array<ArrayBuffer>[];

interface Run {
  readonly entry: RankedPlan;
  readonly timed: Timed[];
  equality: Equality | null;
}

/** Those that may still win `round`: at first all that are not far behind, then those that are not told apart from the best. */
function stillRacing(runs: readonly Run[], round: number, request: PlanRequest): readonly Run[] {
  const { objective, sourceFps, measure, among } = request;
  if (round === 0 || measure === 'all' || among) return runs;
  const candidates = runs.map((run) => ({
    run,
    ...candidateOf(performanceOfRuns(run.timed), processorsOf(run.entry.plan).length),
  }));
  const [best] = candidates.toSorted((a, b) => compareByObjective(a, b, objective, sourceFps));
  if (!best) return [];
  const hopeless = round === 1 ? HOPELESS_ONCE : HOPELESS;
  const left = candidates.filter((other) => {
    if (round >= ROUNDS) {
      const found = gainOver(best, other, objective, sourceFps);
      return found !== null && found.gain <= found.error;
    }
    const isFast = other.throughputFps >= hopeless * best.throughputFps;
    const isSoon = hopeless * other.latency <= best.latency;
    return objective === 'fastest' ? isFast : objective === 'snappiest' ? isSoon : isFast || isSoon;
  });
  // One that nothing comes near has won.
  return round >= ROUNDS && left.length < 2 ? [] : left.map(({ run }) => run);
}

export async function racePlans(
  request: PlanRequest,
  plans: readonly RankedPlan[],
): Promise<Result<readonly RacedPlan[]>> {
  const count = elementCount(request.form.input.shape);
  const slowest = Math.max(...plans.map(({ predicted }) => predicted.latencySeconds));
  const affordable = Math.min(MOST_CHECKED, Math.max(LEAST_CHECKED, Math.floor(CHECK_SECONDS / slowest)));
  const checks = slowest > SLOW_SECONDS ? 1 : affordable;
  const inputs = Array.from({ length: checks }, (_, i) => randomTensor(count, i + 1));
  const references = await referenceOutputs(request, inputs);
  if (!references.ok) return references;
  const runs: Run[] = plans.map((entry) => ({ entry, timed: [], equality: null }));
  const failed = new Map<RankedPlan, AppError>();
  const { rounds = request.measure === 'best' ? MOST_ROUNDS : ROUNDS } = request;
  for (let round = 0; round < rounds; round++) {
    const sound = runs.filter((run) => !failed.has(run.entry));
    const left = stillRacing(sound, round, request);
    for (const [i, run] of (round % 2 === 0 ? left : left.toReversed()).entries()) {
      if (request.signal.aborted) return err({ code: 'cancelled' });
      request.onProgress('Racing the best plans', 0.5 + (round + i / left.length) / rounds / 2);
      const turn = await runTurn(request, run.entry, inputs, run.equality ? null : references.value);
      if (turn.ok) {
        run.timed.push(turn.value.timed);
        run.equality ??= turn.value.equality;
      } else if (turn.error.code === 'cancelled') return turn;
      else failed.set(run.entry, turn.error);
    }
  }
  const finished = runs.flatMap(({ entry, timed, equality }) =>
    equality && !failed.has(entry) ? [{ ...entry, measured: performanceOfRuns(timed), equality }] : [],
  );
  // A plan that cannot run has lost; only where none can is that a failure.
  const [failure] = failed.values();
  return finished.length === 0 && failure ? err(failure) : ok(finished);
}

async function runTurn(
  { clients, segments, signal, roundSeconds = ROUND_SECONDS }: PlanRequest,
  { plan, predicted }: RankedPlan,
  inputs: Inputs,
  references: readonly Float32Array[] | null,
): Promise<Result<{ readonly timed: Timed; readonly equality: Equality | null }>> {
  try {
    const loaded = await loadStages(plan, clients, segments);
    if (!loaded.ok) return loaded;
    const equality = references ? await checkPipeline(loaded.value, inputs, references, signal) : ok(null);
    if (!equality.ok) return equality;
    const slow = predicted.latencySeconds > SLOW_SECONDS;
    const budget = slow ? { seconds: 0, minFrames: 2 } : { seconds: roundSeconds, minFrames: 8 };
    const timed = await timePipeline(loaded.value, inputs, budget, signal);
    return timed.ok ? ok({ timed: timed.value, equality: equality.value }) : timed;
  } finally {
    await unloadStages(plan, clients);
  }
}

/** The outputs that every plan has to reproduce: one WASM processor's where there is one (GPUs have been wrong). */
async function referenceOutputs(
  { form, processors, clients, segments }: PlanRequest,
  inputs: Inputs,
): Promise<Result<readonly Float32Array[]>> {
  const at = Math.max(
    0,
    processors.findIndex((processor) => processor !== 'webgpu'),
  );
  const client = clients[at];
  if (!client) return err({ code: 'processor-invalid', id: processors[at] ?? 'none' });
  const whole = await segments(0, form.units.length - 1);
  if (!whole.ok) return whole;
  const loaded = await client.worker.call((remote) => remote.load('reference', whole.value));
  if (!loaded.ok) return loaded;
  const outputs: Float32Array[] = [];
  for (const input of inputs) {
    const output = await client.worker.call((remote) => remote.run('reference', input));
    if (!output.ok) return output;
    outputs.push(output.value);
  }
  await client.worker.call((remote) => remote.unload('reference'));
  return ok(outputs);
}
