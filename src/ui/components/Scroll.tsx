/** @file A part that scrolls sideways where the page is too narrow; focusable, so that the keyboard can scroll it too. */
import type { ReactNode } from 'react';
import css from './Scroll.module.css';

export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={css['scroll']} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
