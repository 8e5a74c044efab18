/** @file The marks of the front chart: faint ones that others beat, the staircase, the front, what runs, what is picked. */
import css from './FrontChart.module.css';
import { staircase, type FrontDrawn, type FrontMark, type FrontPlane } from './front-plane.ts';
import { fillOf } from './tone.ts';

interface Props {
  readonly marks: readonly FrontMark[];
  readonly plane: FrontPlane;
}

const colourOf = ({ tone }: FrontMark): string => (tone === 'both' ? 'var(--ink)' : fillOf(tone));

/** Solid where it ran, hollow where it is predicted. */
const strokes = (mark: FrontMark) => ({
  stroke: colourOf(mark),
  fill: mark.predicted ? colourOf(mark) : 'var(--panel)',
});

export function Faint({ marks, plane }: Props) {
  return (
    <g className={css['faint']}>
      {marks
        .filter(({ isFront }) => !isFront)
        .map((mark) => (
          <circle key={mark.id} cx={plane.x(mark.x)} cy={plane.y(mark.y)} r={2.6} {...strokes(mark)} />
        ))}
    </g>
  );
}

export function Stairs({ drawn, plane }: { readonly drawn: FrontDrawn; readonly plane: FrontPlane }) {
  const edgeX = drawn.x.better === 'more' ? plane.left : plane.right;
  const edgeY = drawn.y.better === 'more' ? plane.bottom : plane.top;
  return (
    <g className={css['stairs']}>
      {staircase(drawn).map(({ id, at, fromX, toY, isMeasured }) => (
        <path
          key={id}
          data-predicted={!isMeasured || undefined}
          d={`M${fromX === null ? edgeX : plane.x(fromX)} ${plane.y(at.y)}H${plane.x(at.x)}V${toY === null ? edgeY : plane.y(toY)}`}
        />
      ))}
    </g>
  );
}

/** Px: the radius of a mark, on a wide chart and on a phone. */
const radiusIn = ({ left, right }: FrontPlane): number => (right - left > 450 ? 5 : 4);
/** Least px from a mark to where it was predicted, for that to be drawn. */
const FAR = 8;

export function FrontMarks({ marks, plane, pointedId }: Props & { readonly pointedId: string | null }) {
  return (
    <g className={css['front']}>
      {marks.map((mark) => {
        const [cx, cy] = [plane.x(mark.x), plane.y(mark.y)];
        const was = mark.predicted && { x: plane.x(mark.predicted.x), y: plane.y(mark.predicted.y) };
        return (
          <g
            key={mark.id}
            data-out={mark.isOut || undefined}
            data-active={mark.id === pointedId || undefined}
          >
            {was && Math.abs(was.x - cx) > FAR && (
              <>
                <line x1={was.x} x2={cx} y1={was.y} y2={cy} stroke={colourOf(mark)} />
                <circle cx={was.x} cy={was.y} r={2.6} fill="var(--panel)" stroke={colourOf(mark)} />
              </>
            )}
            <circle data-mark {...{ cx, cy }} r={radiusIn(plane)} {...strokes(mark)} />
          </g>
        );
      })}
    </g>
  );
}

interface OneProps {
  readonly mark: FrontMark | null;
  readonly plane: FrontPlane;
}

export function InForce({ mark, plane }: OneProps) {
  if (!mark) return null;
  const [x, y] = [plane.x(mark.x), plane.y(mark.y)];
  const isLeft = x > plane.right - 80;
  return (
    <g className={css['inForce']}>
      <circle cx={x} cy={y} r={8.5} />
      <text x={isLeft ? x - 13 : x + 13} y={y - 9} textAnchor={isLeft ? 'end' : 'start'}>
        in force
      </text>
    </g>
  );
}

/** Hairlines to both axes, so that its figures can be read off. */
export function Picked({ mark, plane }: OneProps) {
  if (!mark) return null;
  const [x, y] = [plane.x(mark.x), plane.y(mark.y)];
  return (
    <g className={css['picked']}>
      <path d={`M${plane.left} ${y}H${x - 12}M${x} ${y + 12}V${plane.bottom}`} />
      <circle cx={x} cy={y} r={12} />
    </g>
  );
}
