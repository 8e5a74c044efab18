/** @file A row of the experiment, as it is to run, and its segments in the stage workers, where they stay for all rounds. */
import type { EngineId } from '../../core/engine.ts';
import { dealTo, depthOf, membersOf, type Plan } from '../../core/planning/plan.ts';
import type { FormId } from '../../core/prepare-model.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { PipelineStage, StageMember } from '../../workers/pipeline.client.ts';
import type { StageClient } from '../../workers/stage.client.ts';
import type { LoadedPlan } from '../run-plan.ts';
import type { RowId } from './report.ts';
import { segmentsOf, type Subject } from './subject.ts';

export interface RowSpec<Id extends string = RowId> {
  /** Unique among those that are loaded at once. */
  readonly id: Id;
  readonly subject: Subject;
  readonly form: FormId;
  /** Processors by their places in the list of clients. */
  readonly plan: Plan;
  /** By which it is to run on a processor; our own leaves to onnxruntime-web what it cannot run. */
  readonly engineOf: (processor: ProcessorId) => EngineId;
}

export interface LoadedRow<Id extends string = RowId> {
  readonly spec: RowSpec<Id>;
  readonly loaded: LoadedPlan;
  /** What runs it in fact: one a member of the plan's stages, in order. */
  readonly engines: readonly EngineId[];
}

export async function loadRow<Id extends string>(
  spec: RowSpec<Id>,
  clients: readonly StageClient[],
): Promise<Result<LoadedRow<Id>>> {
  const stages: PipelineStage[] = [];
  const engines: EngineId[] = [];
  const loaded: StageMember[] = [];
  const load = async (): Promise<Result<null>> => {
    for (const stage of spec.plan.stages) {
      const bytes = await segmentsOf(spec.subject, spec.form)(stage.fromUnit, stage.toUnit);
      if (!bytes.ok) return bytes;
      const segment = `${spec.id}: units ${stage.fromUnit}–${stage.toUnit}`;
      const members: StageMember[] = [];
      for (const { processor, processorIndex } of membersOf(stage)) {
        const client = clients[processorIndex];
        if (client?.processor !== processor) return err({ code: 'processor-invalid', id: processor });
        const engine = spec.engineOf(processor);
        const answer = await client.worker.call((remote) => remote.load(segment, bytes.value, engine));
        if (!answer.ok) return answer;
        engines.push(answer.value.engine);
        members.push({ client, segment });
        loaded.push({ client, segment });
      }
      stages.push({ members, deal: dealTo(stage) });
    }
    return ok(null);
  };
  const done = await load();
  if (done.ok) return ok({ spec, loaded: { stages, depth: depthOf(spec.plan) }, engines });
  await unload(loaded);
  return done;
}

async function unload(members: readonly StageMember[]): Promise<void> {
  for (const { client, segment } of members) await client.worker.call((remote) => remote.unload(segment));
}

export const unloadRow = ({ loaded }: Pick<LoadedRow, 'loaded'>): Promise<void> =>
  unload(loaded.stages.flatMap(({ members }) => members));
