/** @file The shown plan's frames in time: as the simulator says, over the last that really ran. */
import { useState } from 'react';
import { planLabel } from '../../../core/planning/plan.ts';
import { TRACED_FRAMES, type TracedFrame } from '../../../core/planning/trace.ts';
import type { WhatIf } from '../../../core/planning/what-if.ts';
import type { PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { Gantt } from '../../charts/Gantt.tsx';
import { GanttTable } from '../../charts/GanttTable.tsx';
import { ganttGroup } from '../../charts/gantt-view.ts';
import { Choice } from '../../components/Choice.tsx';
import { Section } from '../../components/Section.tsx';
import { usePlaygroundState } from '../../playground-context.ts';
import css from './PartitionScreen.module.css';

interface Props {
  readonly report: PlanReport;
  readonly shown: WhatIf;
  readonly entry: PlanEntry | null;
}

type Origin = 'race' | 'live';

export function Schedule({ report: { processors }, shown: { plan, simulation }, entry }: Props) {
  const live = usePlaygroundState((state) => state.live);
  const [wanted, setWanted] = useState<Origin>('race');
  const isLive = live.status === 'on' && live.plan !== null && planLabel(live.plan) === planLabel(plan);
  const frames: Readonly<Record<Origin, readonly TracedFrame[]>> = {
    race: entry?.measured?.lastFrames ?? [],
    live: isLive ? live.traces : [],
  };
  const origins = (['race', 'live'] as const).filter((origin) => frames[origin].length > 0);
  const origin = origins.includes(wanted) ? wanted : origins[0];
  const predicted = simulation.frames.slice(-TRACED_FRAMES).map((frame, i) => ({
    id: i + 1,
    submittedAt: frame.submittedAt * 1000,
    spans: frame.spans.map((span) => ({ ...span, start: span.start * 1000, end: span.end * 1000 })),
  }));
  const measured = (origin ? frames[origin] : []).map((frame, i) => ({ ...frame, id: i + 1 }));
  const groups = [
    ganttGroup({ title: 'predicted', isPredicted: true }, plan, processors, predicted),
    ...(measured.length > 0
      ? [ganttGroup({ title: 'measured', isPredicted: false }, plan, processors, measured)]
      : []),
  ];
  return (
    <Section
      title={`The last ${TRACED_FRAMES} frames`}
      remark={
        origin
          ? `simulated, and from the timestamps of ${origin === 'race' ? 'the race' : 'live, which waits for its source'}`
          : 'simulated; this plan was not run'
      }
    >
      <div className={css['stack']}>
        {origins.length > 1 && origin && (
          <Choice
            label="Measured frames of"
            options={origins.map((id) => ({ id, name: id }))}
            value={origin}
            onChange={setWanted}
          />
        )}
        <Gantt groups={groups} isReadable />
        <GanttTable groups={groups} />
      </div>
    </Section>
  );
}
