/** @file The roofs of the Roofline chart: slope, ridge point and peak. */
import { attainablePerformance, ridgePoint } from '../../core/roofline/roofline.ts';
import css from './RooflineChart.module.css';
import type { Plane, RoofSeries } from './roofline-plane.ts';
import { fillOf } from './tone.ts';

/** Long strokes, so that they are not mistaken for the short dashes of predictions. */
const DASHES = [undefined, '14 5', '14 4 3 4', '22 4', '6 4 14 4'];
/** Half the side of a ridge marker, px. */
const MARKER = 4.5;

export interface LinesProps {
  readonly plane: Plane;
  readonly activeId: string | null;
  readonly onRead: (id: string) => void;
}

export function Roofs({
  roofs,
  plane: { x, y, right, xAxis },
  activeId,
  onRead,
}: LinesProps & { readonly roofs: readonly RoofSeries[] }) {
  return (
    <g>
      {roofs.map(({ id, tone, roof, device }) => {
        const [rx, ry] = [x(ridgePoint(roof)), y(roof.peakFlopPerSecond)];
        const start = `${x(xAxis.min)},${y(attainablePerformance(roof, xAxis.min))}`;
        const points = `${start} ${rx},${ry} ${right},${ry}`;
        return (
          <g key={id} data-active={id === activeId || undefined} className={css['roofGroup']}>
            <polyline
              className={css['roof']}
              points={points}
              stroke={fillOf(tone)}
              strokeDasharray={DASHES[device % DASHES.length]}
            />
            <Ridge x={rx} y={ry} fill={fillOf(tone)} isOwn={device === 0} />
            <polyline
              className={css['hit']}
              points={points}
              data-hit
              onPointerEnter={() => onRead(id)}
              onPointerDown={() => onRead(id)}
            />
          </g>
        );
      })}
    </g>
  );
}

interface RidgeProps {
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly isOwn: boolean;
}

/** A disc for this device, a square for another. */
function Ridge({ x, y, fill, isOwn }: RidgeProps) {
  if (isOwn) return <circle className={css['ridge']} cx={x} cy={y} r={MARKER} fill={fill} />;
  const [left, top, side] = [x - MARKER, y - MARKER, 2 * MARKER];
  return <rect className={css['ridge']} x={left} y={top} width={side} height={side} fill={fill} />;
}
