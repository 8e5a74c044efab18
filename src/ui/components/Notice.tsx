/** @file A failure on the page: what happened and what can be done about it, until the visitor puts it away. */
import { X } from 'lucide-react';
import type { AppError } from '../../core/errors.ts';
import { messageOf } from '../../core/messages.ts';
import css from './Notice.module.css';

interface Props {
  readonly error: AppError;
  readonly onDismiss: () => void;
}

export function Notice({ error, onDismiss }: Props) {
  const { what, remedy } = messageOf(error);
  return (
    <div className={css['notice']} role="alert">
      <p>
        <strong>{what}</strong> {remedy}
      </p>
      <button onClick={onDismiss} aria-label="Dismiss">
        <X size={18} aria-hidden />
      </button>
    </div>
  );
}
