/** @file Why live runs another plan than the chosen one, and which, in one sentence each. Pure. */
import type { PlanReport } from './plan-report.ts';
import { planSentence, processorName } from './plan-sentence.ts';
import type { Detour, LiveState } from './state.ts';

export interface DetourSentence {
  readonly why: string;
  readonly what: string;
  /** What the button says that puts the chosen plan back in force. */
  readonly back: string;
}

export function detourSentence(
  report: PlanReport,
  { detour, plan }: { readonly detour: Detour; readonly plan: LiveState['plan'] },
): DetourSentence {
  const nameOf = (index: number): string => processorName(report.processors, index);
  const runs = plan ? planSentence({ ...report, chosen: plan }).what : 'WASM runs the whole model.';
  if (detour.reason === 'slowed') {
    const factor = detour.factor.toFixed(1);
    return {
      why: `Your device slowed down: ${nameOf(detour.processor)} takes ${factor} × what it did.`,
      what: `The plan is now: ${runs}`,
      back: 'Back to the chosen plan',
    };
  }
  const names = detour.processors.map(nameOf);
  if (names.length === 0) return { why: 'The plan could not run.', what: runs, back: 'Try it again' };
  const subject =
    names.length === 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return {
    why: `${subject} ${names.length === 1 ? 'was' : 'were'} lost.`,
    what: runs,
    back: names.length === 1 ? `Try ${subject} again` : 'Try them again',
  };
}
