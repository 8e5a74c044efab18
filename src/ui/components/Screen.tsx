/** @file The frame of a screen: its finding, what can be done beside it, and its parts below. */
import type { ReactNode } from 'react';
import css from './Screen.module.css';

interface Props {
  readonly finding: ReactNode;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

export function Screen({ finding, actions, children }: Props) {
  return (
    <div className={css['screen']}>
      <div className={css['head']}>
        {finding}
        {actions}
      </div>
      {children}
    </div>
  );
}
