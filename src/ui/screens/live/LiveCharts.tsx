/** @file Throughput and latency over the last minute, and the last frames' way through the stages. */
import { lazy, Suspense } from 'react';
import type { LiveSample, LiveState, PlaygroundState } from '../../../playground/state.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { Gantt } from '../../charts/Gantt.tsx';
import { ganttGroup, type DrawnPlan, type GanttGroup } from '../../charts/gantt-view.ts';
import { StrokeLegend } from '../../charts/StrokeLegend.tsx';
import { Section } from '../../components/Section.tsx';
import { usePlaygroundState, useSampledState } from '../../playground-context.ts';
import { MOVE_SIGNS } from './governor-text.ts';
import { GovernorMoves } from './GovernorMoves.tsx';
import css from './LiveCharts.module.css';

// Recharts weighs more than the rest of the page: it comes when there is something to draw.
const TimeChart = lazy(() => import('../../charts/TimeChart.tsx'));

/** A chart takes tens of milliseconds to draw, which the frames would wait for. */
const DRAWN_EVERY_MS = 2000;

const liveOf = ({ live }: PlaygroundState): LiveState => live;

/** The first sample of each second, and the newest. */
const oneASecond = (history: readonly LiveSample[]): readonly LiveSample[] =>
  history.filter(
    ({ at }, i) => i === history.length - 1 || Math.floor(at) !== Math.floor(history[i - 1]?.at ?? -1),
  );

export function LiveCharts() {
  const live = useSampledState(liveOf, DRAWN_EVERY_MS);
  const report = usePlaygroundState((state) => state.plan);
  const history = oneASecond(live.history);
  const throughput = history.map(({ at, throughputFps, predicted }) => ({
    at,
    measured: throughputFps,
    predicted: predicted?.throughputFps ?? null,
  }));
  const moves = live.governor?.moves ?? [];
  const latency = history.map(({ at, latencyP50Ms, predicted }) => ({
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
            <TimeChart
              title="Throughput in frames/s"
              points={throughput}
              marks={moves.map(({ at, reason }) => ({ at, sign: MOVE_SIGNS[reason] }))}
              target={live.governor?.targetFps ?? null}
            />
          </Suspense>
        ) : (
          waiting
        )}
        <GovernorMoves />
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
        <Gantt groups={[ganttOf(live, report)]} />
      </Section>
    </>
  );
}

/** While there is no plan the whole model runs on one WASM processor. */
const WHOLE: DrawnPlan = {
  kind: 'single',
  stages: [{ processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 0 }],
};

function ganttOf({ plan, traces }: LiveState, report: PlanReport | null): GanttGroup {
  const shown = report === null ? WHOLE : (plan ?? WHOLE);
  return ganttGroup({ title: 'measured', isPredicted: false }, shown, report?.processors ?? [], traces);
}
