/** @file Throughput and latency over the last minute, and the last frames' way through the stages. */
import { lazy, Suspense } from 'react';
import type { LiveState } from '../../../playground/state.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { membersOf } from '../../../core/planning/plan.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { Gantt, type GanttRow } from '../../charts/Gantt.tsx';
import { StrokeLegend } from '../../charts/StrokeLegend.tsx';
import { toneOf } from '../../charts/tone.ts';
import { Section } from '../../components/Section.tsx';
import { usePlaygroundState } from '../../playground-context.ts';
import css from './LiveCharts.module.css';

// Recharts weighs more than the rest of the page: it comes when there is something to draw.
const TimeChart = lazy(() => import('../../charts/TimeChart.tsx'));

export function LiveCharts() {
  const live = usePlaygroundState((state) => state.live);
  const report = usePlaygroundState((state) => state.plan);
  const throughput = live.history.map(({ at, throughputFps, predicted }) => ({
    at,
    measured: throughputFps,
    predicted: predicted?.throughputFps ?? null,
  }));
  const latency = live.history.map(({ at, latencyP50Ms, predicted }) => ({
    at,
    measured: latencyP50Ms,
    predicted: predicted?.latencyMs ?? null,
  }));
  const waiting = <div className={css['waiting']}>The chart begins with the first frames.</div>;
  return (
    <>
      <Section title="Throughput, frames/s" remark={<StrokeLegend />}>
        {throughput.length > 1 ? (
          <Suspense fallback={waiting}>
            <TimeChart title="Throughput in frames/s" points={throughput} />
          </Suspense>
        ) : (
          waiting
        )}
      </Section>
      <Section title="Latency p50, ms" remark={<StrokeLegend />}>
        {latency.length > 1 ? (
          <Suspense fallback={waiting}>
            <TimeChart title="Latency in ms" points={latency} />
          </Suspense>
        ) : (
          waiting
        )}
      </Section>
      <Section title="Pipeline" remark="last frames, measured">
        <Gantt rows={ganttRows(live, report)} />
      </Section>
    </>
  );
}

/** A row a processor of the plan that runs. */
function ganttRows({ plan, traces }: LiveState, report: PlanReport | null): readonly GanttRow[] {
  const isShared = report !== null && plan !== null && plan.kind !== 'single';
  const processors = isShared ? report.processors : [plan?.stages[0]?.processor ?? ('wasm:1' as const)];
  const members = isShared
    ? plan.stages.flatMap((stage, s) =>
        membersOf(stage).map(({ processorIndex }, m) => ({ processorIndex, stage: s, member: m })),
      )
    : [{ processorIndex: 0, stage: 0, member: 0 }];
  return members.map(({ processorIndex, stage, member }) => ({
    label: processorName(processors, processorIndex),
    tone: toneOf(processors, processorIndex),
    bars: traces.flatMap(({ id, spans }) =>
      spans
        .filter((span) => span.stage === stage && span.member === member)
        .map(({ start, end }) => ({ frame: id, start, end })),
    ),
  }));
}
