/** @file Chooses one of the processors that have a roof. */
import type { ProcessorId } from '../../../core/profile/profile.ts';
import { ownerName } from '../../components/metric-name.ts';
import css from './RooflineScreen.module.css';

interface Props {
  readonly label: string;
  readonly roofs: readonly ProcessorId[];
  readonly value: ProcessorId;
  readonly disabled?: boolean;
  readonly onChange: (processor: ProcessorId) => void;
}

export function RoofPicker({ label, roofs, value, disabled = false, onChange }: Props) {
  return (
    <label className={css['picker']}>
      {label}
      <select
        value={value}
        disabled={disabled}
        onChange={({ target }) => {
          const found = roofs.find((processor) => processor === target.value);
          if (found) onChange(found);
        }}
      >
        {roofs.map((processor) => (
          <option key={processor} value={processor}>
            {ownerName(processor)}
          </option>
        ))}
      </select>
    </label>
  );
}
