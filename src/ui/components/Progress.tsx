/** @file A long task: what it does now, how far it is, and the way out. */
import { useEffect, useRef } from 'react';
import type { RunningTask } from '../playground-context.ts';
import css from './Progress.module.css';

interface Props {
  readonly task: RunningTask;
  readonly onCancel: () => void;
}

export function Progress({ task: { step, progress }, onCancel }: Props) {
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that began the task is disabled now and has lost the focus: the way out takes it.
    const request = requestAnimationFrame(() => {
      if (document.activeElement === document.body) cancel.current?.focus();
    });
    return () => cancelAnimationFrame(request);
  }, []);
  return (
    <div className={css['progress']}>
      <div className={css['text']} role="status">
        {step} …
      </div>
      <progress aria-label={step} max={1} {...(progress === null ? {} : { value: Math.min(1, progress) })} />
      <button ref={cancel} onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
