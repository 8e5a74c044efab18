/** @file The names on the lines of the Roofline chart. */
import { lineLabels } from '../../core/chart/line-labels.ts';
import { slopeLabels } from '../../core/chart/slope-labels.ts';
import { ridgePoint } from '../../core/roofline/roofline.ts';
import { figure } from '../number-format.ts';
import css from './RooflineChart.module.css';
import {
  MARGIN,
  ridgeOf,
  type CeilingLine,
  type LevelLine,
  type Plane,
  type RoofSeries,
} from './roofline-plane.ts';
import { textOf } from './tone.ts';

/** Px a letter takes on a thin line. */
const LETTER = 6.7;

interface Props {
  readonly roofs: readonly RoofSeries[];
  readonly ceilings: readonly CeilingLine[];
  readonly levels: readonly LevelLine[];
  readonly plane: Plane;
  /** The axis has the unit: it is left out on the lines. */
  readonly isNarrow: boolean;
}

/** Of the horizontals: the roofs first, then the ceilings. */
const baselinesOf = ({ roofs, ceilings, plane: { y } }: Props): readonly number[] =>
  lineLabels([
    ...roofs.map(({ roof }) => y(roof.peakFlopPerSecond)),
    ...ceilings.map(({ performance }) => y(performance)),
  ]);

/** Drawn before the marks: a figure is worth more than a name. */
export function ThinLabels(props: Props) {
  const { roofs, ceilings, levels, plane } = props;
  const baselines = baselinesOf(props);
  return (
    <g className={css['labels']}>
      <SlopeNames levels={levels} plane={plane} />
      {ceilings.map(({ id, text, tone, roof, performance }, i) => (
        <text
          key={id}
          data-thin
          x={Math.max(MARGIN.left + 6, plane.x(performance / roof.bandwidthBytesPerSecond) + 10)}
          y={baselines[roofs.length + i]}
          fill={textOf(tone)}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** Drawn last, so that nothing covers them. */
export function RoofLabels(props: Props) {
  const { roofs, plane, isNarrow } = props;
  const baselines = baselinesOf(props);
  return (
    <g className={css['labels']}>
      {roofs.map(({ id, label, tone, roof }, i) => (
        <text key={id} x={plane.right} y={baselines[i]} textAnchor="end" fill={textOf(tone)}>
          {label} {figure(roof.peakFlopPerSecond / 1e9)} {isNarrow ? '' : 'GFLOP/s '}· ridge{' '}
          {figure(ridgePoint(roof))}
        </text>
      ))}
    </g>
  );
}

function SlopeNames({ levels, plane: { x, y, xAxis } }: Pick<Props, 'levels' | 'plane'>) {
  const places = slopeLabels(
    levels.map((level) => ({
      x1: x(xAxis.min),
      y1: y(xAxis.min * level.bandwidthBytesPerSecond),
      x2: x(ridgeOf(level)),
      y2: y(level.roof.peakFlopPerSecond),
      textWidth: level.text.length * LETTER,
    })),
  );
  return levels.map(({ id, text, tone }, i) => {
    const place = places[i];
    if (!place) return null;
    return (
      <text
        key={id}
        data-thin
        fill={textOf(tone)}
        transform={`translate(${place.x.toFixed(1)} ${place.y.toFixed(1)}) rotate(${place.angle.toFixed(1)})`}
      >
        {text}
      </text>
    );
  });
}
