/** @file A live quantity over the last minute: solid = measured, dashed = predicted. Drawn every two seconds. */
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import css from './TimeChart.module.css';

export interface TimePoint {
  /** Seconds. */
  readonly at: number;
  readonly measured: number | null;
  readonly predicted: number | null;
}

/** Something that happened, named by one character. */
export interface TimeMark {
  /** Seconds. */
  readonly at: number;
  readonly sign: string;
}

interface Props {
  readonly title: string;
  readonly points: readonly TimePoint[];
  readonly marks?: readonly TimeMark[];
  /** What is aimed at; null for nothing. */
  readonly target?: number | null;
}

const TICK = { fill: 'var(--mut)', fontSize: 11.5 } as const;

export default function TimeChart({ title, points, marks = [], target = null }: Props) {
  const last = points.at(-1);
  return (
    <div
      className={css['chart']}
      role="img"
      aria-label={`${title}: ${points.length} samples${last?.measured == null ? '' : `, last ${last.measured.toFixed(1)}`}`}
      data-samples={points.length}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={[...points]}
          margin={{ top: marks.length > 0 ? 18 : 8, right: 8, bottom: 0, left: -14 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            domain={['dataMin', 'dataMax']}
            tick={TICK}
            tickFormatter={(at: number) => `${Math.round(at)} s`}
            stroke="var(--line)"
            minTickGap={40}
            allowDecimals={false}
          />
          <YAxis domain={[0, 'auto']} tick={TICK} stroke="var(--line)" width={52} />
          {target !== null && (
            <ReferenceLine
              y={target}
              stroke="var(--mut)"
              ifOverflow="extendDomain"
              label={{ ...TICK, value: `target ${target}`, position: 'insideBottomLeft' }}
            />
          )}
          {marks.map(({ at, sign }) => (
            <ReferenceLine
              key={at}
              x={at}
              stroke="var(--ink)"
              strokeOpacity={0.5}
              label={{ ...TICK, fill: 'var(--ink)', value: sign, position: 'top' }}
            />
          ))}
          <Line
            dataKey="predicted"
            stroke="var(--mut)"
            strokeDasharray="5 4"
            dot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="measured"
            stroke="var(--ink)"
            strokeWidth={1.8}
            dot={false}
            isAnimationActive={false}
          />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
