/**
 * @file The configurations of an elastic model: what each keeps of every block, what it costs and how right it is. Choosing
 * one composes it in the model worker, fuses it and proves it like any other model.
 */
import type { Configuration, Elastic } from '../../../core/elastic/elastic.ts';
import { switchModel } from '../../../playground/journey.ts';
import { accuracyText, isOfTrainingImages } from '../../accuracy-text.ts';
import { BlockStrip, kindNames } from '../../components/BlockStrip.tsx';
import { Scroll } from '../../components/Scroll.tsx';
import { Section } from '../../components/Section.tsx';
import { flops } from '../../number-format.ts';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import css from './Configurations.module.css';

interface Props {
  readonly elastic: Elastic;
  readonly chosen: string | null;
}

export function Configurations({ elastic, chosen }: Props) {
  const { configurations, blocks } = elastic;
  return (
    <Section title="Configurations" remark={`${configurations.length} of one set of weights`}>
      <p className={css['lede']}>
        {blocks.length > 0 && (
          <>
            A block that keeps its input’s shape can keep its 3×3 convolution <BlockStrip kinds={['3x3']} />,
            only its 1×1 <BlockStrip kinds={['1x1']} /> or nothing <BlockStrip kinds={['skip']} />.{' '}
          </>
        )}
        <AccuracySource elastic={elastic} />
      </p>
      <Scroll label="Configurations">
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">{blocks.length > 0 ? 'Blocks' : 'Input'}</th>
              <th scope="col">Accuracy</th>
              <th scope="col">Arithmetic</th>
              {blocks.length > 0 && <th scope="col">Input</th>}
              <th scope="col">Parameters</th>
            </tr>
          </thead>
          <tbody>
            {configurations.toReversed().map((each) => (
              <Row key={each.id} elastic={elastic} configuration={each} isChosen={each.id === chosen} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function AccuracySource({ elastic }: Pick<Props, 'elastic'>) {
  const { dataset, split, n, source } = elastic.accuracy;
  const images = `${dataset} (${split}, n = ${n.toLocaleString('en-US')}; ${source})`;
  return isOfTrainingImages(elastic)
    ? `Accuracy is what is left of the largest configuration’s top-1 on ${images}: these are images the network was trained on.`
    : `Top-1 is of ${images}.`;
}

interface RowProps {
  readonly elastic: Elastic;
  readonly configuration: Configuration;
  readonly isChosen: boolean;
}

function Row({ elastic, configuration, isChosen }: RowProps) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const { id, side, kinds, multiplyAdds, parameters, top1 } = configuration;
  const size = `${side} × ${side}`;
  const hasBlocks = elastic.blocks.length > 0;
  const accuracy = accuracyText(elastic, top1);
  const spoken = [size, accuracy, ...(hasBlocks ? [`blocks ${kindNames(kinds)}`] : [])].join(', ');
  const choose = (): void => {
    // Not `disabled`: that would take the focus away from the row just pressed.
    if (!busy && !isChosen) void switchModel(playground, () => playground.chooseConfiguration(id));
  };
  return (
    <tr data-chosen={isChosen}>
      <th scope="row">
        <button
          className={css['choice']}
          aria-label={`Use ${spoken}`}
          aria-pressed={isChosen}
          aria-disabled={busy}
          onClick={choose}
        >
          {hasBlocks ? <BlockStrip kinds={kinds} /> : size}
        </button>
      </th>
      <td>{accuracy}</td>
      <td>{flops(2 * multiplyAdds)}</td>
      {hasBlocks && <td>{size}</td>}
      <td>{(parameters / 1e6).toFixed(2)} M</td>
    </tr>
  );
}
