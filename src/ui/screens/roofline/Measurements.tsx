/** @file Every metric of the profile, in groups; each row opens to its samples, its shapes and its kernel. */
import type { DeviceProfile, MetricWarning } from '../../../core/profile/profile.ts';
import { warningText } from '../../../core/warnings.ts';
import { MeasurementRow } from './MeasurementRow.tsx';
import { measurementGroups, type MeasurementGroup } from './measurement-groups.ts';
import css from './Tables.module.css';

export function Measurements({ profile: { metrics } }: { readonly profile: DeviceProfile }) {
  const warnings = [...new Set(metrics.flatMap((metric) => metric.warnings))];
  return (
    <div>
      <details>
        <summary>
          All {metrics.length} measurements, with their samples and the source of their kernels
        </summary>
        <div className={css['groups']}>
          {measurementGroups(metrics).map((group) => (
            <Group key={group.title} group={group} />
          ))}
        </div>
      </details>
      <Remedies warnings={warnings} />
    </div>
  );
}

function Group({ group: { title, remark, metrics } }: { readonly group: MeasurementGroup }) {
  return (
    <div className={css['group']}>
      <h3>
        {title} <small>{remark}</small>
      </h3>
      <table className={css['metrics']} aria-label={title}>
        <colgroup>
          <col className={css['name']} />
          <col className={css['value']} />
          <col className={css['spread']} />
          <col className={css['count']} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">median</th>
            <th scope="col">±</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <MeasurementRow key={metric.id} metric={metric} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the marks beside figures mean, each once. */
function Remedies({ warnings }: { readonly warnings: readonly MetricWarning[] }) {
  if (warnings.length === 0) return null;
  const texts = new Map(warnings.map((warning) => [warningText(warning).remedy, warningText(warning).mark]));
  return (
    <ul className={css['remedies']} aria-label="What the warnings mean">
      {[...texts].map(([remedy, mark]) => (
        <li key={remedy}>
          <strong>{mark}</strong> {remedy}
        </li>
      ))}
    </ul>
  );
}
