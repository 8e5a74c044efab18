/** @file The comparison: ours, each processor alone, the paper's choice and the bound, as bars and figures. */
import type { PlanReport } from '../../../playground/plan-report.ts';
import { gainOverBestSingle } from '../../../playground/plan-sentence.ts';
import { StrokeLegend } from '../../charts/StrokeLegend.tsx';
import { PerformanceCell } from '../../components/PerformanceCell.tsx';
import { Section } from '../../components/Section.tsx';
import { figure } from '../../number-format.ts';
import css from './Baselines.module.css';
import { baselinesOf, type Baseline } from './baselines.ts';

export function Baselines({ report }: { readonly report: PlanReport }) {
  const rows = baselinesOf(report);
  const rates = rows.flatMap(({ measured, predicted }) => [
    measured?.throughputFps ?? 0,
    predicted.throughputFps,
  ]);
  const gain = gainOverBestSingle(report);
  const { bound } = report;
  return (
    <Section title="Beside the baselines" remark={<StrokeLegend />}>
      <table className={css['baselines']}>
        <thead>
          <tr>
            <th scope="col">Plan</th>
            <th scope="col">frames/s</th>
            <th scope="col">latency, ms</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.role} row={row} most={Math.max(...rates)} />
          ))}
        </tbody>
      </table>
      <p className={css['note']}>
        {gain !== null &&
          report.chosen.kind !== 'single' &&
          `In force: ${gain.toFixed(2)} × the best processor alone. `}
        By the costs no plan can exceed {bound.speedup.toFixed(2)} ×, {figure(bound.lpThroughputFps)}{' '}
        frames/s; whole frames dealt to all that may work at once could gain {bound.dealtSpeedup.toFixed(2)}{' '}
        ×.
      </p>
    </Section>
  );
}

function Row({ row: { role, plan, isChosen, measured, predicted }, most }: { row: Baseline; most: number }) {
  const width = (fps: number): string => `${(fps / most) * 100}%`;
  return (
    <tr data-chosen={isChosen || undefined}>
      <th scope="row">
        {role}
        <small>{plan}</small>
        <span className={css['bars']} aria-hidden>
          {measured && <i style={{ width: width(measured.throughputFps) }} />}
          <i data-predicted style={{ width: width(predicted.throughputFps) }} />
        </span>
      </th>
      <PerformanceCell measured={measured?.throughputFps ?? null} predicted={predicted.throughputFps} />
      <PerformanceCell measured={measured?.latencyMs ?? null} predicted={predicted.latencyMs} />
    </tr>
  );
}
