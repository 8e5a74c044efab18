/**
 * @file The Roofline, log-log: x operational intensity (FLOP/byte), y performance (GFLOP/s). Roofs are bold lines with their
 * ridge point; memory levels and other arithmetic are thin ones; a sweep is open squares or diamonds. A layer is a hollow
 * dashed ring where the roof predicts it and a solid disc where it ran; the disc's area is its share of the model's time.
 * Everything is read with the pointer or, after Tab, with the keyboard.
 */
import { useId, useMemo, useState, type KeyboardEvent, type Ref } from 'react';
import { kindsOf, shownOf, type ChartGroup } from './chart-groups.ts';
import css from './RooflineChart.module.css';
import { Ceilings, Levels } from './RooflineCeilings.tsx';
import { Grid } from './RooflineGrid.tsx';
import { RoofLabels, ThinLabels } from './RooflineLabels.tsx';
import { PointMark } from './RooflinePoint.tsx';
import { Roofs } from './RooflineRoofs.tsx';
import { Sweep } from './RooflineSweep.tsx';
import { planeOf, type Drawn, type Readable } from './roofline-plane.ts';
import { stepReading } from './step-reading.ts';
import { useWidth } from './use-width.ts';

interface Props {
  readonly drawn: Drawn;
  readonly title: string;
  readonly hidden?: ReadonlySet<ChartGroup>;
  /** For what takes a picture of it. */
  readonly svgRef?: Ref<SVGSVGElement>;
}

const NONE: ReadonlySet<ChartGroup> = new Set();

export function RooflineChart({ drawn, title, hidden = NONE, svgRef }: Props) {
  const [box, width] = useWidth(840);
  const [activeId, setActiveId] = useState<string | null>(null);
  const hintId = useId();
  const shown = useMemo(() => shownOf(drawn, hidden), [drawn, hidden]);
  const kinds = kindsOf(shown);
  const height = Math.round(Math.min(460, Math.max(300, width * 0.56)));
  const isReadable = drawn.roofs.length > 0;

  const move = (event: KeyboardEvent): void => {
    const next = stepReading(kinds, activeId, event.key);
    if (next === null) return;
    event.preventDefault();
    setActiveId(next);
  };

  return (
    <figure className={css['chart']}>
      <div ref={box}>
        <svg
          ref={svgRef}
          {...{ width, height }}
          role="img"
          aria-label={title}
          aria-describedby={hintId}
          tabIndex={isReadable ? 0 : undefined}
          onKeyDown={move}
          // A finger that is lifted leaves too: what it pointed at stays to be read.
          onPointerLeave={({ pointerType }) => pointerType === 'mouse' && setActiveId(null)}
          onBlur={() => setActiveId(null)}
        >
          <Content {...{ shown, width, height, activeId }} onRead={setActiveId} />
        </svg>
      </div>
      <Reading
        id={hintId}
        read={kinds.flat().find(({ id }) => id === activeId) ?? null}
        hidden={!isReadable}
      />
    </figure>
  );
}

interface ContentProps {
  readonly shown: Required<Drawn>;
  readonly width: number;
  readonly height: number;
  readonly activeId: string | null;
  readonly onRead: (id: string) => void;
}

/** Px below which names on lines are short. */
const NARROW = 500;

function Content({ shown, width, height, activeId, onRead }: ContentProps) {
  const { roofs, points, ceilings, levels, sweep } = shown;
  const { plane, xAxis, yAxis } = useMemo(() => planeOf(shown, width, height), [shown, width, height]);
  const lines = { plane, activeId, onRead };
  const names = { roofs, ceilings, levels, plane, isNarrow: width < NARROW };
  return (
    <>
      <Grid {...{ plane, xAxis, yAxis }} />
      <Ceilings ceilings={ceilings} {...lines} />
      <Roofs roofs={roofs} {...lines} />
      <Levels levels={levels} {...lines} />
      <ThinLabels {...names} />
      <Sweep sweep={sweep} {...lines} />
      {points.map((point) => (
        <PointMark
          key={point.id}
          point={point}
          plane={plane}
          isActive={point.id === activeId}
          onPoint={() => onRead(point.id)}
        />
      ))}
      <RoofLabels {...names} />
    </>
  );
}

interface ReadingProps {
  readonly id: string;
  readonly read: Readable | null;
  readonly hidden: boolean;
}

function Reading({ id, read, hidden }: ReadingProps) {
  return (
    <figcaption id={id} aria-live="polite" hidden={hidden}>
      {read ? (
        <>
          <strong>{read.label}</strong> {read.reading}
        </>
      ) : (
        'Point at a line or a mark to read it; on the keyboard use the arrow keys, Home, End, and Page Down for the next kind.'
      )}
    </figcaption>
  );
}
