/**
 * @file The Roofline, log-log: x operational intensity (FLOP/byte), y performance (GFLOP/s). Roofs are lines with their ridge
 * point; a layer is a hollow dashed ring where the roof predicts it and a solid disc where it ran; the disc's area is its
 * share of the model's time. Points are read with the pointer or, after Tab, with the arrow keys.
 */
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import type { LogAxis } from '../../core/chart/log-axis.ts';
import { GIGA, MARGIN, planeOf, type Plane, type RooflinePoint, type RoofSeries } from './roofline-plane.ts';
import css from './RooflineChart.module.css';
import { PointMark } from './RooflinePoint.tsx';
import { RoofLabels, Roofs } from './RooflineRoofs.tsx';
import { useWidth } from './use-width.ts';

interface Props {
  readonly roofs: readonly RoofSeries[];
  readonly points: readonly RooflinePoint[];
  readonly title: string;
}

export function RooflineChart({ roofs, points, title }: Props) {
  const [box, width] = useWidth(840);
  const height = Math.round(Math.min(460, Math.max(300, width * 0.56)));
  const { plane, xAxis, yAxis } = useMemo(
    () => planeOf(roofs, points, width, height),
    [roofs, points, width, height],
  );
  const [activeId, setActiveId] = useState<string | null>(null);
  const active = points.find((point) => point.id === activeId) ?? null;
  const hintId = useId();

  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || points.length === 0) return;
    event.preventDefault();
    const at = points.findIndex((point) => point.id === activeId);
    const next = at < 0 ? 0 : (at + step + points.length) % points.length;
    setActiveId(points[next]?.id ?? null);
  };

  return (
    <figure className={css['chart']}>
      <div ref={box}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={title}
          aria-describedby={hintId}
          tabIndex={points.length > 0 ? 0 : undefined}
          onKeyDown={move}
          onPointerLeave={() => setActiveId(null)}
        >
          <Grid plane={plane} xAxis={xAxis} yAxis={yAxis} />
          <Roofs roofs={roofs} plane={plane} />
          {points.map((point) => (
            <PointMark
              key={point.id}
              point={point}
              plane={plane}
              isActive={point.id === activeId}
              onPoint={() => setActiveId(point.id)}
            />
          ))}
          <RoofLabels roofs={roofs} plane={plane} />
        </svg>
      </div>
      <figcaption id={hintId} aria-live="polite" hidden={points.length === 0}>
        {active ? (
          <>
            <strong>{active.label}</strong> {active.reading}
          </>
        ) : (
          'Point at a layer, or focus the chart and use the arrow keys, to read it.'
        )}
      </figcaption>
    </figure>
  );
}

const FRACTIONS: Readonly<Record<number, string>> = { 0.5: '½', 0.25: '¼', 0.125: '⅛' };

function intensityLabel(value: number): string {
  if (value >= 1) return String(value);
  return FRACTIONS[value] ?? `1/${Math.round(1 / value)}`;
}

function Grid({
  plane,
  xAxis,
  yAxis,
}: {
  readonly plane: Plane;
  readonly xAxis: LogAxis;
  readonly yAxis: LogAxis;
}) {
  const { x, y, right, bottom } = plane;
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
