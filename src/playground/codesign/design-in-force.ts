/** @file Which design runs, or would if live were on. */
import type { Design } from '../../core/codesign/design.ts';
import { planLabel } from '../../core/planning/plan.ts';
import type { PlaygroundState } from '../state.ts';

/** The design that the model and the plan in force are; null where they are none of the space. */
export function designInForce({
  codesign,
  model,
  plan,
}: Pick<PlaygroundState, 'codesign' | 'model' | 'plan'>): Design | null {
  if (!codesign || !model || !plan) return null;
  const label = planLabel(plan.chosen);
  const isInForce = (design: Design): boolean =>
    design.model === model.manifest.id &&
    design.configuration === model.configuration &&
    planLabel(design.plan) === label;
  return codesign.designs.find(isInForce) ?? null;
}
