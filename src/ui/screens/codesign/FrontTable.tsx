/** @file The chart's twin: every design of the front, most accurate first. */
import type { Design } from '../../../core/codesign/design.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { planText } from '../../../playground/plan-sentence.ts';
import { BlockStrip } from '../../components/BlockStrip.tsx';
import { PerformanceCell } from '../../components/PerformanceCell.tsx';
import { Scroll } from '../../components/Scroll.tsx';
import { configurationOf, designAccuracy, designModel, designName } from '../../design-text.ts';
import css from './FrontTable.module.css';

interface Props {
  readonly space: DesignSpace;
  readonly front: readonly Design[];
  readonly pickedId: string | null;
  readonly inForceId: string | null;
  readonly onPick: (id: string) => void;
}

export function FrontTable({ space, front, pickedId, inForceId, onPick }: Props) {
  const hasModels = front.some((design) => designModel(space, design) !== null);
  const hasBlocks = space.configurations.some(({ kinds }) => kinds.length > 0);
  return (
    <details>
      <summary>The same {front.length} designs as a table</summary>
      <Scroll label="Designs of the front">
        <table className={css['front']}>
          <thead>
            <tr>
              <th scope="col">Top-1</th>
              {hasModels && <th scope="col">Model</th>}
              <th scope="col">Input</th>
              {hasBlocks && <th scope="col">Blocks</th>}
              <th scope="col">frames/s</th>
              <th scope="col">latency, ms</th>
              <th scope="col">n</th>
              <th scope="col">Plan</th>
            </tr>
          </thead>
          <tbody>
            {front.map((design) => {
              const { id, measured, predicted, plan } = design;
              const configuration = configurationOf(space, design);
              const accuracy = designAccuracy(space, design.accuracy);
              return (
                <tr key={id} data-chosen={id === inForceId || undefined}>
                  <th scope="row">
                    <button
                      aria-pressed={id === pickedId}
                      aria-label={`Show ${designName(space, design)}`}
                      onClick={() => onPick(id)}
                    >
                      {accuracy}
                    </button>
                  </th>
                  {hasModels && <td>{designModel(space, design)}</td>}
                  <td>{configuration?.side} px</td>
                  {hasBlocks && <td>{configuration && <BlockStrip kinds={configuration.kinds} />}</td>}
                  <PerformanceCell
                    measured={measured?.throughputFps ?? null}
                    predicted={predicted.throughputFps}
                  />
                  <PerformanceCell
                    measured={measured && 1000 * measured.latencySeconds}
                    predicted={1000 * predicted.latencySeconds}
                  />
                  <td>{measured?.n.toLocaleString('en-US') ?? '–'}</td>
                  <td className={css['plan']}>
                    {planText(plan, space.processors)}
                    {id === inForceId && <small>in force</small>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
