/** @file A slider along the designs that trade accuracy for throughput; where it comes to rest is applied while live runs. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { ratesOf, type Design } from '../../../core/codesign/design.ts';
import { ladderOf } from '../../../core/codesign/ladder.ts';
import { designInForce } from '../../../playground/codesign/design-in-force.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { designName, designOf, frontDesigns } from '../../design-text.ts';
import { figure } from '../../number-format.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './DesignControls.module.css';

/** A hand that rests so long has arrived. */
const RESTS_MS = 200;

export function DesignSlider({ space }: { readonly space: DesignSpace }) {
  const playground = usePlayground();
  const inForce = usePlaygroundState(designInForce);
  const busy = useRunningTask() !== null;
  const [wanted, setWanted] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const rungs = useMemo(
    () => ladderOf(frontDesigns(space), 0).flatMap(({ id }) => designOf(space, id) ?? []),
    [space],
  );
  const place = wanted ?? placeOf(rungs, inForce);
  const design = rungs[place];
  if (!design || rungs.length < 2) return null;

  const apply = async (to: number): Promise<void> => {
    const next = rungs[to];
    // A hand on the slider takes over from the governor.
    if (playground.state.live.governor) playground.govern(null);
    if (next) await playground.applyDesign(next.id);
    setWanted((now) => (now === to ? null : now));
  };
  const move = (to: number): void => {
    setWanted(to);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void apply(to), RESTS_MS);
  };
  const text = `${designName(space, design)} · ${figure(ratesOf(design).throughputFps)} frames/s ${design.measured ? 'measured' : 'predicted'}`;
  return (
    <label className={css['slider']}>
      <span>Accuracy</span>
      <input
        type="range"
        aria-label="Design, from accuracy to throughput"
        aria-valuetext={text}
        min={0}
        max={rungs.length - 1}
        value={place}
        disabled={busy}
        onChange={({ target }) => move(target.valueAsNumber)}
      />
      <span>Throughput</span>
      <output>{wanted === null && design.id !== inForce?.id ? `near ${text}` : text}</output>
    </label>
  );
}

/** Of the design in force, or of the rung nearest to it in accuracy; 0 where none is. */
function placeOf(rungs: readonly Design[], inForce: Design | null): number {
  if (!inForce) return 0;
  const distances = rungs.map(({ id, accuracy }) =>
    id === inForce.id ? -1 : Math.abs(accuracy - inForce.accuracy),
  );
  return distances.indexOf(Math.min(...distances));
}
