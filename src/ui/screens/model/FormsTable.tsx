/** @file Both forms of the model side by side: operators, FLOP, bytes, time, and how far their outputs are apart. */
import { timeForms } from '../../../playground/journey.ts';
import { threadsOf, type ProcessorId } from '../../../core/profile/profile.ts';
import type { Equivalence, LoadedModel } from '../../../playground/state.ts';
import { Remark } from '../../components/Remark.tsx';
import { Scroll } from '../../components/Scroll.tsx';
import { Section } from '../../components/Section.tsx';
import { bytes, figure, flops, seconds } from '../../number-format.ts';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import css from './ModelScreen.module.css';

/** METHOD §1: what fusion may change in fp32. */
const EXPECTED = 1e-4;

interface Props {
  readonly description: LoadedModel['description'];
  readonly equivalence: Equivalence | null;
  readonly speeds: LoadedModel['speeds'];
}

/** “WebGPU”, “one WASM thread”, “2 WASM threads”. */
function processorName(id: ProcessorId): string {
  if (id === 'webgpu') return 'WebGPU';
  const threads = threadsOf(id);
  return threads === 1 ? 'one WASM thread' : `${threads} WASM threads`;
}

export function FormsTable({ description, equivalence, speeds }: Props) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const before = description.forms['multi-branch'];
  const after = description.forms.deploy;
  const operators = [...new Set([...Object.keys(before.operators), ...Object.keys(after.operators)])].sort(
    (a, b) => (before.operators[b] ?? 0) - (before.operators[a] ?? 0),
  );
  const count = (form: typeof before, operator: string): string => String(form.operators[operator] ?? '–');
  return (
    <Section title="Before and after" remark={`read and fused in ${seconds(description.seconds)}`}>
      <Scroll label="Both forms">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What</span>
              </th>
              <th scope="col">as trained</th>
              <th scope="col">fused</th>
            </tr>
          </thead>
          <tbody>
            <Row name="Operations" cells={[String(before.nodes), String(after.nodes)]} />
            {operators.map((operator) => (
              <Row
                key={operator}
                name={operator}
                indent
                cells={[count(before, operator), count(after, operator)]}
              />
            ))}
            <Row name="Arithmetic, a frame" cells={[flops(before.flop), flops(after.flop)]} />
            <Row name="Weights" cells={[bytes(before.weightBytes), bytes(after.weightBytes)]} />
            <Row name="Activations" cells={[bytes(before.activationBytes), bytes(after.activationBytes)]} />
            {equivalence && (
              <>
                {(speeds.length > 0
                  ? speeds
                  : [{ processor: equivalence.processor, ...equivalence.seconds }]
                ).map(({ processor, multiBranch, deploy }) => (
                  <Row
                    key={processor}
                    name={`Time, a frame on ${processorName(processor)}`}
                    cells={[seconds(multiBranch), seconds(deploy)]}
                  />
                ))}
                <Row name="Largest difference" cells={['reference', figure(equivalence.maxAbsDifference)]} />
                <Row
                  name="… of the largest output"
                  cells={['reference', figure(equivalence.maxRelDifference)]}
                />
              </>
            )}
          </tbody>
        </table>
      </Scroll>
      {equivalence && speeds.length === 0 && (
        <button className={css['after']} disabled={busy} onClick={() => void timeForms(playground)}>
          Time both on every processor
        </button>
      )}
      {speeds.length > 0 && (
        <p className={css['remark']}>
          Medians of {speeds[0]?.n} runs each, both forms in turn. A difference of a few percent is noise.
        </p>
      )}
      {equivalence && equivalence.maxRelDifference > EXPECTED && (
        <Remark title="The forms differ">
          More than the order of additions explains in fp32 ({figure(EXPECTED)} of the largest output). Check
          the model.
        </Remark>
      )}
    </Section>
  );
}

function Row(props: {
  readonly name: string;
  readonly cells: readonly [string, string];
  readonly indent?: boolean;
}) {
  const { name, cells, indent = false } = props;
  return (
    <tr>
      <td style={indent ? { paddingLeft: 20, color: 'var(--mut)' } : undefined}>{name}</td>
      <td>{cells[0]}</td>
      <td>{cells[1]}</td>
    </tr>
  );
}
