/** @file Decides what each row of the experiment runs and where: plans both forms of the full configuration, and picks a design. */
import type { EngineId } from '../../core/engine.ts';
import type { Plan } from '../../core/planning/plan.ts';
import type { FormDescription, FormId } from '../../core/prepare-model.ts';
import type { DeviceProfile, ProcessorId } from '../../core/profile/profile.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StageClient } from '../../workers/stage.client.ts';
import { chooseEngines } from '../choose-engines.ts';
import { planModel } from '../plan-model.ts';
import { SOURCE_FPS } from '../plan-on-device.ts';
import type { EngineUse, PlanReport } from '../plan-report.ts';
import type { ProcessorPool } from '../processors.ts';
import type { Work } from '../task-runner.ts';
import type { RowSpec } from './load-row.ts';
import { formOf, segmentsOf, type Subject } from './subject.ts';

/** What rows are tried and run on. */
export interface Bench {
  readonly pool: ProcessorPool;
  /** Those that plans may use; the last client may be one more, for the baseline. */
  readonly processors: readonly ProcessorId[];
  readonly clients: readonly StageClient[];
  readonly cores: number;
  readonly profile: DeviceProfile;
  /** Of racing a plan once. */
  readonly planSeconds?: number | undefined;
}

export type EngineOf = (processor: ProcessorId) => EngineId;

export const engineOfUses =
  (uses: readonly EngineUse[]): EngineOf =>
  (processor) =>
    uses.find((use) => use.processor === processor)?.engine ?? 'ort';

/** Tries the engines with a form, tunes our own for it, and gives the faster one by processor. */
export async function enginesFor(
  subject: Subject,
  form: FormId,
  { pool, clients }: Bench,
  work: Work,
): Promise<Result<readonly EngineUse[]>> {
  return chooseEngines({
    pool,
    clients,
    form: formOf(subject, form),
    segments: segmentsOf(subject, form),
    wanted: 'auto',
    ...work,
  });
}

async function planForm(
  subject: Subject,
  form: FormId,
  engines: readonly EngineUse[],
  { processors, clients, cores, profile, planSeconds }: Bench,
  work: Work,
): Promise<Result<PlanReport>> {
  return planModel({
    modelId: subject.network.model,
    configuration: subject.configuration,
    form: formOf(subject, form),
    segments: segmentsOf(subject, form),
    engines,
    processors,
    cores,
    objective: 'fastest',
    sourceFps: SOURCE_FPS,
    profile,
    measure: 'best',
    roundSeconds: planSeconds,
    clients,
    ...work,
  });
}

const wholeOn = (bench: Bench, processor: ProcessorId, { units }: FormDescription): Plan => {
  const processorIndex = bench.clients.findIndex((client) => client.processor === processor);
  return {
    kind: 'single',
    stages: [{ processor, processorIndex, fromUnit: 0, toUnit: units.length - 1 }],
  };
};

const planOf = ({ kind, stages }: Plan): Plan => ({ kind, stages });

/** The processor that is the fastest alone, by measurement. */
function fastestAlone({ singles }: PlanReport): ProcessorId {
  const rate = (single: PlanReport['singles'][number]): number =>
    (single.measured ?? single.predicted).throughputFps;
  const [best] = singles.toSorted((a, b) => rate(b) - rate(a));
  return best?.processor ?? 'wasm:1';
}

/** The rows of the full configuration; both forms by the same engine on each processor, the one that the fused form is faster by. */
export async function fullRows(
  subject: Subject,
  bench: Bench,
  work: Work,
): Promise<Result<readonly RowSpec[]>> {
  const fusedUses = await enginesFor(subject, 'deploy', bench, work);
  if (!fusedUses.ok) return fusedUses;
  const fused = await planForm(subject, 'deploy', fusedUses.value, bench, work);
  if (!fused.ok) return fused;
  // Also for the kernels of the shapes that only this form has; which engine it would like is not asked.
  const tuned = await enginesFor(subject, 'multi-branch', bench, work);
  if (!tuned.ok) return tuned;
  for (const { processor, engine } of fusedUses.value) {
    const told = await bench.pool.prefer(processor, engine);
    if (!told.ok) return told;
  }
  const multiBranch = await planForm(subject, 'multi-branch', fusedUses.value, bench, work);
  if (!multiBranch.ok) return multiBranch;
  const engineOf = engineOfUses(fusedUses.value);
  const otherEngine: EngineOf = () => (engineOf('wasm:1') === 'ort' ? 'fused' : 'ort');
  const [branches, deploy] = [formOf(subject, 'multi-branch'), formOf(subject, 'deploy')];
  const best = fastestAlone(multiBranch.value);
  const trained = { subject, form: 'multi-branch', engineOf } as const;
  const deployed = { subject, form: 'deploy', engineOf } as const;
  return ok([
    { id: 'baseline', ...trained, plan: wholeOn(bench, 'wasm:1', branches) },
    { id: 'multi-branch', ...trained, plan: wholeOn(bench, best, branches) },
    { id: 'fused', ...deployed, plan: wholeOn(bench, best, deploy) },
    { id: 'multi-branch+plan', ...trained, plan: planOf(multiBranch.value.chosen) },
    { id: 'fused+plan', ...deployed, plan: planOf(fused.value.chosen) },
    { id: 'paper-plan', ...deployed, plan: planOf(fused.value.paper) },
    {
      id: 'other-engine multi-branch',
      ...trained,
      engineOf: otherEngine,
      plan: wholeOn(bench, 'wasm:1', branches),
    },
    { id: 'other-engine fused', ...deployed, engineOf: otherEngine, plan: wholeOn(bench, 'wasm:1', deploy) },
  ]);
}
