/** @file Which engine runs the model on each processor, what it takes by each, and why this one. */
import { ENGINE_NAMES, type EngineId } from '../../../core/engine.ts';
import { isChain } from '../../../playground/choose-engines.ts';
import { engineReason, usersOf } from '../../../playground/engine-sentence.ts';
import { compareEngines } from '../../../playground/journey.ts';
import type { EngineUse, PlanReport } from '../../../playground/plan-report.ts';
import { Section } from '../../components/Section.tsx';
import { figure } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './Engines.module.css';

const ENGINES: readonly EngineId[] = ['fused', 'ort'];

export function Engines({ report: { engines, processors } }: { readonly report: PlanReport }) {
  const wanted = usePlaygroundState((state) => state.engine);
  const form = usePlaygroundState((state) => state.model?.description.forms.deploy);
  if (engines.length === 0) return null;
  const given = { wanted, isChain: form !== undefined && isChain(form) };
  const reasons = engines.map((use) => engineReason(use, given));
  // Said once where it holds for all.
  const common = engines.length > 1 && new Set(reasons).size === 1 ? reasons[0] : undefined;
  return (
    <Section title="Engines" remark="ms for the whole model on one processor; the one that runs is bold">
      <table className={css['engines']}>
        <thead>
          <tr>
            <th scope="col">Processor</th>
            {ENGINES.map((id) => (
              <th key={id} scope="col">
                {ENGINE_NAMES[id]}
              </th>
            ))}
          </tr>
        </thead>
        {engines.map((use, i) => (
          <tbody key={use.processor}>
            <tr>
              <th scope="row">{usersOf(processors, use)}</th>
              {ENGINES.map((id) => (
                <EngineCell key={id} id={id} use={use} />
              ))}
            </tr>
            {common === undefined && (
              <tr>
                <td colSpan={3}>{reasons[i]}</td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      {common !== undefined && <p className={css['common']}>{common}</p>}
      <CompareButton engines={engines} />
    </Section>
  );
}

function EngineCell({ id, use: { engine, seconds } }: { readonly id: EngineId; readonly use: EngineUse }) {
  const time = seconds[id];
  const text = time === null ? '–' : figure(time * 1000);
  return <td>{id === engine ? <strong>{text}</strong> : text}</td>;
}

/** For what was not timed, or once more in turns. */
function CompareButton({ engines }: { readonly engines: readonly EngineUse[] }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const untimed = ENGINES.filter((id) =>
    engines.some(({ seconds, obstacle }) => seconds[id] === null && (id === 'ort' || obstacle === null)),
  );
  if (engines.every(({ obstacle }) => obstacle !== null)) return null;
  const [only] = untimed;
  return (
    <button disabled={busy} onClick={() => void compareEngines(playground)}>
      {only && untimed.length === 1 ? `Measure ${ENGINE_NAMES[only]} too` : 'Measure both in turns'}
    </button>
  );
}
