/** @file The plans that matter, best first: measured over predicted; each can be shown above. */
import { planLabel, type Plan } from '../../../core/planning/plan.ts';
import { computesWrong } from '../../../playground/build-plan-report.ts';
import type { PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { planText } from '../../../playground/plan-sentence.ts';
import { PerformanceCell } from '../../components/PerformanceCell.tsx';
import { Section } from '../../components/Section.tsx';
import { OBJECTIVE_TEXT } from './partition-text.ts';
import css from './PlansTable.module.css';

interface Props {
  readonly report: PlanReport;
  /** The one that is shown above. */
  readonly shown: Pick<Plan, 'stages'>;
  readonly onShow: (entry: PlanEntry) => void;
}

export function PlansTable({ report, shown, onShow }: Props) {
  const { plans, processors } = report;
  const [inForce, paper, active] = [report.chosen, report.paper, shown].map(planLabel);
  return (
    <Section
      title="Plans"
      remark={`${report.considered} priced; best first for ${OBJECTIVE_TEXT[report.objective]}; – was not run`}
    >
      <table className={css['plans']}>
        <thead>
          <tr>
            <th scope="col">Plan</th>
            <th scope="col">frames/s</th>
            <th scope="col">latency, ms</th>
          </tr>
        </thead>
        <tbody>
          {plans.map((entry, rank) => {
            const { measured, predicted } = entry;
            const label = planLabel(entry);
            const remarks = [
              ...(label === inForce ? ['in force'] : []),
              ...(label === paper ? ['the paper’s objective'] : []),
              ...(computesWrong(entry) ? ['computes wrong here'] : []),
            ];
            return (
              <tr key={label} data-chosen={label === inForce || undefined}>
                <td>
                  <button aria-pressed={label === active} onClick={() => onShow(entry)} title="Show it above">
                    <span className={css['rank']}>{rank + 1}</span>
                    <span>
                      {planText(entry, processors)
                        .split(/(?<=→ )/)
                        .map((stage) => (
                          <span key={stage} className={css['stage']}>
                            {stage}
                          </span>
                        ))}
                      {remarks.length > 0 && <small>{remarks.join(', ')}</small>}
                    </span>
                  </button>
                </td>
                <PerformanceCell
                  measured={measured?.throughputFps ?? null}
                  predicted={predicted.throughputFps}
                />
                <PerformanceCell measured={measured?.latencyMs ?? null} predicted={predicted.latencyMs} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
