/** @file A titled part of a screen, with a remark at the right of its title. */
import { useId, type ReactNode } from 'react';
import css from './Section.module.css';

interface Props {
  readonly title: string;
  readonly remark?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, remark, children }: Props) {
  const id = useId();
  return (
    <section className={css['section']} aria-labelledby={id}>
      <div className={css['head']}>
        <h2 id={id}>{title}</h2>
        {remark === undefined ? null : <span>{remark}</span>}
      </div>
      {children}
    </section>
  );
}
