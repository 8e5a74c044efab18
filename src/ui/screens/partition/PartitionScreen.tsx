/** @file Partition: where should each layer run, and why? */
import { OBJECTIVES, type Objective } from '../../../core/planning/objective.ts';
import { switchObjective } from '../../../playground/journey.ts';
import { planSentence } from '../../../playground/plan-sentence.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { Empty } from '../../components/Empty.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { Screen } from '../../components/Screen.tsx';
import { Section } from '../../components/Section.tsx';
import { figure, percent } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { CostStrip } from './CostStrip.tsx';
import { CostTable } from './CostTable.tsx';
import { PlansTable } from './PlansTable.tsx';
import css from './PartitionScreen.module.css';

const OBJECTIVE_TEXT: Readonly<Record<Objective, string>> = {
  fastest: 'most frames/s',
  snappiest: 'least latency',
  smooth: 'least latency at 30 frames/s',
};

export function PartitionScreen() {
  const report = usePlaygroundState((state) => state.plan);
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const canPlan = usePlaygroundState((state) => state.profile !== null && state.model !== null);
  if (!report) {
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
  const { what, why } = planSentence(report);
  return (
    <Screen finding={<Finding lede={why}>{what}</Finding>} actions={<ObjectivePicker />}>
      <Section title="The model, cut" remark="width = time on the first processor">
        <CostStrip report={report} />
      </Section>
      <div className={css['columns']}>
        <Section
          title="Plans"
          remark={`${report.considered} priced, best first for ${OBJECTIVE_TEXT[report.objective]}`}
        >
          <PlansTable report={report} />
        </Section>
        <Trust report={report} />
      </div>
      <Section title="Cost of each unit on each processor" remark="a unit ends where the model can be cut">
        <CostTable report={report} />
      </Section>
    </Screen>
  );
}

function ObjectivePicker() {
  const playground = usePlayground();
  const objective = usePlaygroundState((state) => state.objective);
  const busy = useRunningTask() !== null;
  return (
    <div>
      <div className={css['objectives']} role="group" aria-label="Plan for">
        {OBJECTIVES.map((id) => (
          <button
            key={id}
            disabled={busy}
            aria-pressed={id === objective}
            title={OBJECTIVE_TEXT[id]}
            onClick={() => void switchObjective(playground, id)}
          >
            {id}
          </button>
        ))}
      </div>
      <small>{`${objective}: ${OBJECTIVE_TEXT[objective]}`}</small>
    </div>
  );
}

const NAMES = { roofline: 'Roofline', calibrated: 'calibrated', measured: 'measured layers' } as const;

/** How far the predictions can be trusted: the bound, and each cost model's error here. */
function Trust({ report: { bound, costModels } }: { readonly report: PlanReport }) {
  return (
    <Section title="How good can it get, how true is it">
      <p className={css['bound']}>
        By the costs below no plan can exceed {figure(bound.lpThroughputFps)} frames/s (
        {bound.speedup.toFixed(2)} × the best processor alone), even if units could be divided and transfers
        were free. Whole frames dealt to all that may work at once could gain {bound.dealtSpeedup.toFixed(2)}{' '}
        ×.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Cost model</th>
            <th scope="col">error (MAPE)</th>
            <th scope="col">rank (Spearman)</th>
            <th scope="col">regret</th>
          </tr>
        </thead>
        <tbody>
          {costModels.map(({ id, mape, spearman, regret }) => (
            <tr key={id}>
              <td>{NAMES[id]}</td>
              <td>{id === 'measured' ? 'yardstick' : mape === null ? '–' : percent(mape)}</td>
              <td>{spearman === null ? '–' : spearman.toFixed(2)}</td>
              <td>{regret === null ? '–' : percent(regret, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <small>
        Regret: how much slower the plan this cost model would choose ran than the best that ran. The Roofline
        is a lower bound of time, so its error is large by nature.
      </small>
    </Section>
  );
}
