/** @file How far each cost model can be trusted: its errors on this model, and what they mean. */
import type { PlanReport } from '../../../playground/plan-report.ts';
import { Section } from '../../components/Section.tsx';
import { percent } from '../../number-format.ts';
import css from './CostModels.module.css';
import { COST_MODEL_NAME, errorText, wholeErrorText } from './partition-text.ts';

export function CostModels({ report: { costModels } }: { readonly report: PlanReport }) {
  return (
    <Section title="How true are the costs" remark="against the measured ones, unit by unit">
      <table className={css['errors']}>
        <thead>
          <tr>
            <th scope="col">Cost model</th>
            <th scope="col">whole model</th>
            <th scope="col">units (MAPE)</th>
            <th scope="col">order (Spearman)</th>
            <th scope="col">regret</th>
          </tr>
        </thead>
        {costModels.map((error) => (
          <tbody key={error.id}>
            <tr>
              <th scope="row">{COST_MODEL_NAME[error.id]}</th>
              <td>{wholeErrorText(error)}</td>
              <td>{error.mape === null ? '–' : percent(error.mape)}</td>
              <td>{error.spearman === null ? '–' : error.spearman.toFixed(2)}</td>
              <td>{error.regret === null ? '–' : percent(error.regret, 1)}</td>
            </tr>
            <tr>
              <td colSpan={5}>{errorText(error)}</td>
            </tr>
          </tbody>
        ))}
      </table>
      <p className={css['note']}>
        Regret: how much slower than the best plan that ran is the one this cost model would choose. The
        Roofline is a lower bound of time, so its error is large by nature.
      </p>
    </Section>
  );
}
