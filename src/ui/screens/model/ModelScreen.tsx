/** @file Model: what is in it, and what did fusion do? An own ONNX file comes in by drop or by the button. */
import { switchModel } from '../../../playground/journey.ts';
import { keyOf } from '../../../playground/own-model-file.ts';
import type { LoadedModel } from '../../../playground/state.ts';
import { DropZone } from '../../components/DropZone.tsx';
import { ConfigurationPicker } from '../../components/ConfigurationPicker.tsx';
import { Empty } from '../../components/Empty.tsx';
import { FileButton } from '../../components/FileButton.tsx';
import { Finding } from '../../components/Finding.tsx';
import { ModelPicker } from '../../components/ModelPicker.tsx';
import { Screen } from '../../components/Screen.tsx';
import { figure, seconds } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { Configurations } from './Configurations.tsx';
import { Diagram } from './Diagram.tsx';
import { FormsTable } from './FormsTable.tsx';
import { OpenDimensions } from './OpenDimensions.tsx';
import { OwnModels } from './OwnModels.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import css from './ModelScreen.module.css';

export function ModelScreen() {
  const playground = usePlayground();
  const model = usePlaygroundState((state) => state.model);
  const openFile = usePlaygroundState((state) => state.openFile);
  const busy = useRunningTask() !== null;
  const open = async (file: File): Promise<void> => {
    await switchModel(playground, () => playground.loadModelFile(file.name, file));
  };
  /** A model, or the names of the classes of the own model that is loaded. */
  const take = async (file: File): Promise<void> => {
    if (!/[.](txt|json)$/i.test(file.name)) return open(file);
    const named = await playground.own.setLabels(await file.text());
    if (!named.ok) playground.report(named.error);
  };
  const controls = (
    <div className={css['controls']}>
      <ModelPicker />
      <ConfigurationPicker />
      <FileButton accept=".onnx" disabled={busy} onFile={(file) => void open(file)}>
        Open an .onnx file
      </FileButton>
    </div>
  );
  return (
    <DropZone
      label={model?.own ? 'Drop an .onnx model, or a text file of its classes' : 'Drop an .onnx model'}
      onFile={(file) => void take(file)}
    >
      {model ? (
        <Screen finding={<FusionFinding model={model} />} actions={controls}>
          {openFile && <OpenDimensions key={keyOf(openFile.file)} open={openFile} />}
          <div className={css['columns']}>
            <FormsTable
              description={model.description}
              equivalence={model.equivalence}
              speeds={model.speeds}
            />
            <ModelFacts model={model} />
          </div>
          <Diagram forms={model.description.forms} />
          {model.published.elastic && model.published.elastic.configurations.length > 1 && (
            <Configurations elastic={model.published.elastic} chosen={model.configuration} />
          )}
          <OwnModels />
        </Screen>
      ) : (
        <Empty
          title="No model is loaded yet."
          lede="Choose one, or drop an ONNX image classifier: it is read, fused and checked in this page."
        >
          {controls}
          {openFile && <OpenDimensions key={keyOf(openFile.file)} open={openFile} />}
          <OwnModels />
        </Empty>
      )}
    </DropZone>
  );
}

function FusionFinding({ model }: { readonly model: LoadedModel }) {
  const { fusion } = model.description;
  const { equivalence } = model;
  const { before, after } = fusion;
  return (
    <Finding
      lede={
        equivalence &&
        `Both forms ran on ${equivalence.n} random inputs on one WASM thread: ${seconds(equivalence.seconds.multiBranch)} a run as it was trained, ${seconds(equivalence.seconds.deploy)} fused (medians of ${equivalence.seconds.n}, interleaved).`
      }
    >
      {before.nodes === after.nodes
        ? `${model.manifest.name} has nothing to fuse: its operations (${before.nodes}) stay as they are.`
        : `Fusing took ${before.nodes} operations down to ${after.nodes}${
            equivalence ? ` and changed the outputs by ${differenceText(equivalence.maxRelDifference)}` : ''
          }.`}
    </Finding>
  );
}

const differenceText = (relative: number): string =>
  relative === 0 ? 'nothing at all' : `at most ${figure(relative)} of their size`;
