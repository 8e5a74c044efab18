/** @file The first thing a visitor sees: what will happen, the one button, and what this device lacks, if anything. */
import { Check } from 'lucide-react';
import { preferredSource } from '../../../playground/live-sources.ts';
import { show } from '../../../playground/journey.ts';
import { SHIPPED_MODELS } from '../../../playground/shipped-models.ts';
import { DeviceRemarks } from '../../components/DeviceRemarks.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './Welcome.module.css';

export function Welcome() {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const drawsDigits = usePlaygroundState(
    ({ model }) => model !== null && preferredSource(model.manifest).kind === 'pad',
  );
  const skip = async (): Promise<void> => {
    const loaded = playground.state.model ? null : await playground.loadModel(SHIPPED_MODELS[0]?.id ?? '');
    if (loaded === null || loaded.ok) await show(playground, { kind: drawsDigits ? 'pad' : 'clip' });
  };
  return (
    <div className={css['welcome']}>
      <div className={css['intro']}>
        <Finding lede="Ridgepoint measures it, splits a vision model over its GPU and CPU by what it found, and classifies your camera with the result. Prediction beside measurement, all in this page.">
          How fast can this device see?
        </Finding>
        <div className={css['actions']}>
          <MeasureThisDevice />
          <button disabled={busy} onClick={() => void skip()}>
            {drawsDigits ? 'Draw a digit first' : 'Try the sample clip first'}
          </button>
        </div>
        <p className={css['promise']}>
          About half a minute. The camera is asked for at the end. Nothing is uploaded, ever.
        </p>
        <DeviceRemarks />
      </div>
      <Steps />
    </div>
  );
}

/** The chain that the button starts, with its place in it. */
function Steps() {
  const model = usePlaygroundState((state) => state.modelTask.status);
  const isFused = usePlaygroundState((state) => state.model?.equivalence != null);
  const measuring = usePlaygroundState((state) => state.measureTask.status);
  const isMeasured = usePlaygroundState((state) => state.profile !== null);
  const planning = usePlaygroundState((state) => state.planTask.status);
  const steps = [
    [
      'Fuse',
      'Parallel branches and batch norms fold into single convolutions. Both forms run here; the outputs must agree.',
      isFused,
      model,
    ],
    [
      'Measure',
      'Peak arithmetic, memory, transfers: the Roofline of this device, in about ten seconds.',
      isMeasured,
      measuring,
    ],
    [
      'Partition',
      'Every cut and order is priced by the Roofline and by this engine; the best few are raced.',
      false,
      planning,
    ],
    ['See', 'The winner classifies your camera, a clip, a photo or a digit you draw.', false, 'idle'],
  ] as const;
  return (
    <ol className={css['steps']}>
      {steps.map(([name, text, isDone, status]) => (
        <li key={name} data-state={status === 'running' ? 'running' : isDone ? 'done' : 'waiting'}>
          <strong>
            {name}
            {isDone && <Check size={16} aria-label="done" />}
            {status === 'running' && <span> working …</span>}
          </strong>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  );
}
