/** @file The same metrics of two devices and how many times better the other is (above 1 = better, latencies too). */
import { compareProfiles } from '../../../core/profile/compare.ts';
import type { DeviceProfile, Metric } from '../../../core/profile/profile.ts';
import { metricName, metricText } from '../../components/metric-name.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { figure } from '../../number-format.ts';
import css from './CompareScreen.module.css';

interface Props {
  readonly base: DeviceProfile;
  readonly baseName: string;
  readonly other: DeviceProfile;
}

export function RatioTable({ base, baseName, other }: Props) {
  const rows = compareProfiles(base, other);
  const metrics = new Map([...other.metrics, ...base.metrics].map((metric) => [metric.id, metric]));
  const text = (value: number | null, unit: Metric['unit']): string =>
    value === null ? 'not measured' : metricText(value, unit);
  return (
    <Scroll label="Ratios">
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">{baseName}</th>
            <th scope="col">{other.name}</th>
            <th scope="col">times better</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, unit, base: mine, other: theirs, ratio }) => {
            const metric = metrics.get(id);
            return (
              <tr key={id}>
                <td>{metric ? metricName(metric) : id}</td>
                <td>{text(mine, unit)}</td>
                <td>{text(theirs, unit)}</td>
                <td>
                  {ratio === null ? (
                    '–'
                  ) : (
                    <>
                      <i
                        className={css['bar']}
                        style={{ width: `${Math.min(64, 16 * ratio)}px` }}
                        aria-hidden
                      />
                      {figure(ratio)} ×
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
