/**
 * @file The configurations of an elastic model: what each keeps of every block, what it costs and how right it is. Choosing
 * one composes it in the model worker, fuses it and proves it like any other model.
 */
import type { Configuration, Elastic } from '../../../core/elastic/elastic.ts';
import { switchModel } from '../../../playground/journey.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { Section } from '../../components/Section.tsx';
import { flops, percent } from '../../number-format.ts';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import { BlockStrip } from './BlockStrip.tsx';
import css from './Configurations.module.css';

interface Props {
  readonly elastic: Elastic;
  readonly chosen: string | null;
}

export function Configurations({ elastic, chosen }: Props) {
  const { accuracy, configurations, blocks } = elastic;
  const { dataset, split, n } = accuracy;
  return (
    <Section title="Configurations" remark={`${configurations.length} of one set of weights`}>
      <p className={css['lede']}>
        {blocks.length > 0 && (
          <>
            Each block can keep its 3×3 convolution <BlockStrip kinds={['3x3']} />, only its 1×1{' '}
            <BlockStrip kinds={['1x1']} /> or nothing <BlockStrip kinds={['skip']} />.{' '}
          </>
        )}
        Top-1 is of {dataset} ({split}, n = {n.toLocaleString('en-US')}), from the manifest, not measured
        here.
      </p>
      <Scroll label="Configurations">
        <table className={css['table']}>
          <thead>
            <tr>
              {blocks.length > 0 && <th scope="col">Blocks</th>}
              {blocks.length === 0 && <th scope="col">Input</th>}
              <th scope="col">Top-1</th>
              <th scope="col">Arithmetic</th>
              {blocks.length > 0 && <th scope="col">Input</th>}
              <th scope="col">Parameters</th>
            </tr>
          </thead>
          <tbody>
            {configurations.toReversed().map((each) => (
              <Row
                key={each.id}
                configuration={each}
                isChosen={each.id === chosen}
                hasBlocks={blocks.length > 0}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

interface RowProps {
  readonly configuration: Configuration;
  readonly isChosen: boolean;
  readonly hasBlocks: boolean;
}

function Row({ configuration, isChosen, hasBlocks }: RowProps) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const { id, side, kinds, multiplyAdds, parameters, top1 } = configuration;
  const choose = (
    <label className={css['choice']}>
      <input
        type="radio"
        name="configuration"
        checked={isChosen}
        disabled={busy}
        onChange={() => void switchModel(playground, () => playground.chooseConfiguration(id))}
      />
      {hasBlocks ? <BlockStrip kinds={kinds} /> : `${side} × ${side}`}
    </label>
  );
  return (
    <tr data-chosen={isChosen}>
      <td>{choose}</td>
      <td>{percent(top1, 1)}</td>
      <td>{flops(2 * multiplyAdds)}</td>
      {hasBlocks && (
        <td>
          {side} × {side}
        </td>
      )}
      <td>{(parameters / 1e6).toFixed(2)} M</td>
    </tr>
  );
}
