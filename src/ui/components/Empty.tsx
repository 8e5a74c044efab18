/** @file A screen before there is anything on it: what it will answer, and the button that fills it. */
import type { ReactNode } from 'react';
import css from './Empty.module.css';
import { Finding } from './Finding.tsx';

interface Props {
  readonly title: string;
  readonly lede: ReactNode;
  readonly children: ReactNode;
}

export function Empty({ title, lede, children }: Props) {
  return (
    <div className={css['empty']}>
      <Finding lede={lede}>{title}</Finding>
      <div className={css['actions']}>{children}</div>
    </div>
  );
}
