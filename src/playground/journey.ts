/**
 * @file The visitor's journey, made of the playground's verbs: one button that ends in a running live view, a change of
 * model that keeps looking at the same thing, a new objective that takes over. Never a dead end: where no camera can be
 * had the sample clip plays, and the notice says why.
 */
import type { EnginePreference } from '../core/engine.ts';
import type { Objective } from '../core/planning/objective.ts';
import { err, ok, type Result } from '../core/result.ts';
import { openSource, preferredSource, type SourceChoice } from './live-sources.ts';
import type { PlanOptions } from './plan-request.ts';
import type { Playground } from './playground.ts';
import type { LoadedModel } from './state.ts';

/** Runs the plan in force on a source that the visitor chose; what was said of the one before is answered. */
export function show(playground: Playground, choice: SourceChoice): Promise<Result<null>> {
  playground.dismissNotice();
  return startOn(playground, choice);
}

async function startOn(playground: Playground, choice: SourceChoice): Promise<Result<null>> {
  // A camera may have to be let go before it can be opened again; a file is read first, so that a bad one ends nothing.
  const ready = choice.kind === 'camera' ? null : await openSource(choice);
  if (ready && !ready.ok) {
    playground.report(ready.error);
    return ready;
  }
  const started = await playground.live.start(() => (ready ? Promise.resolve(ready) : openSource(choice)));
  if (ready && !started.ok) ready.value.stop();
  if (started.ok) playground.store.setState({ lastSource: choice });
  return started;
}

const isLive = (playground: Playground): boolean => playground.state.live.status !== 'off';

/** The source of before, if it suits the model; else what the model is made for, else the sample clip. */
async function showAgain(playground: Playground): Promise<void> {
  const { model, lastSource } = playground.state;
  if (!model) return;
  const preferred = preferredSource(model.manifest);
  const suits = lastSource && (lastSource.kind === 'pad') === (preferred.kind === 'pad');
  const choice = suits ? lastSource : preferred;
  const started = await startOn(playground, choice);
  if (!started.ok && started.error.code === 'camera-unavailable') await startOn(playground, { kind: 'clip' });
}

/** Load a model if none is, measure, plan, show. Cancelled or failed, it keeps what it has, a live view included. */
export async function measureAndShow(playground: Playground, modelId: string): Promise<void> {
  const wasLive = isLive(playground);
  const planned = await playground.measureAndPlan(modelId);
  if (planned.ok || (wasLive && !isLive(playground))) await showAgain(playground);
}

/** Puts another model in: planned at once where the device is measured, and shown again if live was on. */
export async function switchModel(
  playground: Playground,
  load: () => Promise<Result<LoadedModel>>,
): Promise<Result<null>> {
  const wasLive = isLive(playground);
  const loaded = await load();
  if (!loaded.ok) {
    if (wasLive && !isLive(playground)) await showAgain(playground);
    return loaded;
  }
  const planned = playground.state.profile ? await playground.plan({}) : ok(null);
  if (wasLive) await showAgain(playground);
  return planned.ok ? ok(null) : planned;
}

/** Times both forms on every processor; live goes on after it. */
export async function timeForms(playground: Playground): Promise<void> {
  const wasLive = isLive(playground);
  await playground.timeForms();
  if (wasLive) await showAgain(playground);
}

/** Times both engines for the plan in force; live goes on after it. */
export async function compareEngines(playground: Playground): Promise<void> {
  const wasLive = isLive(playground);
  await playground.compareEngines();
  if (wasLive) await showAgain(playground);
}

/** Explores the designs of the loaded model; live goes on after it. */
export async function exploreAndShow(playground: Playground): Promise<void> {
  const wasLive = isLive(playground);
  await playground.explore();
  if (wasLive) await showAgain(playground);
}

export function switchObjective(playground: Playground, objective: Objective): Promise<Result<null>> {
  return planAndShow(playground, { objective });
}

export function switchEngine(playground: Playground, engine: EnginePreference): Promise<Result<null>> {
  return planAndShow(playground, { engine });
}

/** Plans anew; live goes on with the new plan, or with the old one if this failed. */
export async function planAndShow(playground: Playground, options: PlanOptions = {}): Promise<Result<null>> {
  const wasLive = isLive(playground);
  const planned = await playground.plan(options);
  if (wasLive) await showAgain(playground);
  return planned.ok ? ok(null) : err(planned.error);
}
