/** @file Chooses among the shipped models (and the visitor's own, once it is loaded). */
import { switchModel } from '../../playground/journey.ts';
import { SHIPPED_MODELS } from '../../playground/shipped-models.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../playground-context.ts';
import css from './ModelPicker.module.css';

export function ModelPicker() {
  const playground = usePlayground();
  const loaded = usePlaygroundState((state) => state.model?.manifest ?? null);
  const busy = useRunningTask() !== null;
  const own = loaded && SHIPPED_MODELS.every(({ id }) => id !== loaded.id) ? [loaded] : [];
  return (
    <label className={css['picker']}>
      Model
      <select
        disabled={busy}
        value={loaded?.id ?? ''}
        onChange={({ target }) => void switchModel(playground, () => playground.loadModel(target.value))}
      >
        {!loaded && <option value="">Choose …</option>}
        {[...SHIPPED_MODELS, ...own].map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
