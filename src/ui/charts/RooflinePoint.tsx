/** @file One layer on the Roofline chart: predicted ring, achieved disc, the drop between them. */
import css from './RooflineChart.module.css';
import type { Plane, RooflinePoint } from './roofline-plane.ts';
import { fillOf } from './tone.ts';

interface Props {
  readonly point: RooflinePoint;
  readonly plane: Plane;
  readonly isActive: boolean;
  readonly onPoint: () => void;
}

/** Radius of a layer that takes all the time, and the least one that can be seen, px. */
const [LARGEST, SMALLEST] = [26, 2.5];
/** Half the side of what reacts to a pointer, px. */
const REACH = 11;

export function PointMark({ point, plane, isActive, onPoint }: Props) {
  const { operationalIntensity, attainable, achieved, share, tone } = point;
  const radius = Math.max(SMALLEST, LARGEST * Math.sqrt(share));
  const [cx, top] = [plane.x(operationalIntensity), plane.y(attainable)];
  const bottom = achieved === null ? top : plane.y(achieved);
  return (
    <g
      onPointerEnter={onPoint}
      onPointerDown={onPoint}
      className={css['point']}
      data-active={isActive || undefined}
    >
      <line x1={cx} x2={cx} y1={top} y2={bottom} stroke={fillOf(tone)} />
      <circle className={css['predicted']} cx={cx} cy={top} r={radius} stroke={fillOf(tone)} />
      {achieved === null ? null : (
        <circle className={css['achieved']} cx={cx} cy={bottom} r={radius} fill={fillOf(tone)} />
      )}
      <circle cx={cx} cy={bottom} r={Math.max(REACH, radius)} fill="transparent" />
    </g>
  );
}
