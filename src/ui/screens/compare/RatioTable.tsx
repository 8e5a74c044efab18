/**
 * @file The same metrics of two devices and how many times better the other is (above 1 = better, latencies too). The points
 * of sweeps, which may be a hundred, are folded away.
 */
import { compareProfiles, type ComparedMetric } from '../../../core/profile/compare.ts';
import type { DeviceProfile, Metric } from '../../../core/profile/profile.ts';
import { isSweepPoint, metricName, metricText } from '../../components/metric-name.ts';
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
  const points = rows.filter(isSweepPoint);
  const shared = { metrics, names: [baseName, other.name] as const };
  return (
    <>
      <Ratios {...shared} label="Ratios" rows={rows.filter((row) => !isSweepPoint(row))} />
      {points.length > 0 && (
        <details>
          <summary>{points.length} points of sweeps over sizes and intensities</summary>
          <Ratios {...shared} label="Ratios of sweeps" rows={points} />
        </details>
      )}
    </>
  );
}

interface RatiosProps {
  readonly label: string;
  readonly rows: readonly ComparedMetric[];
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly names: readonly [base: string, other: string];
}

function Ratios({ label, rows, metrics, names: [baseName, otherName] }: RatiosProps) {
  return (
    <Scroll label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">{baseName}</th>
            <th scope="col">{otherName}</th>
            <th scope="col">times better</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const metric = metrics.get(row.id);
            return <RatioRow key={row.id} row={row} name={metric ? metricName(metric) : row.id} />;
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

const text = (value: number | null, unit: Metric['unit']): string =>
  value === null ? 'not measured' : metricText(value, unit);

function RatioRow({
  row: { unit, base, other, ratio },
  name,
}: {
  readonly row: ComparedMetric;
  readonly name: string;
}) {
  return (
    <tr>
      <td>{name}</td>
      <td>{text(base, unit)}</td>
      <td>{text(other, unit)}</td>
      <td>
        {ratio === null ? (
          '–'
        ) : (
          <>
            <i className={css['bar']} style={{ width: `${Math.min(64, 16 * ratio)}px` }} aria-hidden />
            {figure(ratio)} ×
          </>
        )}
      </td>
    </tr>
  );
}
