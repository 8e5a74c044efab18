/** @file Every metric of the profile with its dispersion and n; a metric without a figure gives its reason. */
import type { Metric } from '../../../core/profile/profile.ts';
import { warningText } from '../../../core/warnings.ts';
import { metricName, metricText } from '../../components/metric-name.ts';
import css from './RooflineScreen.module.css';

export function MetricsTable({ metrics }: { readonly metrics: readonly Metric[] }) {
  const warnings = [...new Set(metrics.flatMap((metric) => metric.warnings))];
  const remedies = warnings.map((warning) => `${warningText(warning).mark}: ${warningText(warning).remedy}`);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">median</th>
            <th scope="col">± MAD</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <MetricRow key={metric.id} metric={metric} />
          ))}
        </tbody>
      </table>
      {remedies.map((remedy) => (
        <small key={remedy} className={css['remedy']}>
          {remedy}
        </small>
      ))}
    </>
  );
}

function MetricRow({ metric }: { readonly metric: Metric }) {
  const { median, mad, n, unit, status, reason, warnings } = metric;
  return (
    <tr>
      <td>
        {metricName(metric)}
        {warnings.length > 0 && (
          <div className={css['warning']}>{warnings.map((warning) => warningText(warning).mark).join(' · ')}</div>
        )}
      </td>
      {median === null || mad === null ? (
        <td className={css['reason']} colSpan={3}>
          {status}: {reason}
        </td>
      ) : (
        <>
          <td>{metricText(median, unit)}</td>
          <td>{((mad / median) * 100).toFixed(1)} %</td>
          <td>{n}</td>
        </>
      )}
    </tr>
  );
}
