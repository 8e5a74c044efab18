/** @file What else is to be known of a model: what was merged and what was not, its accuracy and on which images, its licence. */
import type { LoadedModel } from '../../../playground/state.ts';
import { Section } from '../../components/Section.tsx';
import { bytes, percent } from '../../number-format.ts';
import css from './ModelScreen.module.css';

export function ModelFacts({ model: { manifest, description } }: { readonly model: LoadedModel }) {
  const { merged, kept } = description.fusion;
  const { shape } = manifest.input;
  return (
    <div className={css['facts']}>
      <Section title={manifest.name}>
        <ul className={css['list']}>
          <li>{manifest.summary}</li>
          <li>
            Input {shape.join(' × ')}, {manifest.output.classes.toLocaleString('en-US')} classes, file{' '}
            {bytes(manifest.bytes)}, stored as {manifest.storage}.
          </li>
          {manifest.accuracy.map(({ dataset, split, n, top1, source, measured }) => (
            <li key={`${dataset} ${source}`}>
              <b>{percent(top1, 1)} top-1</b> on {dataset} ({split}, n = {n.toLocaleString('en-US')}),{' '}
              {measured ? 'measured: ' : 'not measured here: '}
              {source}.
            </li>
          ))}
          {manifest.accuracy.length === 0 && <li>Its accuracy is not known.</li>}
          <li>
            Weights: {manifest.licence.weights}, {manifest.licence.source}. Data: {manifest.licence.data}.
          </li>
        </ul>
      </Section>
      <Section title="What fusion did" remark={`${merged} operations merged`}>
        <ul className={css['list']}>
          {kept.length === 0 && (
            <li>
              {merged === 0
                ? 'There was nothing to merge.'
                : 'Every batch norm and every sum of linear branches went into a convolution.'}
            </li>
          )}
          {grouped(kept).map(({ reason, nodes }) => (
            <li key={reason}>
              <b>
                {nodes.length} {nodes.length === 1 ? 'stays' : 'stay'}:
              </b>{' '}
              {reason}
              <details>
                <summary>Which</summary>
                {nodes.join(', ')}
              </details>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

/** The kept nodes by their reason. */
function grouped(kept: LoadedModel['description']['fusion']['kept']) {
  const reasons = new Map<string, string[]>();
  for (const { node, reason } of kept) reasons.set(reason, [...(reasons.get(reason) ?? []), node]);
  return [...reasons].map(([reason, nodes]) => ({ reason, nodes }));
}
