/** @file Which engine runs the model; another choice plans anew. */
import { ENGINE_PREFERENCES } from '../../../core/engine.ts';
import { switchEngine } from '../../../playground/journey.ts';
import { Choice } from '../../components/Choice.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { ENGINE_CHOICE_NAME, ENGINE_CHOICE_TEXT } from './partition-text.ts';

export function EnginePicker() {
  const playground = usePlayground();
  const engine = usePlaygroundState((state) => state.engine);
  const busy = useRunningTask() !== null;
  return (
    <div>
      <Choice
        label="Engine"
        options={ENGINE_PREFERENCES.map((id) => ({
          id,
          name: ENGINE_CHOICE_NAME[id],
          title: ENGINE_CHOICE_TEXT[id],
        }))}
        value={engine}
        disabled={busy}
        onChange={(id) => void switchEngine(playground, id)}
      />
      <small>{`engine: ${ENGINE_CHOICE_TEXT[engine]}`}</small>
    </div>
  );
}
