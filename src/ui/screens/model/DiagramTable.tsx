/** @file The diagram as a table, in the order of its blocks. */
import type { Diagram } from '../../../core/diagram/diagram.ts';
import { operationalIntensity } from '../../../core/graph/layers.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { bytes, figure, flops, percent } from '../../number-format.ts';
import { titleOf } from '../../../core/diagram/layout.ts';

export function DiagramTable({ diagram, label }: { readonly diagram: Diagram; readonly label: string }) {
  const rows = diagram.vertices.filter(({ layers, isExpanded }) => layers.length > 0 && isExpanded !== true);
  return (
    <details>
      <summary>The same as a table</summary>
      <Scroll label={label}>
        <table>
          <thead>
            <tr>
              <th scope="col">Block</th>
              <th scope="col">Channels, stride</th>
              <th scope="col">Arithmetic</th>
              <th scope="col">Share</th>
              <th scope="col">Bytes</th>
              <th scope="col">FLOP/byte</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((vertex) => (
              <tr key={vertex.id}>
                <td>{titleOf(vertex)}</td>
                <td>{vertex.detail}</td>
                <td>{flops(vertex.flop)}</td>
                <td>{percent(vertex.share, 1)}</td>
                <td>{bytes(vertex.bytes)}</td>
                <td>{figure(operationalIntensity(vertex))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
