/** @file Lets files be dropped on what it wraps; a drop without files is left alone. */
import { useState, type ReactNode } from 'react';
import css from './DropZone.module.css';

interface Props {
  readonly label: string;
  readonly onFile: (file: File) => void;
  readonly children: ReactNode;
}

export function DropZone({ label, onFile, children }: Props) {
  const [isOver, setOver] = useState(false);
  return (
    <div
      className={css['zone']}
      data-over={isOver || undefined}
      data-label={label}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (!file) return;
        event.preventDefault();
        onFile(file);
      }}
    >
      {children}
    </div>
  );
}
