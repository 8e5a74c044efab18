/** @file A figure: what it is, the number large, its unit small beside it, what was predicted or how it was found below. */
import type { ReactNode } from 'react';
import css from './Figure.module.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly note?: ReactNode;
  readonly large?: boolean;
}

export function Figure({ label, value, unit, note, large = false }: Props) {
  return (
    <div className={css['figure']} data-large={large || undefined}>
      <dt>{label}</dt>
      <dd>
        <strong>
          {value}
          {unit === undefined ? null : <span> {unit}</span>}
        </strong>
        {note === undefined ? null : <small>{note}</small>}
      </dd>
    </div>
  );
}

/** Figures side by side in one frame. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className={css['figures']}>{children}</dl>;
}
