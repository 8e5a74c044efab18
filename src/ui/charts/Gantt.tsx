/** @file The last frames in the pipeline: one row a stage, one bar a frame, from the workers' own timestamps. */
import { useWidth } from './use-width.ts';
import css from './Gantt.module.css';
import { fillOf, type Tone } from './tone.ts';

export interface GanttRow {
  readonly label: string;
  readonly tone: Tone;
  /** Start and end in ms on one clock. */
  readonly bars: readonly { readonly frame: number; readonly start: number; readonly end: number }[];
}

const [LABEL_WIDTH, ROW, BAR, AXIS] = [76, 34, 22, 22];

export function Gantt({ rows }: { readonly rows: readonly GanttRow[] }) {
  const [box, width] = useWidth(500);
  const bars = rows.flatMap((row) => row.bars);
  const begin = Math.min(...bars.map((bar) => bar.start));
  const span = Math.max(...bars.map((bar) => bar.end)) - begin;
  const x = (time: number): number => LABEL_WIDTH + ((time - begin) / span) * (width - LABEL_WIDTH);
  const height = rows.length * ROW + AXIS;
  return (
    <div ref={box} className={css['gantt']}>
      {bars.length > 0 && span > 0 ? (
        <svg width={width} height={height} role="img" aria-label={summaryOf(rows, span)}>
          {rows.map((row, r) => (
            <g key={row.label}>
              <text x={0} y={r * ROW + BAR - 3}>
                {row.label}
              </text>
              {row.bars.map((bar) => (
                <g key={bar.frame}>
                  <rect
                    x={x(bar.start)}
                    y={r * ROW + 4}
                    width={Math.max(2, x(bar.end) - x(bar.start) - 1)}
                    height={BAR}
                    rx={3}
                    fill={fillOf(row.tone)}
                    opacity={bar.frame % 2 === 0 ? 1 : 0.85}
                  />
                  {x(bar.end) - x(bar.start) > 34 && (
                    <text className={css['frame']} x={(x(bar.start) + x(bar.end)) / 2} y={r * ROW + BAR - 3}>
                      {bar.frame}
                    </text>
                  )}
                </g>
              ))}
            </g>
          ))}
          <text className={css['axis']} x={width} y={height - 4}>
            {span.toFixed(0)} ms
          </text>
        </svg>
      ) : (
        <p>The frames’ way through the stages appears here while live runs.</p>
      )}
    </div>
  );
}

const summaryOf = (rows: readonly GanttRow[], span: number): string =>
  `Frames in the pipeline over ${span.toFixed(0)} ms: ${rows.map((row) => `${row.label} ${row.bars.length}`).join(', ')}`;
