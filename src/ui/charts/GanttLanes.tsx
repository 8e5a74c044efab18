/** @file The lanes of one group of a Gantt: names at the left, a bar a step of a frame. */
import css from './Gantt.module.css';
import type { GanttGroup, GanttStep } from './gantt-view.ts';
import { fillOf } from './tone.ts';

/** Px of a lane, and of the title over a group. */
export const [LANE, TITLE] = [30, 22];
const [BAR, TEXT] = [22, 15];
/** Px that the number of a frame needs. */
const room = (frame: number): number => 6 + 7 * String(frame).length;

interface Props {
  readonly group: GanttGroup;
  readonly top: number;
  readonly hasTitle: boolean;
  readonly x: (time: number) => number;
  readonly active: GanttStep | undefined;
  readonly onRead: ((id: string) => void) | null;
}

export function GanttLanes({ group, top, hasTitle, x, active, onRead }: Props) {
  const first = top + (hasTitle ? TITLE : 0);
  return (
    <g data-predicted={group.isPredicted || undefined} aria-hidden>
      {hasTitle && (
        <text className={css['title']} x={0} y={top + TEXT}>
          {group.title}
        </text>
      )}
      {group.lanes.map(({ label, tone, bars }, lane) => (
        <g key={label} transform={`translate(0 ${first + lane * LANE})`}>
          <text x={0} y={TEXT + 4}>
            {label}
          </text>
          {bars.map((bar) => {
            const width = Math.max(2, x(bar.end) - x(bar.start) - 1.5);
            return (
              <g
                key={bar.id}
                className={css['bar']}
                data-active={bar.id === active?.id || undefined}
                style={{ color: fillOf(tone) }}
                {...(onRead && { onPointerEnter: () => onRead(bar.id), onPointerDown: () => onRead(bar.id) })}
              >
                <rect
                  x={x(bar.start)}
                  y={4}
                  width={width}
                  height={BAR}
                  rx={3}
                  opacity={bar.frame % 2 === 0 ? 1 : 0.82}
                />
                {width > room(bar.frame) && (
                  <text x={(x(bar.start) + x(bar.end)) / 2} y={TEXT + 4}>
                    {bar.frame}
                  </text>
                )}
              </g>
            );
          })}
        </g>
      ))}
    </g>
  );
}
