/** @file What stands behind one figure: its samples in time, how it was taken, what else was tried, and its kernel. */
import type { Metric } from '../../../core/profile/profile.ts';
import { metricText } from '../../components/metric-name.ts';
import { binaryBytes, deviation } from '../../number-format.ts';
import { KernelSource } from './KernelSource.tsx';
import css from './MeasurementDetail.module.css';
import { StripPlot } from './StripPlot.tsx';

export function MeasurementDetail({ metric }: { readonly metric: Metric }) {
  const { samples, unit, shapes = [] } = metric;
  return (
    <div className={css['detail']}>
      {samples.length > 0 && (
        <div className={css['samples']}>
          <StripPlot metric={metric} />
          <p className={css['figures']}>
            {samples.map((sample) => metricText(sample, unit).replace(` ${unit}`, '')).join(' · ')}
            {unit === 's' ? '' : ` ${unit}`}
          </p>
        </div>
      )}
      <dl className={css['facts']}>
        {factsOf(metric).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {shapes.length > 0 && <Shapes metric={metric} />}
      <KernelSource metric={metric} />
    </div>
  );
}

function factsOf(metric: Metric): readonly (readonly [name: string, value: string])[] {
  const { shape, clock, timestamp, sizeBytes, low, high, median, mad, unit } = metric;
  const facts: (readonly [string, string] | null)[] = [
    shape === undefined ? null : ['shape', shape],
    sizeBytes === undefined ? null : ['bytes', binaryBytes(sizeBytes)],
    low === undefined || high === undefined
      ? null
      : ['95 % interval', `${metricText(low, unit)} to ${metricText(high, unit)}`],
    mad === null || metric.n < 2 ? null : ['median deviation', metricText(mad, unit)],
    ['clock', clock],
    timestamp === undefined || median === null
      ? null
      : [
          'GPU’s own clock',
          `${metricText(timestamp.median, unit)} (${deviation(timestamp.median / median - 1)}), n ${timestamp.n}`,
        ],
    ['id', metric.id],
  ];
  return facts.flatMap((fact) => (fact === null ? [] : [fact]));
}

function Shapes({ metric: { shapes = [], shape, unit } }: { readonly metric: Metric }) {
  const sorted = shapes.toSorted((a, b) => b.median - a.median);
  return (
    <table className={css['shapes']}>
      <caption>Shapes that were tried, the fastest first</caption>
      <tbody>
        {sorted.map((tried) => (
          <tr key={tried.shape}>
            <td>
              {tried.shape}
              {tried.shape === shape && ' (kept)'}
            </td>
            <td>{metricText(tried.median, unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
