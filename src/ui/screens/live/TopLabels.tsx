/** @file The five most probable labels, over the picture. Only a change of the first is announced to a screen reader. */
import type { Prediction } from '../../../core/image/classify.ts';
import { usePlaygroundState } from '../../playground-context.ts';
import css from './TopLabels.module.css';

export function TopLabels({ top }: { readonly top: readonly Prediction[] }) {
  const labels = usePlaygroundState((state) => state.model?.labels ?? null);
  const named = top.map(({ index, probability }) => ({
    label: labels?.[index] ?? `class ${index}`,
    probability,
  }));
  if (named.length === 0) return null;
  return (
    <>
      <ol className={css['top']} aria-label="Most probable labels">
        {named.map(({ label, probability }) => (
          <li key={label}>
            <span className={css['label']}>{label.split(',')[0]}</span>
            <span className={css['bar']} aria-hidden>
              <i style={{ width: `${probability * 100}%` }} />
            </span>
            <span className={css['share']}>{Math.round(probability * 100)}%</span>
          </li>
        ))}
      </ol>
      <div className="visually-hidden" aria-live="polite">
        {named[0]?.label}
      </div>
    </>
  );
}
