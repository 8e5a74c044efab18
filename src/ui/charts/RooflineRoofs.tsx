/** @file The roofs of the Roofline chart: slope, ridge point, ceiling, and the name written on the line. */
import { lineLabels } from '../../core/chart/line-labels.ts';
import { attainablePerformance, ridgePoint } from '../../core/roofline/roofline.ts';
import { figure } from '../number-format.ts';
import css from './RooflineChart.module.css';
import type { Plane, RoofSeries } from './roofline-plane.ts';
import { fillOf, textOf } from './tone.ts';

/** Long strokes, so that they are not mistaken for the short dashes of predictions. */
const DASHES = [undefined, '14 5', '14 4 3 4', '22 4', '6 4 14 4'];

interface Props {
  readonly roofs: readonly RoofSeries[];
  readonly plane: Plane;
}

export function Roofs({ roofs, plane: { x, y, right, xAxis } }: Props) {
  return (
    <g>
      {roofs.map(({ id, tone, roof, device }) => {
        const [rx, ry] = [x(ridgePoint(roof)), y(roof.peakFlopPerSecond)];
        const start = `${x(xAxis.min)},${y(attainablePerformance(roof, xAxis.min))}`;
        return (
          <g key={id}>
            <polyline
              className={css['roof']}
              points={`${start} ${rx},${ry} ${right},${ry}`}
              stroke={fillOf(tone)}
              strokeDasharray={DASHES[device % DASHES.length]}
            />
            {device === 0 ? (
              <circle className={css['ridge']} cx={rx} cy={ry} r={4.5} fill={fillOf(tone)} />
            ) : (
              <rect
                className={css['ridge']}
                x={rx - 4.5}
                y={ry - 4.5}
                width={9}
                height={9}
                fill={fillOf(tone)}
              />
            )}
          </g>
        );
      })}
    </g>
  );
}

/** The names on the roofs; drawn after the points, so that these never cover them. */
export function RoofLabels({ roofs, plane: { y, right } }: Props) {
  const labelY = lineLabels(roofs.map(({ roof }) => y(roof.peakFlopPerSecond)));
  return (
    <g className={css['roofLabels']}>
      {roofs.map(({ id, label, tone, roof }, i) => (
        <text key={id} x={right} y={labelY[i]} textAnchor="end" fill={textOf(tone)}>
          {label} {figure(roof.peakFlopPerSecond / 1e9)} GFLOP/s · ridge {figure(ridgePoint(roof))}
        </text>
      ))}
    </g>
  );
}
