/** @file The Gantt's twin: the same steps as a table. */
import { Scroll } from '../components/Scroll.tsx';
import { stepsInOrder, type GanttGroup } from './gantt-view.ts';

export function GanttTable({ groups }: { readonly groups: readonly GanttGroup[] }) {
  const rows = groups.flatMap((group) =>
    stepsInOrder(group).map((step) => ({ ...step, group: group.title })),
  );
  return (
    <details>
      <summary>The same {rows.length} steps as a table</summary>
      <Scroll label="Steps of the frames">
        <table>
          <thead>
            <tr>
              <th scope="col">Frame</th>
              <th scope="col">stage</th>
              <th scope="col">processor</th>
              <th scope="col">start, ms</th>
              <th scope="col">end</th>
              <th scope="col">waited</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, group, frame, stage, processor, start, end, wait }) => (
              <tr key={id}>
                <td>
                  {frame}, {group}
                </td>
                <td>{stage}</td>
                <td>{processor}</td>
                <td>{start.toFixed(1)}</td>
                <td>{end.toFixed(1)}</td>
                <td>{wait === null ? '–' : wait.toFixed(1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
