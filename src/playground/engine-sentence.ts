/** @file Which engine runs the model where, in words; for the page and the command line. Pure. */
import { ENGINE_NAMES, type EngineId, type EnginePreference } from '../core/engine.ts';
import { processorsOf } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { EngineUse, PlanReport } from './plan-report.ts';
import { processorName } from './plan-sentence.ts';

const OTHER: Readonly<Record<EngineId, EngineId>> = { fused: 'ort', ort: 'fused' };
const SENTENCE_NAMES: Readonly<Record<EngineId, string>> = {
  fused: 'Ridgepoint’s own engine',
  ort: ENGINE_NAMES.ort,
};

/** Of the plan in force: `On onnxruntime-web.`, or processor by processor, with the precision where there is a choice; null where nothing was run. */
export function engineSentence({ engines, chosen }: Pick<PlanReport, 'engines' | 'chosen'>): string | null {
  const used = new Set(processorsOf(chosen).map(({ processor }) => processor));
  const uses = engines.filter(({ processor }) => used.has(processor));
  const [first] = uses;
  if (!first) return null;
  const nameOf = ({ engine, precision }: EngineUse): string =>
    `${SENTENCE_NAMES[engine]}${precision === undefined ? '' : ` in ${precision}`}`;
  if (uses.every((use) => nameOf(use) === nameOf(first))) return `On ${nameOf(first)}.`;
  const parts = uses.map((use) => `${processorName([use.processor], 0)} on ${nameOf(use)}`);
  return `${parts.join(', ')}.`;
}

/** Of the engine that runs: times as fast as the other one; null where not both were timed. */
export function engineGain({ engine, seconds }: EngineUse): number | null {
  const [own, other] = [seconds[engine], seconds[OTHER[engine]]];
  return own !== null && other !== null && own > 0 ? other / own : null;
}

/** What the choice was made from. */
export interface EngineReasons {
  readonly wanted: EnginePreference;
  /** A plain chain of convolutions. */
  readonly isChain: boolean;
}

/** Why this engine: the measured ratio, or what keeps the other one from being timed. */
export function engineReason(use: EngineUse, { wanted, isChain }: EngineReasons): string {
  const { engine, obstacle, n } = use;
  const gain = engineGain(use);
  const other = ENGINE_NAMES[OTHER[engine]];
  if (obstacle !== null) return `Not on Ridgepoint’s own engine: ${obstacle}.`;
  if (gain !== null) {
    const measured = `${gain.toFixed(2)} × as fast as ${other}, measured (n\u00a0=\u00a0${n}).`;
    return wanted === engine && gain < 1 ? `Your choice. ${measured}` : measured;
  }
  if (wanted === engine) return `Your choice; ${other} was not timed.`;
  if (engine === 'fused' && isChain)
    return 'A plain chain of convolutions needs no other engine: onnxruntime-web was not loaded.';
  return engine === 'fused' ? 'onnxruntime-web failed at it.' : `${other} was not timed.`;
}

/** `WASM A, WASM B`: whom a use is about. */
export function usersOf(processors: readonly ProcessorId[], { processor }: EngineUse): string {
  const names = processors.flatMap((each, i) => (each === processor ? [processorName(processors, i)] : []));
  return names.join(', ');
}
