/** @file The five most probable labels, over the picture. Only a change of the first is announced to a screen reader. */
import { useEffect, useState } from 'react';
import type { Prediction } from '../../../core/image/classify.ts';
import { usePlaygroundState } from '../../playground-context.ts';
import css from './TopLabels.module.css';

/** A value once it has stayed the same for 1.5 s, so that a flickering label is not read out four times a second. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 1500);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function TopLabels({ top }: { readonly top: readonly Prediction[] }) {
  const labels = usePlaygroundState((state) => state.model?.labels ?? null);
  const announced = useSettled(labels?.[top[0]?.index ?? -1] ?? '');
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
        {announced}
      </div>
    </>
  );
}
