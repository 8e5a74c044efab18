/** @file The chart's twin: the same layers as a table. */
import { ENGINE_NAMES } from '../../../core/engine.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { figure, flops, percent, seconds } from '../../number-format.ts';
import css from './RooflineScreen.module.css';
import { EXCESS_TEXT, type Excess, type LayerRow } from './roofline-view.ts';

const MARKS: Readonly<Record<Excess, string>> = { winograd: '*', cache: '†', misread: '‡' };
const EXCESSES: readonly Excess[] = ['winograd', 'cache', 'misread'];

export function LayersTable({ rows }: { readonly rows: readonly LayerRow[] }) {
  const engine = rows.find((row) => row.engine !== null)?.engine ?? null;
  const notes = [
    ...(engine ? [`Measured on ${ENGINE_NAMES[engine]}.`] : []),
    ...EXCESSES.filter((id) => rows.some(({ excess }) => excess === id)).map(
      (id) => `${MARKS[id]} ${EXCESS_TEXT[id]}.`,
    ),
  ];
  return (
    <details>
      <summary>The same {rows.length} layers as a table</summary>
      <Scroll label="Layers">
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">work</th>
              <th scope="col">FLOP/byte</th>
              <th scope="col">limit</th>
              <th scope="col">roof allows</th>
              <th scope="col">measured</th>
              <th scope="col">of the roof</th>
              <th scope="col">time share</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <td>{row.name}</td>
                <td>{flops(row.flop)}</td>
                <td>{figure(row.operationalIntensity)}</td>
                <td>{row.limit}</td>
                <td>{seconds(row.predictedSeconds)}</td>
                <td>
                  {row.measuredSeconds === null
                    ? '–'
                    : row.measuredSeconds === 0
                      ? 'inside another'
                      : seconds(row.measuredSeconds)}
                </td>
                <td>
                  {row.attained === null ? '–' : percent(row.attained)}
                  {row.excess && ` ${MARKS[row.excess]}`}
                </td>
                <td>{percent(row.share, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {notes.length > 0 && <p className={css['note']}>{notes.join(' ')}</p>}
    </details>
  );
}
