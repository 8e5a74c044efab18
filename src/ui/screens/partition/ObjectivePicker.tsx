/** @file What plans are chosen for; another choice plans anew. */
import { OBJECTIVES } from '../../../core/planning/objective.ts';
import { switchObjective } from '../../../playground/journey.ts';
import { Choice } from '../../components/Choice.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { OBJECTIVE_TEXT } from './partition-text.ts';

export function ObjectivePicker() {
  const playground = usePlayground();
  const objective = usePlaygroundState((state) => state.objective);
  const busy = useRunningTask() !== null;
  return (
    <div>
      <Choice
        label="Plan for"
        options={OBJECTIVES.map((id) => ({ id, name: id, title: OBJECTIVE_TEXT[id] }))}
        value={objective}
        disabled={busy}
        onChange={(id) => void switchObjective(playground, id)}
      />
      <small>{`${objective}: ${OBJECTIVE_TEXT[objective]}`}</small>
    </div>
  );
}
