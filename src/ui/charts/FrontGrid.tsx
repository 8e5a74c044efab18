/** @file The ground of the front chart: its grid, what its axes are, and the shade over what a wish rules out. */
import { figure } from '../number-format.ts';
import css from './FrontChart.module.css';
import type { FrontDrawn, FrontPlane } from './front-plane.ts';

interface Props {
  readonly drawn: FrontDrawn;
  readonly plane: FrontPlane;
}

/** `0.5`, `20`, `1,000`: ticks are round already. */
const tickText = (tick: number): string => (tick >= 1000 ? figure(tick) : String(tick));

export function FrontGrid({ drawn, plane: { x, y, left, right, top, bottom, xAxis, yAxis } }: Props) {
  return (
    <g className={css['grid']}>
      {xAxis.ticks.map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} />
          <text x={x(tick)} y={bottom + 17} textAnchor="middle">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {yAxis.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8} y={y(tick) + 4} textAnchor="end">
            {tickText(tick)}
          </text>
        </g>
      ))}
      <text x={2} y={14}>
        {drawn.y.title}
      </text>
      <text x={right} y={bottom + 35} textAnchor="end">
        {drawn.x.title}
      </text>
    </g>
  );
}

/** Px between a limit's line and its text, and what the text takes beside it and below it. */
const [GAP, WIDE, HIGH] = [6, 150, 40];

/** The shade is where the front is not: there the limits have their names, in the corner away from it. */
export function FrontLimits({ drawn, plane }: Props) {
  const { left, right, top, bottom } = plane;
  const { limit: limitX, better } = drawn.x;
  const { limit: limitY } = drawn.y;
  const x = limitX && plane.x(limitX.value);
  const y = limitY && plane.y(limitY.value);
  const isLeft = better === 'more';
  const nameLeft = x !== null && (isLeft ? x - left > WIDE : right - x < WIDE);
  return (
    <g className={css['limits']}>
      {x !== null && (
        <>
          <rect x={isLeft ? left : x} y={top} width={isLeft ? x - left : right - x} height={bottom - top} />
          <line x1={x} x2={x} y1={top} y2={bottom} />
          <text x={nameLeft ? x - GAP : x + GAP} y={bottom - GAP - 2} textAnchor={nameLeft ? 'end' : 'start'}>
            {limitX?.text}
          </text>
        </>
      )}
      {y !== null && (
        <>
          <rect x={left} y={y} width={right - left} height={bottom - y} />
          <line x1={left} x2={right} y1={y} y2={y} />
          <text
            x={isLeft ? left + GAP : right - GAP}
            y={bottom - y > HIGH ? y + 3 * GAP - 1 : y - GAP}
            textAnchor={isLeft ? 'start' : 'end'}
          >
            {limitY?.text}
          </text>
        </>
      )}
    </g>
  );
}
