/**
 * @file Frames on their way through a plan, on one time axis: a lane a processor, a bar a step. Solid = measured, dashed and
 * hollow = predicted. Where it can be read, each bar is read with the pointer or, after Tab, with the keyboard.
 */
import { useId, useState, type KeyboardEvent } from 'react';
import css from './Gantt.module.css';
import { GanttLanes, LANE, TITLE } from './GanttLanes.tsx';
import { stepsInOrder, ticksOf, type GanttGroup } from './gantt-view.ts';
import { stepReading } from './step-reading.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly groups: readonly GanttGroup[];
  /** Says what a bar is that is pointed at; left out where bars come and go. */
  readonly isReadable?: boolean;
}

const [LABELS, AXIS, TICK] = [84, 24, 70];

export function Gantt({ groups, isReadable = false }: Props) {
  const [box, width] = useWidth(500);
  const [activeId, setActiveId] = useState<string | null>(null);
  const readingId = useId();
  const kinds = groups.map(stepsInOrder);
  const steps = kinds.flat();
  const span = Math.max(0, ...steps.map(({ end }) => end));
  if (span === 0)
    return <p className={css['empty']}>The frames’ way through the stages appears here while live runs.</p>;
  const plot = Math.max(1, width - LABELS);
  const titles = groups.length > 1 ? TITLE : 0;
  const tops = groups.map((_, g) =>
    groups.slice(0, g).reduce((sum, { lanes }) => sum + lanes.length * LANE + titles, 0),
  );
  const bottom = groups.reduce((sum, { lanes }) => sum + lanes.length * LANE + titles, 0);
  const x = (time: number): number => LABELS + (time / span) * plot;
  const move = (event: KeyboardEvent): void => {
    const next = stepReading(kinds, activeId, event.key);
    if (next === null) return;
    event.preventDefault();
    setActiveId(next);
  };
  const reading = {
    tabIndex: 0,
    'aria-describedby': readingId,
    onKeyDown: move,
    onBlur: () => setActiveId(null),
  };
  const active = steps.find(({ id }) => id === activeId);
  return (
    <figure className={css['gantt']}>
      <div ref={box}>
        <svg
          width={width}
          height={bottom + AXIS}
          role="img"
          aria-label={summaryOf(groups, span)}
          {...(isReadable && reading)}
        >
          <g className={css['axis']} aria-hidden>
            {ticksOf(span, Math.max(1, Math.floor(plot / TICK))).map((tick) => (
              <g key={tick}>
                <line x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} />
                <text
                  x={x(tick)}
                  y={bottom + 16}
                  textAnchor={tick === 0 ? 'start' : x(tick) > width - 24 ? 'end' : 'middle'}
                >
                  {tick === 0 ? '0 ms' : tick}
                </text>
              </g>
            ))}
          </g>
          {groups.map((group, g) => (
            <GanttLanes
              key={group.title}
              group={group}
              top={tops[g] ?? 0}
              hasTitle={titles > 0}
              x={x}
              active={active}
              onRead={isReadable ? setActiveId : null}
            />
          ))}
        </svg>
      </div>
      {isReadable && (
        <figcaption id={readingId} aria-live="polite">
          {active ? (
            <>
              <strong>{active.label}</strong> {active.reading}
            </>
          ) : (
            'Point at a bar to read it, or use the arrow keys.'
          )}
        </figcaption>
      )}
    </figure>
  );
}

const summaryOf = (groups: readonly GanttGroup[], span: number): string =>
  `Frames in the pipeline over ${span.toFixed(0)} ms. ${groups
    .map(
      ({ title, lanes }) =>
        `${title}: ${lanes.map(({ label, bars }) => `${label} ${bars.length}`).join(', ')}`,
    )
    .join('; ')}`;
