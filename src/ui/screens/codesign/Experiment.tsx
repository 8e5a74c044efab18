/** @file The paper's ablation re-run on this device: a button, the way out, and the table of what came out. */
import { DATASETS, datasetOf, type Dataset } from '../../../playground/experiment/datasets.ts';
import { meaningOf } from '../../../playground/experiment/gains.ts';
import type { ExperimentReport } from '../../../playground/experiment/report.ts';
import {
  accuracyText,
  enginesText,
  fusionText,
  noiseText,
  paperText,
  ROW_NAMES,
} from '../../../playground/experiment/row-text.ts';
import type { Estimate } from '../../../playground/experiment/summary.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { Section } from '../../components/Section.tsx';
import { figure, percent } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './Experiment.module.css';

/** Nothing where the loaded model is of no data set. */
export function Experiment() {
  const model = usePlaygroundState((state) => state.model);
  const report = usePlaygroundState((state) => state.experiment);
  const dataset = model && datasetOf(model.manifest.id);
  if (!dataset && !report) return null;
  return (
    <Section title="The paper’s experiment">
      <div className={css['experiment']}>
        {dataset && <Start dataset={dataset} />}
        {report && <Result report={report} />}
      </div>
    </Section>
  );
}

/** The page shows how far it is, and the way out, as of every long task. */
function Start({ dataset: { id, name } }: { readonly dataset: Dataset }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const isRunning = usePlaygroundState((state) => state.experimentTask.status === 'running');
  return (
    <>
      <p>
        Fusion alone, plan alone, both, and a co-designed network, on {name}: all in the same rounds on this
        device, some minutes of its time.
      </p>
      <button disabled={busy} onClick={() => void playground.experiment({ dataset: id })}>
        {isRunning ? 'Working …' : 'Run the paper’s experiment'}
      </button>
    </>
  );
}

function Result({ report }: { readonly report: ExperimentReport }) {
  const { dataset, rounds, rows, gains, missing } = report;
  return (
    <>
      <Scroll label={`Rows of the experiment on ${DATASETS[dataset].name}`}>
        <table className={css['rows']}>
          <thead>
            <tr>
              <th scope="col">{DATASETS[dataset].name}</th>
              <th scope="col">frames/s</th>
              <th scope="col">× first</th>
              <th scope="col">top-1</th>
              <th scope="col">Engine</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{ROW_NAMES[row.id]}</th>
                <EstimateCell estimate={row.throughputFps} />
                <td>{figure(row.gainOverFirst)}</td>
                <td>{row.accuracy ? percent(row.accuracy.top1, 1) : '–'}</td>
                <td>{enginesText(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <Scroll label="Gains">
        <table className={css['rows']}>
          <thead>
            <tr>
              <th scope="col">Gain</th>
              <th scope="col">× frames/s</th>
            </tr>
          </thead>
          <tbody>
            {gains.map((gain) => (
              <tr key={`${gain.of} ${gain.over}`}>
                <th scope="row">{meaningOf(gain)}</th>
                <EstimateCell estimate={gain} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p>
        Medians of n = {rounds} rounds, gains paired by round, with the 95 % interval of the median.{' '}
        {fusionText(report)} {accuracyText(report)} {paperText(report)} {noiseText(report)}
        {missing.map(({ row, reason }) => ` Left out: ${ROW_NAMES[row]} – ${reason}.`)}
      </p>
    </>
  );
}

function EstimateCell({ estimate: { median, low, high } }: { readonly estimate: Estimate }) {
  return (
    <td>
      {figure(median)}
      {low !== null && high !== null && (
        <small>
          {figure(low)}–{figure(high)}
        </small>
      )}
    </td>
  );
}
