/** @file The plan in force as one true sentence, and the sentence that says why. Pure; read on Live and Partition. */
import type { ProcessorId } from '../core/profile/profile.ts';
import { threadsOf } from '../core/profile/profile.ts';
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

const figuresOf = (entry: {
  readonly predicted: Performance;
  readonly measured: Performance | null;
}): Performance => entry.measured ?? entry.predicted;

/** Frames/s of the chosen plan over those of the best single processor; null where neither or only one was measured. */
export function gainOverBestSingle({ chosen, plans, singles }: PlanReport): number | null {
  const raced = plans.filter((entry) => entry.kind === 'single').flatMap((entry) => entry.measured ?? []);
  const alone = [...raced, ...(raced.length > 0 ? [] : singles.flatMap((single) => single.measured ?? []))];
  const best = Math.max(...alone.map((figures) => figures.throughputFps));
  return chosen.measured && Number.isFinite(best) ? chosen.measured.throughputFps / best : null;
}

/** An en dash that no line breaks after. */
const DASH = '\u2060–\u2060';

const unitRange = ({ fromUnit, toUnit }: PlanEntry['stages'][number], last: number): string => {
  if (fromUnit === 0 && toUnit === last) return 'the whole model';
  if (toUnit === last && fromUnit > 0) return 'the rest';
  return fromUnit === toUnit ? `unit ${fromUnit + 1}` : `units ${fromUnit + 1}${DASH}${toUnit + 1}`;
};

export function planSentence(report: PlanReport): PlanSentence {
  const { chosen, processors, units } = report;
  const [only] = chosen.stages;
  if (chosen.kind === 'single' && only) {
    return {
      what: `${processorName([only.processor], 0)} runs the whole model.`,
      why: whySingle(report),
    };
  }
  const parts = chosen.stages.map(
    (stage) =>
      `${processorName(processors, stage.processorIndex)} runs ${unitRange(stage, units.length - 1)}`,
  );
  return { what: `${parts.join(', ')}.`, why: whyPipeline(report) };
}

function whySingle(report: PlanReport): string {
  const { chosen, plans, processors } = report;
  const rival = plans.find((entry) => entry.kind === 'pipeline');
  if (processors.length === 1 || !rival) return 'It is the only processor there is to plan for.';
  const [ours, theirs] = [figuresOf(chosen), figuresOf(rival)];
  const basis = rival.measured && chosen.measured ? 'measured' : 'predicted';
  if (report.objective === 'snappiest') {
    const [a, b] = [ours.latencyMs, theirs.latencyMs].map((ms) => ms.toFixed(ms < 10 ? 1 : 0));
    return `One processor answers soonest: ${a} ms a frame against ${b} ms for the best split, ${basis}.`;
  }
  const ratio = ours.throughputFps / theirs.throughputFps;
  return `Splitting would not pay: alone it runs ${ratio.toFixed(2)} × the frames of the best split, ${basis}.`;
}

function whyPipeline(report: PlanReport): string {
  const gain = gainOverBestSingle(report);
  const together = 'They work on successive frames at the same time';
  if (gain !== null) {
    return `${together}: ${gain.toFixed(2)} × the frames of the best processor alone, measured; at most ${report.bound.speedup.toFixed(2)} × is possible.`;
  }
  return `${together}; at most ${report.bound.speedup.toFixed(2)} × the best processor alone is possible.`;
}
