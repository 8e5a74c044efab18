/** @file A long task: what it does now, how far it is, and the way out. */
import type { RunningTask } from '../playground-context.ts';
import css from './Progress.module.css';

interface Props {
  readonly task: RunningTask;
  readonly onCancel: () => void;
}

export function Progress({ task: { step, progress }, onCancel }: Props) {
  return (
    <div className={css['progress']}>
      <div className={css['text']} role="status">
        {step} …
      </div>
      <progress aria-label={step} max={1} {...(progress === null ? {} : { value: Math.min(1, progress) })} />
      <button onClick={onCancel}>Cancel</button>
    </div>
  );
}
