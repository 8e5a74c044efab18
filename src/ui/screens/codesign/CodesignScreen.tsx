/** @file Co-design: which of the model's designs for this device? Accuracy, throughput and latency together, picked and applied live. */
import { exploreAndShow } from '../../../playground/journey.ts';
import { Empty } from '../../components/Empty.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { ModelPicker } from '../../components/ModelPicker.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { useDesignSpace } from '../../use-design-space.ts';
import css from './CodesignScreen.module.css';
import { Experiment } from './Experiment.tsx';
import { Explored } from './Explored.tsx';
import { Failure } from './Failure.tsx';

export function CodesignScreen() {
  const space = useDesignSpace();
  return (
    <div className={css['screen']}>
      {space ? <Explored space={space} /> : <Unexplored />}
      <Experiment />
    </div>
  );
}

function Unexplored() {
  const model = usePlaygroundState((state) => state.model);
  const isMeasured = usePlaygroundState((state) => state.profile !== null);
  const task = usePlaygroundState((state) => state.codesignTask);
  if (!model || !isMeasured)
    return (
      <Empty
        title="Which model for this device?"
        lede="A family of models in one file, from accurate to fast, on every plan of this device: which of them no other beats, found from its Roofline and then measured."
      >
        <MeasureThisDevice />
      </Empty>
    );
  const { name, elastic } = model.published;
  if (!elastic)
    return (
      <Empty
        title={`${name} has one configuration.`}
        lede={
          <>
            With nothing to trade accuracy for, its designs are its plans: <a href="#partition">Partition</a>{' '}
            ranks them. Choose a model with several configurations to design it for this device.
          </>
        }
      >
        <ModelPicker />
      </Empty>
    );
  return (
    <Empty
      title={`Which ${name} for this device?`}
      lede={`It can be deployed in ${elastic.configurations.length} configurations, from accurate to fast. Each is priced on every plan of this device; what no other beats is then measured.`}
    >
      <Failure />
      <Explore name={task.status === 'failed' ? 'Try again' : 'Explore this device’s designs'} />
      <ModelPicker />
    </Empty>
  );
}

function Explore({ name }: { readonly name: string }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  return (
    <button data-primary disabled={busy} onClick={() => void exploreAndShow(playground)}>
      {busy ? 'Working …' : name}
    </button>
  );
}
