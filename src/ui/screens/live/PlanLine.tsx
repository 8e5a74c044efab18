/** @file The plan that runs as one sentence, with a way to the reasons, or back to the chosen one. */
import { detourSentence } from '../../../playground/live-sentence.ts';
import { engineSentence } from '../../../playground/engine-sentence.ts';
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
  const detour = usePlaygroundState(({ live }) => live.detour);
  const running = usePlaygroundState(({ live }) => live.plan);
  const busy = useRunningTask() !== null;
  if (report && detour) {
    const { why, what, back } = detourSentence(report, { detour, plan: running });
    return (
      <div className={css['aside']}>
        <p className={css['line']} role="status">
          <b>{why}</b> {what}
        </p>
        <button onClick={() => void playground.live.retry()}>{back}</button>
      </div>
    );
  }
  if (report) {
    const { what, why } = planSentence(report);
    return (
      <p className={css['line']}>
        <b>{what}</b> {engineSentence(report)} {why} <a href="#partition">Why?</a>
      </p>
    );
  }
  if (busy) return null;
  return (
    <div className={css['aside']}>
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
