/** @file Every metric of the profile with its dispersion and n; a metric without a figure gives its reason. */
import type { Metric, MetricWarning } from '../../../core/profile/profile.ts';
import { metricName, metricText } from '../../components/metric-name.ts';
import css from './RooflineScreen.module.css';

const WARNINGS: Readonly<Record<MetricWarning, string>> = {
  'high-dispersion': 'noisy',
  thermal: 'slowed down',
  'coarse-clock': 'coarse clock',
  'few-samples': 'few samples',
  'fallback-adapter': 'software GPU',
};

/** What can be done about a warning; those without a remedy here are explained beside the table. */
const REMEDIES: Partial<Readonly<Record<MetricWarning, string>>> = {
  'high-dispersion': 'Noisy: close other tabs and programs, then measure again.',
  thermal: 'Slowed down: the figure fell while it was taken. Let the device cool, plug it in, measure again.',
  'coarse-clock': 'Coarse clock: this browser’s clock ticks too slowly for short runs.',
  'few-samples': 'Few samples: time ran out before five were taken. Measure again with nothing else running.',
};

export function MetricsTable({ metrics }: { readonly metrics: readonly Metric[] }) {
  const warnings = [...new Set(metrics.flatMap((metric) => metric.warnings))];
  const remedies = warnings.flatMap((warning) => REMEDIES[warning] ?? []);
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
          <div className={css['warning']}>{warnings.map((warning) => WARNINGS[warning]).join(' · ')}</div>
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
