/** @file The samples of one metric in the order they were taken; the line is their median, the band its 95 % interval. */
import { useId } from 'react';
import { useWidth } from '../../charts/use-width.ts';
import type { Metric } from '../../../core/profile/profile.ts';
import { metricText } from '../../components/metric-name.ts';
import css from './MeasurementDetail.module.css';
import { stripPlot } from './strip-plot.ts';

const HEIGHT = 84;
/** Px for the values at the left, and for the word below. */
const [LEFT, BELOW] = [90, 16];

export function StripPlot({ metric }: { readonly metric: Metric }) {
  const [box, width] = useWidth(320);
  const titleId = useId();
  const plot = stripPlot(metric, Math.max(80, width - LEFT), HEIGHT);
  if (!plot || metric.median === null) return null;
  const { dots, medianY, band, top, bottom } = plot;
  const right = Math.max(80, width - LEFT);
  return (
    <div ref={box}>
      <svg className={css['strip']} height={HEIGHT + BELOW} role="img" aria-labelledby={titleId}>
        <title id={titleId}>
          {`${dots.length} samples in time, between ${metricText(bottom, metric.unit)} and ${metricText(top, metric.unit)}; median ${metricText(metric.median, metric.unit)}`}
        </title>
        <text x={LEFT - 6} y={14} textAnchor="end">
          {metricText(top, metric.unit)}
        </text>
        <text x={LEFT - 6} y={HEIGHT - 6} textAnchor="end">
          {metricText(bottom, metric.unit)}
        </text>
        <g transform={`translate(${LEFT} 0)`}>
          {band && (
            <rect className={css['band']} x={0} width={right} y={band.y} height={Math.max(1, band.height)} />
          )}
          <line className={css['median']} x1={0} x2={right} y1={medianY} y2={medianY} />
          {dots.map(({ x, y }, i) => (
            <circle key={i} className={css['dot']} cx={x} cy={y} r={3} />
          ))}
          <text x={right} y={HEIGHT + 11} textAnchor="end">
            time →
          </text>
        </g>
      </svg>
    </div>
  );
}
