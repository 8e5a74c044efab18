/** @file What the experiment rests on: the data set's model, a profile of this device, and the designs of that model's family. */
import type { DeviceProfile } from '../../core/profile/profile.ts';
import { ok, type Result } from '../../core/result.ts';
import type { DesignSpace } from '../codesign/design-space.ts';
import type { LoadedModel, PlaygroundState } from '../state.ts';
import { DATASETS, type DatasetId } from './datasets.ts';

/** Tasks of the playground, one after another. */
export interface DesignVerbs {
  readonly state: PlaygroundState;
  loadModel(id: string): Promise<Result<LoadedModel>>;
  measure(): Promise<Result<DeviceProfile>>;
  explore(options: { readonly verify?: boolean | undefined }): Promise<Result<DesignSpace>>;
}

/** Those that were explored before, where their front has run. */
export async function designsFor(verbs: DesignVerbs, dataset: DatasetId): Promise<Result<DesignSpace>> {
  const { model } = DATASETS[dataset];
  if (verbs.state.model?.manifest.id !== model) {
    const loaded = await verbs.loadModel(model);
    if (!loaded.ok) return loaded;
  }
  if (!verbs.state.profile) {
    const measured = await verbs.measure();
    if (!measured.ok) return measured;
  }
  const { codesign } = verbs.state;
  const isVerified = codesign !== null && codesign.verified === codesign.front.length;
  return isVerified ? ok(codesign) : verbs.explore({ verify: true });
}
