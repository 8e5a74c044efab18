/** @file The governor's moves as text, the newest first: the marks on the throughput chart, in words. */
import { usePlaygroundState } from '../../playground-context.ts';
import { useDesignSpace } from '../../use-design-space.ts';
import { moveText } from './governor-text.ts';
import css from './GovernorMoves.module.css';

/** Older ones are not told any more. */
const TOLD = 6;

export function GovernorMoves() {
  const space = useDesignSpace();
  const governor = usePlaygroundState(({ live }) => live.governor);
  if (!space || !governor) return null;
  const { moves, targetFps } = governor;
  if (moves.length === 0) return <p className={css['none']}>Holding {targetFps} frames/s: no move yet.</p>;
  return (
    <ol className={css['moves']} aria-label="Moves of the governor" aria-live="polite">
      {moves
        .slice(-TOLD)
        .toReversed()
        .map((move) => (
          <li key={move.at}>{moveText(space, move, targetFps)}</li>
        ))}
    </ol>
  );
}
