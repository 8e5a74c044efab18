/** @file Chooses among the configurations of the loaded model, the most accurate first; nothing where there is no choice. */
import { switchModel } from '../../playground/journey.ts';
import { accuracyText } from '../accuracy-text.ts';
import { flops } from '../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../playground-context.ts';
import css from './ModelPicker.module.css';

export function ConfigurationPicker() {
  const playground = usePlayground();
  const elastic = usePlaygroundState((state) => state.model?.published.elastic);
  const chosen = usePlaygroundState((state) => state.model?.configuration ?? '');
  const busy = useRunningTask() !== null;
  if (!elastic || elastic.configurations.length < 2) return null;
  return (
    <label className={css['picker']}>
      Configuration
      <select
        disabled={busy}
        value={chosen}
        onChange={({ target }) =>
          void switchModel(playground, () => playground.chooseConfiguration(target.value))
        }
      >
        {elastic.configurations.toReversed().map(({ id, side, multiplyAdds, top1 }) => (
          <option key={id} value={id}>
            {side} px · {flops(2 * multiplyAdds)} · {accuracyText(elastic, top1)}
          </option>
        ))}
      </select>
    </label>
  );
}
