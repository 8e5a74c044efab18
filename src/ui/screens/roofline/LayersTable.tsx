/** @file The chart's twin: the same layers as a table. */
import { Scroll } from '../../components/Scroll.tsx';
import { figure, flops, percent, seconds } from '../../number-format.ts';
import type { LayerRow } from './roofline-view.ts';

export function LayersTable({ rows }: { readonly rows: readonly LayerRow[] }) {
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
                <td>{row.achieved === null ? '–' : percent(row.achieved / row.attainable)}</td>
                <td>{percent(row.share, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
