/** @file How a screen opens: its finding as one sentence, and what follows from it. */
import type { ReactNode } from 'react';
import css from './Finding.module.css';

export function Finding({ children, lede }: { readonly children: ReactNode; readonly lede?: ReactNode }) {
  return (
    <header className={css['finding']}>
      <h1>{children}</h1>
      {lede === undefined ? null : <p>{lede}</p>}
    </header>
  );
}
