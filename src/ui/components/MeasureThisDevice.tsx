/** @file The one button, large, where a screen has nothing to show before it was pressed. */
import { measureAndShow } from '../../playground/journey.ts';
import { SHIPPED_MODELS } from '../../playground/shipped-models.ts';
import { usePlayground, useRunningTask } from '../playground-context.ts';

export function MeasureThisDevice() {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  return (
    <button
      data-primary
      disabled={busy}
      onClick={() => void measureAndShow(playground, SHIPPED_MODELS[0]?.id ?? '')}
    >
      {busy ? 'Working …' : 'Measure this device'}
    </button>
  );
}
