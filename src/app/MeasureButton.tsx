/** @file The one button of the header: measures, plans and shows, and becomes its own cancel while it works. */
import { measureAndShow } from '../playground/journey.ts';
import { SHIPPED_MODELS } from '../playground/shipped-models.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../ui/playground-context.ts';

export function MeasureButton() {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const isMeasured = usePlaygroundState((state) => state.profile !== null);
  // Before the first measurement the screens themselves hold the button, large.
  if (!isMeasured) return null;
  return (
    <button
      data-primary
      disabled={busy}
      onClick={() => void measureAndShow(playground, SHIPPED_MODELS[0]?.id ?? '')}
    >
      {busy ? 'Working …' : 'Measure again'}
    </button>
  );
}
