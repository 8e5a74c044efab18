/** @file Every metric of the profile with its dispersion and n; a metric without a figure gives its reason. */
import type { Metric, MetricWarning } from '../../../core/profile/profile.ts';
import { metricName, metricText } from '../../components/metric-name.ts';
import css from './RooflineScreen.module.css';

const WARNINGS: Readonly<Record<MetricWarning, string>> = {
  'high-dispersion': 'noisy: close other tabs and measure again',
  thermal: 'slowed down while it was measured: let the device cool',
  'coarse-clock': 'this browser’s clock is coarse',
  'few-samples': 'few samples: measure again',
  'fallback-adapter': 'software GPU',
};

export function MetricsTable({ metrics }: { readonly metrics: readonly Metric[] }) {
  return (
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
  );
}

function MetricRow({ metric }: { readonly metric: Metric }) {
  const { median, mad, n, unit, status, reason, warnings } = metric;
  return (
    <tr>
      <td>
        {metricName(metric)}
        {warnings.length > 0 && (
          <div className={css['warning']}>{warnings.map((warning) => WARNINGS[warning]).join('; ')}</div>
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
