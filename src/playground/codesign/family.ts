/** @file The configurations of the loaded model, each with its deploy form: what designs are made of. */
import type { Configuration, Elastic } from '../../core/elastic/elastic.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { FormDescription } from '../../core/prepare-model.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Segments } from '../plan-request.ts';
import type { Work } from '../task-runner.ts';
import type { DesignConfiguration } from './design-space.ts';

/** Who has the weights: composes configurations without putting them in force. */
export interface FamilySource {
  describe(configuration: string): Promise<Result<FormDescription>>;
  segmentsOf(configuration: string): Segments;
}

export interface FamilyMember {
  readonly configuration: DesignConfiguration;
  readonly form: FormDescription;
  readonly segments: Segments;
}

export interface Family {
  readonly published: Manifest;
  readonly elastic: Elastic;
  /** As the manifest lists them. */
  readonly members: readonly FamilyMember[];
}

export async function readFamily(
  published: Manifest,
  source: FamilySource,
  { signal, onProgress }: Work,
): Promise<Result<Family>> {
  const { elastic, id: model } = published;
  if (!elastic) return err({ code: 'configuration-unknown', model: published.name, id: null });
  const { configurations } = elastic;
  const members: FamilyMember[] = [];
  for (const [i, configuration] of configurations.entries()) {
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress('Composing every configuration', (0.15 * i) / configurations.length);
    const form = await source.describe(configuration.id);
    if (!form.ok) return form;
    members.push({
      configuration: describe(model, configuration),
      form: form.value,
      segments: source.segmentsOf(configuration.id),
    });
  }
  return ok({ published, elastic, members });
}

const describe = (
  model: string,
  { id, side, kinds, top1, top5, multiplyAdds, parameters }: Configuration,
): DesignConfiguration => ({ model, id, side, kinds, top1, top5, multiplyAdds, parameters });
