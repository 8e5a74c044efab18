/** @file A frame rate that live shall hold: the governor moves along the front when the device slows, and back. */
import { useState } from 'react';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './DesignControls.module.css';

/** What cameras deliver. */
const USUAL_FPS = 30;

export function HoldRate() {
  const playground = usePlayground();
  const target = usePlaygroundState(({ live }) => live.governor?.targetFps ?? null);
  const isOn = usePlaygroundState(({ live }) => live.status === 'on');
  const busy = useRunningTask() !== null;
  const [wanted, setWanted] = useState(target ?? USUAL_FPS);
  const hold = (): void => {
    if (wanted > 0 && wanted !== target) playground.govern(wanted);
  };
  return (
    <form
      className={css['hold']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isOn) hold();
      }}
    >
      <button
        type="button"
        aria-pressed={target !== null}
        disabled={(!isOn || busy) && target === null}
        onClick={() => (target === null ? hold() : playground.govern(null))}
      >
        Hold
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label="Frames/s to hold"
        min={1}
        max={240}
        required
        value={Number.isNaN(wanted) ? '' : wanted}
        onChange={(event) => setWanted(event.target.valueAsNumber)}
        onBlur={() => target !== null && hold()}
      />
      <span>frames/s</span>
    </form>
  );
}
