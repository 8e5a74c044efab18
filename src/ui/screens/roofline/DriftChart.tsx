/** @file The rate of a sustained run over time; the thin line is the first ten seconds. A sample every half second at most. */
import { useWidth } from '../../charts/use-width.ts';
import { ownerName } from '../../components/metric-name.ts';
import { figure } from '../../number-format.ts';
import type { Sustained } from '../../../playground/state.ts';
import css from './RooflineScreen.module.css';
import { driftLine } from './sustained-view.ts';

const HEIGHT = 110;
const SECONDS = 120;
const MARGIN = { left: 44, right: 8, top: 18, bottom: 20 };
const TICKS = [0, 30, 60, 90, 120];

export function DriftChart({ sustained }: { readonly sustained: Sustained }) {
  const [box, width] = useWidth(420);
  const inner = Math.max(60, width - MARGIN.left - MARGIN.right);
  const line = driftLine(sustained.samples, SECONDS, inner, HEIGHT);
  const last = sustained.samples.at(-1);
  return (
    <div className={css['drift']}>
      <div ref={box}>
        {line && last && (
          <svg
            width={width}
            height={HEIGHT + MARGIN.top + MARGIN.bottom}
            role="img"
            aria-label={`${ownerName(sustained.processor)} over ${Math.round(last.at)} seconds, now ${figure(last.value)} GFLOP/s`}
          >
            <text x={0} y={11}>
              GFLOP/s, {ownerName(sustained.processor)}
            </text>
            <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
              <Axis inner={inner} line={line} />
              <line className={css['first']} x1={0} x2={inner} y1={line.firstY} y2={line.firstY} />
              <polyline className={css['rate']} points={line.points} />
            </g>
          </svg>
        )}
      </div>
    </div>
  );
}

interface AxisProps {
  readonly inner: number;
  readonly line: NonNullable<ReturnType<typeof driftLine>>;
}

function Axis({ inner, line: { top, bottom } }: AxisProps) {
  return (
    <g aria-hidden>
      {[0, HEIGHT].map((y) => (
        <line key={y} className={css['frame']} x1={0} x2={inner} y1={y} y2={y} />
      ))}
      <text x={-6} y={8} textAnchor="end">
        {figure(top)}
      </text>
      <text x={-6} y={HEIGHT} textAnchor="end">
        {figure(bottom)}
      </text>
      {TICKS.map((at) => (
        <text
          key={at}
          x={(at / SECONDS) * inner}
          y={HEIGHT + 16}
          textAnchor={at === SECONDS ? 'end' : 'middle'}
        >
          {at} s
        </text>
      ))}
    </g>
  );
}
