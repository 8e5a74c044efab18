/** @file The plan in force as one sentence, with a way to the reasons. */
import { planSentence } from '../../../playground/plan-sentence.ts';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { planAndShow } from '../../../playground/journey.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './PlanLine.module.css';

export function PlanLine() {
  const playground = usePlayground();
  const report = usePlaygroundState((state) => state.plan);
  const isMeasured = usePlaygroundState((state) => state.profile !== null);
  const isOn = usePlaygroundState((state) => state.live.status === 'on');
  const runsPlan = usePlaygroundState(({ live }) => live.status !== 'on' || live.plan !== null);
  const busy = useRunningTask() !== null;
  if (report && runsPlan) {
    const { what, why } = planSentence(report);
    return (
      <p className={css['line']}>
        <b>{what}</b> {why} <a href="#partition">Why?</a>
      </p>
    );
  }
  if (report) {
    return (
      <p className={css['line']}>
        <b>WASM runs the whole model.</b> The plan lost one of its processors.
      </p>
    );
  }
  if (busy) return null;
  return (
    <div className={css['unplanned']}>
      <p className={css['line']}>
        {isOn && <b>WASM runs the whole model. </b>}
        There is no plan for it yet.
      </p>
      {isMeasured ? (
        <button data-primary onClick={() => void planAndShow(playground)}>
          Plan this model
        </button>
      ) : (
        <MeasureThisDevice />
      )}
    </div>
  );
}
