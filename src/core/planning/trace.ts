/**
 * @file Frames on their way through a plan, simulated or as the workers tell it: who had which when, and how long it had
 * waited for it. What a Gantt draws and its table says.
 */
import { membersOf, type Plan } from './plan.ts';

export interface TracedSpan {
  readonly stage: number;
  /** Position in `membersOf` the stage. */
  readonly member: number;
  readonly start: number;
  readonly end: number;
}

export interface TracedFrame {
  readonly id: number;
  readonly spans: readonly TracedSpan[];
  /** Where it is known. */
  readonly submittedAt?: number;
}

/** Frames a Gantt shows. */
export const TRACED_FRAMES = 8;

export interface FrameStep extends TracedSpan {
  readonly frame: number;
  /** Position in the list of processors. */
  readonly processorIndex: number;
  /** Since the stage before, hand-over included, or since the frame was submitted; null where that is not known. */
  readonly wait: number | null;
}

/** Every step of every frame, frame by frame; in the unit of the spans, from the first start on. */
export function stepsOf(
  frames: readonly TracedFrame[],
  { stages }: Pick<Plan, 'stages'>,
): readonly FrameStep[] {
  const origin = Math.min(...frames.flatMap(({ spans }) => spans.map(({ start }) => start)));
  return frames.flatMap(({ id, spans, submittedAt }) =>
    spans
      .toSorted((a, b) => a.stage - b.stage)
      .flatMap((span, s, ordered) => {
        const stage = stages[span.stage];
        const member = stage && membersOf(stage)[span.member];
        if (!member) return [];
        const readyAt = s === 0 ? submittedAt : ordered[s - 1]?.end;
        return {
          ...span,
          frame: id,
          start: span.start - origin,
          end: span.end - origin,
          processorIndex: member.processorIndex,
          // Clocks of two workers may differ by a few µs.
          wait: readyAt === undefined ? null : Math.max(0, span.start - readyAt),
        };
      }),
  );
}
