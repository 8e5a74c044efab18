/** @file The plan in force as one sentence, with a way to the reasons. */
import { planSentence } from '../../../playground/plan-sentence.ts';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { usePlaygroundState } from '../../playground-context.ts';
import css from './PlanLine.module.css';

export function PlanLine() {
  const report = usePlaygroundState((state) => state.plan);
  const isRunningPlan = usePlaygroundState(({ live }) => live.status !== 'on' || live.plan !== null);
  if (!report) {
    return (
      <div className={css['unplanned']}>
        <p className={css['line']}>
          <b>WASM runs the whole model.</b> This is no plan yet: nothing was measured for it.
        </p>
        <MeasureThisDevice />
      </div>
    );
  }
  if (!isRunningPlan) {
    return (
      <p className={css['line']}>
        <b>WASM runs the whole model.</b> The plan lost one of its processors.
      </p>
    );
  }
  const { what, why } = planSentence(report);
  return (
    <p className={css['line']}>
      <b>{what}</b> {why} <a href="#partition">Why?</a>
    </p>
  );
}
