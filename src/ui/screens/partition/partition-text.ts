/** @file What the Partition screen calls things, and what errors of cost models mean. */
import type { CostModelId } from '../../../core/cost/cost-table.ts';
import { ENGINE_NAMES, type EnginePreference } from '../../../core/engine.ts';
import type { Objective } from '../../../core/planning/objective.ts';
import type { CostModelError } from '../../../playground/plan-report.ts';
import { percent } from '../../number-format.ts';

export const OBJECTIVE_TEXT: Readonly<Record<Objective, string>> = {
  fastest: 'most frames/s',
  snappiest: 'least latency',
  smooth: 'least latency at 30 frames/s',
};

export const ENGINE_CHOICE_NAME: Readonly<Record<EnginePreference, string>> = {
  auto: 'auto',
  ...ENGINE_NAMES,
};

export const ENGINE_CHOICE_TEXT: Readonly<Record<EnginePreference, string>> = {
  auto: 'our own, unless the other is measured faster',
  fused: 'our own engine wherever it can run the model',
  ort: 'everything on the general engine',
};

export const COST_MODEL_NAME: Readonly<Record<CostModelId, string>> = {
  measured: 'measured',
  calibrated: 'calibrated',
  roofline: 'Roofline',
};

export const COST_MODEL_TEXT: Readonly<Record<CostModelId, string>> = {
  measured: 'what each part took in the engine on this device',
  calibrated: 'what kernels of its kind take in the engine on this device',
  roofline: 'the least that the roof of each processor allows',
};

function orderText(spearman: number): string {
  if (spearman >= 0.95) return 'almost exactly';
  if (spearman >= 0.8) return 'mostly';
  return spearman >= 0.5 ? 'roughly' : 'hardly';
}

/** An error's meaning in a sentence or three; only of what is known. */
export function errorText({
  id,
  mape,
  spearman,
  regret,
}: Omit<CostModelError, 'wholeError' | 'statedError'>): string {
  const parts = [
    id === 'measured'
      ? ['The yardstick: the others are held against it.']
      : mape === null
        ? ['Nothing was measured to hold it against.']
        : [`On average a unit takes ${percent(mape)} more or less than it says.`],
    spearman === null ? [] : [`It tells dear units from cheap ones ${orderText(spearman)} right.`],
    regret === null
      ? ['The plan it would choose was not run.']
      : regret === 0
        ? ['The plan it would choose was the fastest that ran.']
        : [`The plan it would choose ran ${percent(regret, 1)} slower than the fastest.`],
  ];
  return parts.flat().join(' ');
}

/** Of the whole model on one processor, and in brackets what the cost model says of itself. */
export function wholeErrorText({
  wholeError,
  statedError,
}: Pick<CostModelError, 'wholeError' | 'statedError'>): string {
  const stated = statedError === null ? '' : ` (states ${percent(statedError)})`;
  return `${wholeError === null ? '–' : percent(wholeError)}${stated}`;
}
