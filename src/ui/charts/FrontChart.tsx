/**
 * @file The designs of a device: accuracy upwards, throughput or latency to the right. Solid ran, hollow is predicted; what
 * another design beats is faint; the staircase joins what none beats in the two figures shown, and what a wish rules out
 * lies in shade. One design is picked: with a click, or with the arrow keys along the front; Enter applies it.
 */
import { useId, useMemo, useState, type KeyboardEvent, type MouseEvent } from 'react';
import css from './FrontChart.module.css';
import { frontPlane, nearestMark, walkOf, type FrontDrawn, type FrontMark } from './front-plane.ts';
import { FrontGrid, FrontLimits } from './FrontGrid.tsx';
import { Faint, FrontMarks, InForce, Picked, Stairs } from './FrontMarks.tsx';
import { stepReading } from './step-reading.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly drawn: FrontDrawn;
  readonly title: string;
  readonly pickedId: string | null;
  /** The design that runs. */
  readonly inForceId: string | null;
  readonly onPick: (id: string) => void;
  readonly onApply: (id: string) => void;
}

/** Px around a mark in which a pointer means it. */
const REACH = 24;

export function FrontChart({ drawn, title, pickedId, inForceId, onPick, onApply }: Props) {
  const [box, width] = useWidth(840);
  const [pointedId, setPointedId] = useState<string | null>(null);
  const hintId = useId();
  const height = Math.round(Math.min(460, Math.max(300, width * 0.56)));
  const plane = useMemo(() => frontPlane(drawn, width, height), [drawn, width, height]);
  const walk = useMemo(() => walkOf(drawn.marks), [drawn]);
  const markOf = (id: string | null): FrontMark | null => drawn.marks.find((mark) => mark.id === id) ?? null;
  const picked = markOf(pickedId);
  const place = walk.findIndex(({ id }) => id === pickedId);

  const under = (event: MouseEvent): FrontMark | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const pointer = { x: event.clientX - left, y: event.clientY - top };
    return nearestMark(drawn.marks, plane, pointer, REACH);
  };
  const press = (event: KeyboardEvent): void => {
    const next = stepReading([walk], pickedId, event.key);
    if (next === null && event.key !== 'Enter') return;
    event.preventDefault();
    setPointedId(null);
    if (next !== null) onPick(next);
    else if (pickedId !== null) onApply(pickedId);
  };
  const click = (event: MouseEvent): void => {
    const mark = under(event);
    // What is not of the front can be read, not picked: something beats it.
    setPointedId(mark?.isFront === false ? mark.id : null);
    if (mark?.isFront) onPick(mark.id);
  };

  return (
    <figure className={css['chart']}>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-describedby={hintId}
        aria-valuemin={1}
        aria-valuemax={walk.length}
        aria-valuenow={Math.max(1, place + 1)}
        aria-valuetext={picked ? `${picked.label}: ${picked.reading}` : 'none'}
        onKeyDown={press}
      >
        <svg
          {...{ width, height }}
          aria-hidden
          onClick={click}
          onMouseMove={(event) => setPointedId(under(event)?.id ?? null)}
          onMouseLeave={() => setPointedId(null)}
        >
          <FrontGrid {...{ drawn, plane }} />
          <FrontLimits {...{ drawn, plane }} />
          <Faint marks={drawn.marks} plane={plane} />
          <Stairs {...{ drawn, plane }} />
          <FrontMarks marks={walk} plane={plane} pointedId={pointedId} />
          <InForce mark={markOf(inForceId)} plane={plane} />
          <Picked mark={picked} plane={plane} />
        </svg>
      </div>
      <Reading read={markOf(pointedId) ?? picked} id={hintId} />
    </figure>
  );
}

function Reading({ read, id }: { readonly read: FrontMark | null; readonly id: string }) {
  return (
    <figcaption>
      <p>
        {read && (
          <>
            <strong>{read.label}</strong> {read.reading}
            {!read.isFront && ' Another design beats it.'}
          </>
        )}
      </p>
      <p id={id} className="visually-hidden">
        The arrow keys walk along the front, Home and End go to its ends, Enter applies the design.
      </p>
    </figcaption>
  );
}
