/** @file One metric as a row: name, median, spread and n, or the reason why there is none; it opens to the rest. */
import { useId, useState } from 'react';
import type { Metric } from '../../../core/profile/profile.ts';
import { warningText } from '../../../core/warnings.ts';
import { metricName, metricText, spreadOf } from '../../components/metric-name.ts';
import { percent } from '../../number-format.ts';
import { MeasurementDetail } from './MeasurementDetail.tsx';
import css from './Tables.module.css';

export function MeasurementRow({ metric }: { readonly metric: Metric }) {
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  const marks = [...new Set(metric.warnings.map((warning) => warningText(warning).mark))];
  return (
    <>
      <tr data-open={isOpen || undefined}>
        <th scope="row">
          <button
            className={css['toggle']}
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailId : undefined}
            onClick={() => setOpen(!isOpen)}
          >
            <span>
              {metricName(metric)}
              {metric.median === null && <span className={css['reason']}>{metric.reason}</span>}
              {marks.length > 0 && <span className={css['mark']}>{marks.join(' · ')}</span>}
            </span>
          </button>
        </th>
        <Figures metric={metric} />
      </tr>
      {isOpen && (
        <tr>
          <td id={detailId} colSpan={4} className={css['open']}>
            <MeasurementDetail metric={metric} />
          </td>
        </tr>
      )}
    </>
  );
}

function Figures({ metric }: { readonly metric: Metric }) {
  const { median, n, unit, status } = metric;
  if (median === null) {
    return (
      <td className={css['status']} colSpan={3}>
        {status}
      </td>
    );
  }
  const spread = spreadOf(metric);
  return (
    <>
      <td>{metricText(median, unit)}</td>
      <td>{spread ? `${spread.isInterval ? '' : '~'}${percent(spread.half / median, 1)}` : '–'}</td>
      <td>{n}</td>
    </>
  );
}
