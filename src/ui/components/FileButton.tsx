/** @file A button that opens the file chooser; the same file can be chosen twice in a row. */
import { useRef, type ReactNode } from 'react';

interface Props {
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly children: ReactNode;
}

export function FileButton({ accept, onFile, disabled = false, pressed, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button disabled={disabled} onClick={() => input.current?.click()} aria-pressed={pressed}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}
