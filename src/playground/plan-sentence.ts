/** @file The plan in force as one true sentence, and the sentence that says why. Pure; read on Live and Partition. */
import type { ProcessorId } from '../core/profile/profile.ts';
import { threadsOf } from '../core/profile/profile.ts';
import { membersOf } from '../core/planning/plan.ts';
import { computesWrong } from './build-plan-report.ts';
import type { PlanEntry, PlanReport, Performance } from './plan-report.ts';

export interface PlanSentence {
  readonly what: string;
  readonly why: string;
}

/** `WebGPU`, `WASM`, `WASM × 2`; with several equal groups in the list `WASM A`, `WASM B`, … */
export function processorName(processors: readonly ProcessorId[], index: number): string {
  const processor = processors[index] ?? 'wasm:1';
  if (processor === 'webgpu') return 'WebGPU';
  const threads = threadsOf(processor);
  const base = threads === 1 ? 'WASM' : `WASM × ${threads}`;
  const equal = processors.flatMap((other, i) => (other === processor ? [i] : []));
  return equal.length < 2 ? base : `${base} ${String.fromCharCode(65 + equal.indexOf(index))}`;
}

/** Frames/s of the chosen plan over those of the best single processor; null where neither or only one was measured. */
export function gainOverBestSingle({ chosen, plans, singles }: PlanReport): number | null {
  const raced = plans
    .filter((entry) => entry.kind === 'single' && !computesWrong(entry))
    .flatMap((entry) => entry.measured ?? []);
  const alone = [...raced, ...(raced.length > 0 ? [] : singles.flatMap((single) => single.measured ?? []))];
  const best = Math.max(...alone.map((figures) => figures.throughputFps));
  return chosen.measured && Number.isFinite(best) ? chosen.measured.throughputFps / best : null;
}

/** An en dash that no line breaks after. */
const DASH = '\u2060–\u2060';

/** `units 1–18`, `the rest`, … of a model whose last unit is `last`. */
export const unitRange = ({ fromUnit, toUnit }: PlanEntry['stages'][number], last: number): string => {
  if (fromUnit === 0 && toUnit === last) return 'the whole model';
  if (toUnit === last && fromUnit > 0) return 'the rest';
  return fromUnit === toUnit ? `unit ${fromUnit + 1}` : `units ${fromUnit + 1}${DASH}${toUnit + 1}`;
};

/** `WASM A 1–18 → WASM B 19–34`, `WASM A + WASM B 1–34` where they take frames in turn, or `WASM alone`. */
export function planText(
  { kind, stages }: Pick<PlanEntry, 'kind' | 'stages'>,
  processors: readonly ProcessorId[],
): string {
  const [only] = stages;
  if (kind === 'single' && only) return `${processorName([only.processor], 0)} alone`;
  return stages
    .map((stage) => {
      const names = membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex));
      return `${names.join(' + ')} ${stage.fromUnit + 1}–${stage.toUnit + 1}`;
    })
    .join(' → ');
}

export function planSentence(report: PlanReport): PlanSentence {
  const { chosen, processors, units } = report;
  const [only] = chosen.stages;
  if (chosen.kind === 'single' && only) {
    return {
      what: `${processorName([only.processor], 0)} runs the whole model.`,
      why: whyNotMore(report) ?? whySingle(report),
    };
  }
  const parts = chosen.stages.map((stage) => {
    const names = membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex));
    const range = unitRange(stage, units.length - 1);
    return names.length === 1
      ? `${names.join('')} runs ${range}`
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} run ${range} on frames in turn`;
  });
  return { what: `${parts.join(', ')}.`, why: whyNotMore(report) ?? whyPipeline(report) };
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;

/** Where a plan of more processors was passed over. */
const whyNotMore = ({ passedOver }: PlanReport): string | null =>
  passedOver
    ? `More processors would gain ${percent(passedOver.gain)}, no more than the figures may err (${percent(passedOver.error)}).`
    : null;

interface Comparison {
  readonly ours: Performance;
  readonly theirs: Performance;
  readonly basis: 'measured' | 'predicted';
}

/**
 * One processor beside the best of the plans that share the work, or the other way round; of those that compute right:
 * both as measured, or else both as predicted. Null without one.
 */
function againstTheOtherKind({ chosen, plans }: PlanReport): Comparison | null {
  const isShared = chosen.kind !== 'single';
  const rival = plans.find((entry) => (entry.kind === 'single') === isShared && !computesWrong(entry));
  if (!rival) return null;
  return chosen.measured && rival.measured
    ? { ours: chosen.measured, theirs: rival.measured, basis: 'measured' }
    : { ours: chosen.predicted, theirs: rival.predicted, basis: 'predicted' };
}

const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** `99 ms a frame against 120 ms for the best split, measured.` */
const soonest = ({ ours, theirs, basis }: Comparison, other: string): string =>
  `${milliseconds(ours.latencyMs)} a frame against ${milliseconds(theirs.latencyMs)} for ${other}, ${basis}.`;

function whySingle(report: PlanReport): string {
  if (report.processors.length === 1) return 'It is the only processor there is to plan for.';
  const comparison = againstTheOtherKind(report);
  if (!comparison) {
    return report.plans.some(computesWrong)
      ? 'Every split that was run computes something else than one processor.'
      : 'This model cannot be split.';
  }
  const { ours, theirs, basis } = comparison;
  const ratio = ours.throughputFps / theirs.throughputFps;
  const { objective } = report;
  // `smooth` may take a plan of fewer frames for its latency.
  const byLatency = objective === 'snappiest' || (objective === 'smooth' && ratio < 1);
  // Only a prediction can be better than what was chosen: the measurement decided.
  if (byLatency ? ours.latencyMs > theirs.latencyMs : ratio < 1)
    return 'It is the best of the plans that were run.';
  if (byLatency) return `One processor answers soonest: ${soonest(comparison, 'the best split')}`;
  return `Splitting would not pay: alone it runs ${ratio.toFixed(2)} × the frames of the best split, ${basis}.`;
}

function whyPipeline(report: PlanReport): string {
  const comparison = againstTheOtherKind(report);
  const isSooner = comparison && comparison.ours.latencyMs <= comparison.theirs.latencyMs;
  if (report.objective === 'snappiest' && isSooner)
    return `Together they answer soonest: ${soonest(comparison, 'the best processor alone')}`;
  const { speedup } = report.bound;
  const gain = gainOverBestSingle(report);
  const together = 'They work on successive frames at the same time';
  if (gain === null) {
    return `${together}; at most ${speedup.toFixed(2)} × the best processor alone is possible.`;
  }
  const measured = `${together}: ${gain.toFixed(2)} × the frames of the best processor alone, measured`;
  // The bound holds for the times of the profile; a race a little later may run past it.
  return gain > speedup ? `${measured}.` : `${measured}; at most ${speedup.toFixed(2)} × is possible.`;
}
