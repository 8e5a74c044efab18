/** @file Where the model is cut, and a hand on it: another arrangement, another cut, and at once what the simulator says. */
import { planLabel, type Plan } from '../../../core/planning/plan.ts';
import type { Prices } from '../../../core/planning/pricer.ts';
import { arrangementOf, type WhatIf } from '../../../core/planning/what-if.ts';
import type { PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { Section } from '../../components/Section.tsx';
import { figure } from '../../number-format.ts';
import { stageNames } from './cost-view.ts';
import { ModelCuts } from './ModelCuts.tsx';
import css from './PartitionScreen.module.css';
import { useArrangements } from './use-arrangements.ts';
import { WhatIfFigures } from './WhatIfFigures.tsx';

interface Props {
  readonly report: PlanReport;
  readonly prices: Prices;
  readonly shown: WhatIf;
  readonly entry: PlanEntry | null;
  readonly onTry: (plan: Plan | null) => void;
}

export function WhatIfSection({ report, prices, shown, entry, onTry }: Props) {
  const { processors, chosen } = report;
  const arrangements = useArrangements(report, prices);
  const { plan } = shown;
  const isInForce = planLabel(plan) === planLabel(chosen);
  return (
    <Section
      title="What if it were cut elsewhere?"
      remark={isInForce ? 'this is the plan in force' : 'predicted: this is not the plan in force'}
    >
      <div className={css['stack']}>
        <ModelCuts {...{ shown, prices, processors }} onMove={onTry} />
        <div className={css['controls']}>
          <label>
            Arrangement
            <select
              value={arrangementOf(plan)}
              onChange={({ target }) =>
                onTry(arrangements.find((each) => arrangementOf(each.plan) === target.value)?.plan ?? null)
              }
            >
              {arrangements.map(({ plan: each, predicted }) => (
                <option key={arrangementOf(each)} value={arrangementOf(each)}>
                  {each.stages.map((stage) => stageNames(stage, each.kind, processors)).join(' → ')} (
                  {figure(predicted.throughputFps)} frames/s)
                </option>
              ))}
            </select>
          </label>
          <button disabled={isInForce} onClick={() => onTry(null)}>
            Back to the plan in force
          </button>
        </div>
        <WhatIfFigures {...{ shown, entry, isInForce }} />
      </div>
    </Section>
  );
}
