/** @file One of a few, side by side. */
import css from './Choice.module.css';

interface Props<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly name: string; readonly title?: string }[];
  readonly value: T;
  readonly disabled?: boolean;
  readonly onChange: (id: T) => void;
}

export function Choice<T extends string>({ label, options, value, disabled, onChange }: Props<T>) {
  return (
    <div className={css['choice']} role="group" aria-label={label}>
      {options.map(({ id, name, title }) => (
        <button
          key={id}
          disabled={disabled}
          title={title}
          aria-pressed={id === value}
          onClick={() => onChange(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
