/** @file A remark beside figures: a condition of the device, a warning, a reason. Its state shows as a word, not only a colour. */
import type { ReactNode } from 'react';
import css from './Remark.module.css';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

export function Remark({ title, children }: Props) {
  return (
    <div className={css['remark']}>
      <strong>{title}</strong>
      <p>{children}</p>
    </div>
  );
}
