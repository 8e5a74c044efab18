/**
 * @file Use case: plan the loaded model on this device – open the processors, choose their engines, calibrate where that
 * helps, plan, and put the plan in force. Live ends; a failure leaves the plan before in force.
 */
import { err, ok, type Result } from '../core/result.ts';
import { rooflineOf } from '../core/roofline/roofline.ts';
import type { Capabilities } from '../platform/capabilities.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { calibratedProfile } from './calibrated-profile.ts';
import { chooseEngines } from './choose-engines.ts';
import { planModel } from './plan-model.ts';
import type { PlanReport } from './plan-report.ts';
import type { PlanOptions, Segments } from './plan-request.ts';
import { checkProcessors, defaultProcessors, type ProcessorPool } from './processors.ts';
import type { Store } from './state.ts';
import type { Work } from './task-runner.ts';

/** The rate `smooth` plans for. */
export const SOURCE_FPS = 30;

/** What it needs of the playground. */
export interface PlanHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly segments: Segments;
  readonly live: { readonly stop: () => Promise<unknown> };
  capabilities(): Promise<Capabilities>;
}

export async function planOnDevice(
  host: PlanHost,
  options: PlanOptions,
  work: Work,
): Promise<Result<PlanReport>> {
  const { store, pool, segments } = host;
  const { model, profile, ...state } = store.getState();
  if (!model) return err({ code: 'model-missing' });
  if (!profile) return err({ code: 'profile-missing' });
  await host.live.stop();
  const capabilities = await host.capabilities();
  // Of the default processors only those that could be measured: a GPU whose kernels fail is none to plan with.
  const usable = defaultProcessors(capabilities).filter((id) => rooflineOf(profile, id) !== null);
  const { processors: wanted = usable, objective = state.objective, engine = state.engine } = options;
  const measure = options.measure ?? 'best';
  const processors = measure === 'none' ? ok(wanted) : checkProcessors(wanted, capabilities);
  if (!processors.ok) return processors;
  work.onProgress('Starting the processors', null);
  const opened = measure === 'none' ? ok([]) : await pool.acquire(processors.value);
  if (!opened.ok) return opened;
  const clients = opened.value;
  const form = model.description.forms.deploy;
  const engines = await chooseEngines({ pool, clients, form, segments, wanted: engine, ...work });
  if (!engines.ok) return engines;
  const isOnOrt = (client: StageClient): boolean =>
    engines.value.some((use) => use.processor === client.processor && use.engine === 'ort');
  const calibrated = await calibratedProfile(profile, clients.filter(isOnOrt), work);
  if (!calibrated.ok) return calibrated;
  store.setState({ profile: calibrated.value });
  const plan = await planModel({
    modelId: model.manifest.id,
    configuration: model.configuration,
    form,
    segments,
    engines: engines.value,
    processors: processors.value,
    cores: capabilities.cores,
    objective,
    sourceFps: SOURCE_FPS,
    profile: calibrated.value,
    measure,
    among: options.among,
    rounds: options.rounds,
    roundSeconds: options.roundSeconds,
    clients,
    ...work,
  });
  if (plan.ok) store.setState({ plan: plan.value, objective, engine });
  return plan;
}
