/** @file Co-design: which of the model's designs for this device? Accuracy, throughput and latency together, picked and applied live. */
import { exploreAndShow } from '../../../playground/journey.ts';
import { familyOf, type ModelFamily } from '../../../playground/shipped-models.ts';
import { Empty } from '../../components/Empty.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { ModelPicker } from '../../components/ModelPicker.tsx';
import { unbroken } from '../../design-text.ts';
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
        lede="A family of networks, from accurate to fast, on every plan of this device: which of them no other beats, found from its Roofline and then measured."
      >
        <MeasureThisDevice />
      </Empty>
    );
  const { id, name, elastic } = model.published;
  const family = familyOf(id);
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
      title={`Which ${unbroken(family?.name ?? name)} for this device?`}
      lede={`${family ? membersText(family) : `It can be deployed in ${elastic.configurations.length} configurations`}, from accurate to fast. Each is priced on every plan of this device; what no other beats is then measured.${family ? ` ${downloadText(family, id)}` : ''}`}
    >
      <Failure />
      <Explore name={task.status === 'failed' ? 'Try again' : 'Explore this device’s designs'} />
      <ModelPicker />
    </Empty>
  );
}

function membersText({ models }: ModelFamily): string {
  const labels = new Intl.ListFormat('en-GB').format(models.map(({ label }) => label));
  return `There are ${labels}, with their input sizes`;
}

/** Exploring needs the weights of all. */
function downloadText({ models }: ModelFamily, loaded: string): string {
  const bytes = models.reduce((sum, each) => sum + (each.id === loaded ? 0 : each.bytes), 0);
  return `The others of the family are loaded first, ${Math.round(bytes / 1e6)} MB.`;
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
