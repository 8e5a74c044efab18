/** @file The plans that matter, best first: predicted beside measured, baselines among them. */
import { membersOf, planLabel } from '../../../core/planning/plan.ts';
import type { Performance, PlanEntry, PlanReport } from '../../../playground/plan-report.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { deviation, figure } from '../../number-format.ts';
import css from './PartitionScreen.module.css';

export function PlansTable({ report }: { readonly report: PlanReport }) {
  const { plans, chosen, processors } = report;
  const paper = planLabel(report.paper);
  return (
    <Scroll label="Plans">
      <table>
        <thead>
          <tr>
            <th scope="col">Plan</th>
            <th scope="col">frames/s</th>
            <th scope="col">predicted</th>
            <th scope="col">latency</th>
            <th scope="col">predicted</th>
          </tr>
        </thead>
        <tbody>
          {plans.map((entry) => (
            <tr key={stageText(entry, processors)} className={entry === chosen ? css['chosen'] : undefined}>
              <td className={css['plan']}>
                {stageText(entry, processors)}
                {entry === chosen && <small> in force</small>}
                {planLabel(entry) === paper && <small> the paper’s objective</small>}
                {entry.equality && entry.equality.maxRelDifference > 1e-3 && (
                  <small> computes wrong here</small>
                )}
              </td>
              <td>{entry.measured ? figure(entry.measured.throughputFps) : '–'}</td>
              <td className={css['predicted']}>
                {figure(entry.predicted.throughputFps)}
                {errorOf(entry, (performance) => performance.throughputFps)}
              </td>
              <td>{entry.measured ? `${figure(entry.measured.latencyMs)} ms` : '–'}</td>
              <td className={css['predicted']}>
                {figure(entry.predicted.latencyMs)} ms
                {errorOf(entry, (performance) => performance.latencyMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** `WASM A 1–18 → WASM B 19–34`, `WASM A + WASM B 1–34` where they take frames in turn, or `WASM alone`. */
function stageText(entry: PlanEntry, processors: PlanReport['processors']): string {
  const [only] = entry.stages;
  if (entry.kind === 'single' && only) return `${processorName([only.processor], 0)} alone`;
  return entry.stages
    .map((stage) => {
      const names = membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex));
      return `${names.join(' + ')} ${stage.fromUnit + 1}–${stage.toUnit + 1}`;
    })
    .join(' → ');
}

/** How far the measurement lies from the prediction, as on Live. */
function errorOf({ predicted, measured }: PlanEntry, read: (performance: Performance) => number) {
  return measured && <small> {deviation(read(measured) / read(predicted) - 1)}</small>;
}
