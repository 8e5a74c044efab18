/**
 * @file The networks of the loaded model's family, each with its deploy form: what designs are made of. A family is the
 * configurations of the loaded model and of the models that ship as other sizes of it.
 */
import type { Configuration, Elastic } from '../../core/elastic/elastic.ts';
import type { AppError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { FormDescription } from '../../core/prepare-model.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Segments } from '../plan-request.ts';
import type { Work } from '../task-runner.ts';
import type { DesignConfiguration } from './design-space.ts';

export interface OpenedFamily {
  readonly name: string;
  readonly loaded: Manifest;
  /** The loaded one among them; the smallest first. */
  readonly models: readonly Manifest[];
}

/** Who has the weights: composes configurations without putting them in force. */
export interface FamilySource {
  /** Has the weights of all models of the family at hand; of one that cannot be had `onFailure` is told, and it is left out. */
  openFamily(work: Work, onFailure: (error: AppError) => void): Promise<Result<OpenedFamily>>;
  describe(model: string, configuration: string): Promise<Result<FormDescription>>;
  segmentsOf(model: string, configuration: string): Segments;
}

export interface FamilyMember {
  readonly configuration: DesignConfiguration;
  readonly form: FormDescription;
  readonly segments: Segments;
}

export interface Family {
  readonly name: string;
  /** What all accuracies were measured on. */
  readonly accuracy: Elastic['accuracy'];
  /** Of all models of which members are. */
  readonly models: readonly Manifest[];
  /** As the manifests list them. */
  readonly members: readonly FamilyMember[];
  /** The default configuration of the loaded model. */
  readonly whole: FamilyMember;
}

export async function readFamily(
  source: FamilySource,
  work: Work,
  onFailure: (error: AppError) => void,
): Promise<Result<Family>> {
  const opened = await source.openFamily(work, onFailure);
  if (!opened.ok) return opened;
  const { name, loaded } = opened.value;
  const { elastic } = loaded;
  if (!elastic) return err({ code: 'configuration-unknown', model: loaded.name, id: null });
  const { accuracy } = elastic;
  const models = opened.value.models.filter(
    (each) => each.elastic && isComparable(each.elastic.accuracy, accuracy),
  );
  const networks = models.flatMap(({ id, elastic: own }) =>
    (own?.configurations ?? []).map((configuration) => describe(id, configuration)),
  );
  const members: FamilyMember[] = [];
  for (const [i, configuration] of networks.entries()) {
    const { model, id } = configuration;
    if (work.signal.aborted) return err({ code: 'cancelled' });
    work.onProgress('Composing every configuration', (0.15 * i) / networks.length);
    const form = await source.describe(model, id);
    if (!form.ok) return form;
    members.push({ configuration, form: form.value, segments: source.segmentsOf(model, id) });
  }
  const whole = members.find(
    ({ configuration: { model, id } }) => model === loaded.id && id === elastic.default,
  );
  return whole ? ok({ name, accuracy, models, members, whole }) : err({ code: 'model-missing' });
}

/** Accuracies are compared where they are of the same pictures. */
const isComparable = (one: Elastic['accuracy'], other: Elastic['accuracy']): boolean =>
  one.dataset === other.dataset && one.split === other.split && one.n === other.n;

const describe = (
  model: string,
  { id, side, kinds, top1, top5, multiplyAdds, parameters }: Configuration,
): DesignConfiguration => ({ model, id, side, kinds, top1, top5, multiplyAdds, parameters });
