/** @file The grid of the Roofline chart: powers of two to the right, of ten upwards, and what the axes are. */
import type { LogAxis } from '../../core/chart/log-axis.ts';
import css from './RooflineChart.module.css';
import { GIGA, MARGIN, type Plane } from './roofline-plane.ts';

const FRACTIONS: Readonly<Record<number, string>> = { 0.5: '½', 0.25: '¼', 0.125: '⅛' };

function intensityLabel(value: number): string {
  if (value >= 1) return String(value);
  return FRACTIONS[value] ?? `1/${Math.round(1 / value)}`;
}

interface Props {
  readonly plane: Plane;
  readonly xAxis: LogAxis;
  readonly yAxis: LogAxis;
}

export function Grid({ plane: { x, y, right, bottom }, xAxis, yAxis }: Props) {
  return (
    <g className={css['grid']} aria-hidden>
      {xAxis.ticks.map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={MARGIN.top} y2={bottom} />
          <text x={x(tick)} y={bottom + 16} textAnchor="middle">
            {intensityLabel(tick)}
          </text>
        </g>
      ))}
      {yAxis.ticks.map((tick) => (
        <g key={tick}>
          <line data-major x1={MARGIN.left} x2={right} y1={y(tick * GIGA)} y2={y(tick * GIGA)} />
          <text x={MARGIN.left - 6} y={y(tick * GIGA) + 4} textAnchor="end">
            {tick >= 1 ? tick.toLocaleString('en-US') : String(Number(tick.toPrecision(1)))}
          </text>
        </g>
      ))}
      <text x={MARGIN.left} y={14}>
        performance, GFLOP/s
      </text>
      <text x={right} y={bottom + 33} textAnchor="end">
        operational intensity, FLOP/byte
      </text>
    </g>
  );
}
