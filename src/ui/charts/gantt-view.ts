/** @file What a Gantt shows: a lane a processor, a bar a step of a frame, ms from the first start on. Its table reads the same. */
import { membersOf, type Stage } from '../../core/planning/plan.ts';
import { stepsOf, type TracedFrame } from '../../core/planning/trace.ts';
import type { ProcessorId } from '../../core/profile/profile.ts';
import type { PlanEntry } from '../../playground/plan-report.ts';
import { processorName } from '../../playground/plan-sentence.ts';
import type { Readable } from './roofline-plane.ts';
import { toneIn, type Tone } from './tone.ts';

export interface GanttStep extends Readable {
  readonly frame: number;
  /** From 1. */
  readonly stage: number;
  readonly processor: string;
  readonly start: number;
  readonly end: number;
  readonly wait: number | null;
}

export interface GanttLane {
  readonly label: string;
  readonly tone: Tone;
  readonly bars: readonly GanttStep[];
}

export interface GanttGroup {
  readonly title: string;
  readonly isPredicted: boolean;
  readonly lanes: readonly GanttLane[];
}

export type DrawnPlan = Pick<PlanEntry, 'kind' | 'stages'>;

export const duration = (ms: number): string => `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms`;

/** `frames` in ms; a lane for each processor of the plan, in the order of its stages. */
export function ganttGroup(
  { title, isPredicted }: Pick<GanttGroup, 'title' | 'isPredicted'>,
  { kind, stages }: DrawnPlan,
  processors: readonly ProcessorId[],
  frames: readonly TracedFrame[],
): GanttGroup {
  const steps = stepsOf(frames, { stages });
  const nameOf = (stage: Stage, index: number): string =>
    kind === 'single' ? processorName([stage.processor], 0) : processorName(processors, index);
  const lanes = stages.flatMap((stage, s) =>
    membersOf(stage).map(({ processorIndex }, m): GanttLane => {
      const name = nameOf(stage, processorIndex);
      const mine = steps.filter((step) => step.stage === s && step.member === m);
      return {
        label: name,
        tone: toneIn({ stages }, processorIndex),
        bars: mine.map(({ frame, start, end, wait }) => ({
          id: `${title} ${frame} ${s}`,
          frame,
          stage: s + 1,
          processor: name,
          start,
          end,
          wait,
          label: `Frame ${frame} on ${name}, ${title}:`,
          reading: `${duration(end - start)}, from ${start.toFixed(1)} to ${end.toFixed(1)} ms${
            wait === null || wait < 0.05 ? '' : `, after ${duration(wait)} of waiting`
          }.`,
        })),
      };
    }),
  );
  return { title, isPredicted, lanes };
}

/** Frame by frame, and of each stage by stage. */
export const stepsInOrder = ({ lanes }: GanttGroup): readonly GanttStep[] =>
  lanes.flatMap(({ bars }) => bars).toSorted((a, b) => a.frame - b.frame || a.stage - b.stage);

/** Round times from 0 on, at most `most`, the last not past `span`. */
export function ticksOf(span: number, most: number): readonly number[] {
  if (!(span > 0)) return [0];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  );
}
