/** @file Partition: where should each layer run, and why? */
import { useMemo, useState } from 'react';
import { planLabel, type Plan } from '../../../core/planning/plan.ts';
import { whatIf } from '../../../core/planning/what-if.ts';
import { pricesOf } from '../../../playground/plan-prices.ts';
import { planReasons } from '../../../playground/plan-reasons.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { planSentence } from '../../../playground/plan-sentence.ts';
import { Empty } from '../../components/Empty.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { Screen } from '../../components/Screen.tsx';
import { Section } from '../../components/Section.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { Baselines } from './Baselines.tsx';
import { CostModels } from './CostModels.tsx';
import { CostTable } from './CostTable.tsx';
import { EnginePicker } from './EnginePicker.tsx';
import { Engines } from './Engines.tsx';
import { ObjectivePicker } from './ObjectivePicker.tsx';
import css from './PartitionScreen.module.css';
import { PlansTable } from './PlansTable.tsx';
import { Schedule } from './Schedule.tsx';
import { WhatIfSection } from './WhatIfSection.tsx';

export function PartitionScreen() {
  const report = usePlaygroundState((state) => state.plan);
  return report ? <Planned report={report} /> : <Unplanned />;
}

function Unplanned() {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const canPlan = usePlaygroundState((state) => state.profile !== null && state.model !== null);
  return (
    <Empty
      title="Where should each layer run?"
      lede="Every cut and every order of processors is priced from this device’s Roofline and its engine; then the best few are raced."
    >
      {canPlan ? (
        <button data-primary disabled={busy} onClick={() => void playground.plan({})}>
          Plan this model
        </button>
      ) : (
        <MeasureThisDevice />
      )}
    </Empty>
  );
}

/** The plan that the visitor tries, and of which report. */
interface Tried {
  readonly plan: Plan | null;
  readonly report: PlanReport;
}

function Planned({ report }: { readonly report: PlanReport }) {
  const units = usePlaygroundState((state) => state.model?.description.forms.deploy.units);
  const profile = usePlaygroundState((state) => state.profile);
  const [tried, setTried] = useState<Tried | null>(null);
  const plan = (tried?.report === report ? tried.plan : null) ?? report.chosen;
  const prices = useMemo(
    () => (units && profile ? pricesOf(report, units, profile) : null),
    [report, units, profile],
  );
  const shown = useMemo(() => prices && whatIf(plan, prices), [plan, prices]);
  const reasons = useMemo(() => (prices ? planReasons(report, prices) : []), [report, prices]);
  const entry = report.plans.find((each) => planLabel(each) === planLabel(plan)) ?? null;
  const show = (next: Plan | null): void => setTried({ plan: next, report });
  const { what, why } = planSentence(report);
  return (
    <Screen
      finding={<Finding lede={why}>{what}</Finding>}
      actions={
        <div className={css['choices']}>
          <ObjectivePicker />
          <EnginePicker />
        </div>
      }
    >
      <div className={css['parts']}>
        {prices && shown && (
          <>
            <div className={css['cut']}>
              <WhatIfSection {...{ report, prices, shown, entry }} onTry={show} />
            </div>
            <div className={css['why']}>
              <Reasons reasons={reasons} />
            </div>
            <div className={css['schedule']}>
              <Schedule {...{ report, shown, entry }} />
            </div>
          </>
        )}
        <div className={css['baselines']}>
          <Engines report={report} />
          <Baselines report={report} />
        </div>
      </div>
      <div className={css['details']}>
        <div className={css['plans']}>
          <PlansTable report={report} shown={plan} onShow={show} />
        </div>
        <div className={css['models']}>
          <CostModels report={report} />
        </div>
        <div className={css['costs']}>
          <CostTable
            {...{ report, plan, prices }}
            layerCounts={units?.map(({ layers }) => layers.length) ?? []}
          />
        </div>
      </div>
    </Screen>
  );
}

function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  return (
    <Section title="Why there">
      <ul className={css['reasons']}>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Section>
  );
}
